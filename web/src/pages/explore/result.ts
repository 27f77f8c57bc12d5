/** Answers of Explore as the panels take them: a panel for the chart, a table of exact numbers. Pure. */

import { entryOf } from "../../model/json";
import type { Labels } from "../../api/frames";
import { parseDashboard, type Panel } from "../../model/dashboard";
import type { FieldConfig } from "../../model/field";
import type { PanelFrame } from "../../query/panel";
import type { Cell, TableData } from "../../query/table";
import type { Answer } from "./ask";
import type { Style } from "./address";
import { guessUnit } from "./unit";

/** An answer and the letter of its query. */
export interface Lettered {
  letter: string;
  answer: Answer;
}

const DRAWN: Readonly<Record<Style, object>> = {
  lines: { drawStyle: "line", lineWidth: 1.5, fillOpacity: 0 },
  stacked: { drawStyle: "line", lineWidth: 1.5, fillOpacity: 35, stacking: { mode: "normal", group: "A" } },
  bars: { drawStyle: "bars", lineWidth: 1, fillOpacity: 70, stacking: { mode: "normal", group: "A" } },
};

/** The unit on which all expressions agree. */
function unitOf(exprs: readonly string[]): string | undefined {
  const units = new Set(exprs.map(guessUnit));
  return units.size === 1 ? [...units][0] : undefined;
}

/** A time series panel for the expressions. */
export function chartPanel(
  queries: readonly { letter: string; expr: string }[],
  style: Style,
  source: string,
): Panel {
  const unit = unitOf(queries.map(({ expr }) => expr));
  const panel = {
    id: 1,
    type: "timeseries",
    title: "Result",
    datasource: { uid: source },
    targets: queries.map(({ letter, expr }) => ({ refId: letter, expr })),
    options: {
      legend: { displayMode: "table", placement: "bottom", calcs: ["min", "mean", "max", "lastNotNull"] },
    },
    fieldConfig: { defaults: { ...(unit === undefined ? {} : { unit }), custom: DRAWN[style] } },
  };
  return parseDashboard({ panels: [panel] }).panels[0]!;
}

/** The frames of the answers that have steps, as answers to the panel's queries. */
export function panelFrames(answers: readonly Lettered[], panel: Panel): PanelFrame[] {
  return answers.flatMap(({ letter, answer: { frame, expr, range } }) => {
    const query = panel.queries.find(({ refId }) => refId === letter);
    return frame === undefined || query === undefined ? [] : [{ ...frame, expr, range, query }];
  });
}

interface Row {
  labels: Labels;
  values: Map<string, number>;
}

const METRIC = "__name__";

/** The metric, then labels of most series first: whoever sees only some columns can still tell the rows apart. */
function labelNames(all: readonly Labels[]): string[] {
  const counts = new Map<string, number>();
  for (const labels of all)
    for (const name of Object.keys(labels)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const place = (name: string): number => (name === METRIC ? Infinity : counts.get(name)!);
  return [...counts.keys()].sort((a, b) => {
    const [first, second] = [place(a), place(b)];
    return first === second ? a.localeCompare(b) : second - first;
  });
}

/** One row a series; what several queries say of the same labels stands in one row. */
export function exactTable(answers: readonly Lettered[], field: FieldConfig): TableData {
  const rows = new Map<string, Row>();
  const letters = answers.filter(({ answer }) => answer.frame !== undefined).map(({ letter }) => letter);
  for (const { letter, answer } of answers) {
    for (const { labels, values } of answer.frame?.series ?? []) {
      const key = JSON.stringify(Object.entries(labels).sort());
      const row = rows.get(key) ?? { labels, values: new Map<string, number>() };
      row.values.set(letter, values[0]!);
      rows.set(key, row);
    }
  }
  const all = [...rows.values()];
  const names = labelNames(all.map(({ labels }) => labels));
  const exact: FieldConfig = { ...field, unit: "string", mappings: [] };
  const value = (letter: string): string => (letters.length > 1 ? `Value #${letter}` : "Value");
  return {
    columns: [
      ...names.map((name) => ({ name: name === METRIC ? "Metric" : name, numeric: false, field: exact })),
      ...letters.map((letter) => ({ name: value(letter), numeric: true, field: exact })),
    ],
    rows: all.map(({ labels, values }): Cell[] => [
      ...names.map((name) => entryOf(labels, name) ?? ""),
      ...letters.map((letter) => values.get(letter) ?? ""),
    ]),
  };
}
