/** The chart of an alert's expression with its limit, as a panel. Pure. */

import type { Frame, Series } from "../../api/frames";
import { parseDashboard, type Panel } from "../../model/dashboard";
import type { TimeRange } from "../../model/timerange";
import type { Texts } from "./api";
import { splitComparison, type Comparison } from "./comparison";
import { unitOfExpr } from "./unit";

/** What is drawn of an expression: what is measured, and the limit where there is one. */
export interface Drawn {
  expr: string;
  comparison: Comparison | undefined;
}

export function drawnOf(expr: string): Drawn {
  const comparison = splitComparison(expr);
  return { expr: comparison?.expr ?? expr, comparison };
}

const NOWHERE = "transparent";
const LIMIT = "red";

/** Where an alert fires is tinted, and the limit a dashed line; a step above it ends the tint and keeps the line's colour. */
function stepsOf({ operator, limit }: Comparison): { value: number | null; color: string }[] {
  const next = limit + Math.max(Math.abs(limit), 1e-9) * 1e-9;
  if (operator.startsWith(">"))
    return [
      { value: null, color: NOWHERE },
      { value: limit, color: LIMIT },
    ];
  return [
    { value: null, color: operator.startsWith("<") ? LIMIT : NOWHERE },
    { value: limit, color: LIMIT },
    { value: next, color: NOWHERE },
  ];
}

/** The axis goes on a little past the limit, so that its line is seen. */
function boundsOf({ limit }: Comparison): Record<string, number> {
  const room = Math.abs(limit) * 0.15 || 1;
  return limit >= 0
    ? { axisSoftMin: 0, axisSoftMax: limit + room }
    : { axisSoftMin: limit - room, axisSoftMax: 0 };
}

export function limitPanel({ expr, comparison }: Drawn, title: string): Panel {
  const drawn = { drawStyle: "line", lineWidth: 1.5, fillOpacity: 0 };
  const limited =
    comparison === undefined
      ? { custom: drawn }
      : {
          thresholds: { mode: "absolute", steps: stepsOf(comparison) },
          custom: { ...drawn, ...boundsOf(comparison), thresholdsStyle: { mode: "dashed+area" } },
        };
  const panel = {
    id: 1,
    type: "timeseries",
    title,
    datasource: { uid: "embedded" },
    targets: [{ refId: "A", expr }],
    options: { legend: { displayMode: "list", placement: "bottom", calcs: ["lastNotNull"] } },
    fieldConfig: { defaults: { unit: unitOfExpr(expr), ...limited } },
  };
  return parseDashboard({ panels: [panel] }).panels[0]!;
}

/** Whether labels that both have agree; with `all`, the alert also has every one of the series. */
const isAbout = (series: Series, labels: Texts, added: ReadonlySet<string>, all: boolean): boolean =>
  Object.entries(series.labels).every(
    ([name, value]) =>
      name === "__name__" || added.has(name) || (name in labels ? labels[name] === value : !all),
  );

/**
 * The series of the alert; labels that its rule adds say nothing of them. Where the limit is compared by fewer labels
 * than the series have, those that agree as far as they can be compared.
 */
export function seriesOf(frame: Frame, labels: Texts, ruleLabels: Texts): Series[] {
  const added = new Set(Object.keys(ruleLabels));
  const own = frame.series.filter((series) => isAbout(series, labels, added, true));
  return own.length > 0 ? own : frame.series.filter((series) => isAbout(series, labels, added, false));
}

const HOUR_MS = 3_600_000;
/** Where data begin later than this part of the range, they are drawn from their beginning on. */
const EMPTY_SHARE = 0.4;

/** The part of a range that has data: a server that is young has none of an hour ago. */
export function rangeOfData({ series, times, step }: Frame, { fromMs, toMs }: TimeRange): TimeRange {
  const first = times.findIndex((_, at) => series.some(({ values }) => !Number.isNaN(values[at]!)));
  const beginMs = first < 0 ? fromMs : times[first]! - step;
  return beginMs - fromMs > EMPTY_SHARE * (toMs - fromMs)
    ? { fromMs: Math.min(beginMs, toMs - MINUTE_MS), toMs }
    : { fromMs, toMs };
}

const MINUTE_MS = 60_000;

export const SPANS = [1, 6, 24] as const;

/** Hours that are drawn at first: enough to see how it began. */
export const spanFor = (ageMs: number): (typeof SPANS)[number] =>
  SPANS.find((hours) => ageMs < hours * HOUR_MS * 0.8) ?? 24;
