/** When alerts fired, as events on the charts that they concern. Pure but for the asking. */

import type { Frame, Labels } from "../api/frames";
import { getData } from "../api/http";
import type { ChartEvent } from "../charts/events";
import type { Dashboard, Panel } from "../model/dashboard";
import { jobNames, metricNames } from "../model/expr";
import type { QueryList } from "./definitions";
import { joinTimes, MOST_EVENTS } from "./events";

/** A rule that raises alerts, as far as charts need to know it. */
export interface AlertRule {
  name: string;
  query: string;
  labels?: Record<string, string>;
}

export const alertRulesQuery = {
  queryKey: ["alerting", "marks"],
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<AlertRule[]> => {
    const params = { type: "alert", exclude_alerts: "true" };
    const { groups } = await getData<{ groups: { rules: AlertRule[] }[] }>("api/v1/rules", params, signal);
    return groups.flatMap(({ rules }) =>
      rules.map(({ name, query, labels = {} }) => ({ name, query, labels })),
    );
  },
  staleTime: 60_000,
  retry: false,
};

/** What an alert concerns. */
export interface Concern {
  /** Panels that show one of its metrics, with the jobs that each is about; none for any job. */
  panels: ReadonlyMap<number, readonly string[]>;
  /** It is of the system that the whole dashboard is about. */
  whole: boolean;
}

const allPanels = (panels: readonly Panel[]): Panel[] =>
  panels.flatMap((panel) => [panel, ...allPanels(panel.panels)]);

/** The alerts that concern a dashboard, by name; `pack` is the pack that it comes with. */
export function concernsOf(
  rules: readonly AlertRule[],
  dashboard: Pick<Dashboard, "panels">,
  pack: string | undefined,
): Map<string, Concern> {
  const shown = allPanels(dashboard.panels).map(({ id, queries }) => ({
    id,
    metrics: new Set(queries.flatMap(({ expr }) => metricNames(expr))),
    jobs: queries.flatMap(({ expr }) => jobNames(expr)).filter((job) => !job.includes("$")),
  }));
  const found = new Map<string, Concern>();
  for (const { name, query, labels = {} } of rules) {
    const metrics = metricNames(query);
    const own = shown.filter((panel) => metrics.some((metric) => panel.metrics.has(metric)));
    const before = found.get(name);
    const panels = new Map([...(before?.panels ?? []), ...own.map(({ id, jobs }) => [id, jobs] as const)]);
    const whole = before?.whole === true || (pack !== undefined && labels.system === pack);
    if (whole || panels.size > 0) found.set(name, { panels, whole });
  }
  return found;
}

export const ALERT_MARKS = "Firing alerts";

/** More names than this make an expression that nobody can ask. */
const MOST_NAMES = 200;

const escaped = (name: string): string =>
  name.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&").replaceAll(/[\\"]/g, "\\$&");

/** The list of their firing times. */
export function alertList(concerns: ReadonlyMap<string, Concern>): QueryList {
  const names = [...concerns.keys()].slice(0, MOST_NAMES).map(escaped);
  return {
    kind: "query",
    name: ALERT_MARKS,
    enabled: true,
    hidden: false,
    color: "red",
    source: "embedded",
    expr: `ALERTS{alertstate="firing",alertname=~"${names.join("|")}"}`,
    titleFormat: "{{alertname}}",
    textFormat: "",
    tagKeys: ["severity"],
    valueIsTime: false,
    concerns,
  };
}

/** The panels that show an alert; undefined for all. */
function panelsOf(concern: Concern | undefined, labels: Labels): number[] | undefined {
  if (concern === undefined || concern.whole) return undefined;
  const { job } = labels;
  const fitting = [...concern.panels].filter(
    ([, jobs]) => jobs.length === 0 || job === undefined || jobs.includes(job),
  );
  return fitting.map(([id]) => id);
}

/** Labels that an event says in other words, or that tell nothing. */
const SAID = new Set(["__name__", "alertname", "alertstate", "severity"]);

/** Firing times as spans: each lasts until the next step. */
export function eventsOfAlerts(list: QueryList, frame: Frame): ChartEvent[] {
  const events = frame.series.flatMap(({ labels, values }) => {
    const times = [...frame.times].filter((_, at) => values[at]! > 0);
    const panels = panelsOf(list.concerns?.get(labels.alertname ?? ""), labels);
    const { severity } = labels;
    return joinTimes(times, frame.step).map(([fromMs, lastMs]): ChartEvent => ({
      list: list.name,
      fromMs,
      toMs: lastMs + frame.step,
      title: `${labels.alertname ?? "Alert"} fired`,
      text: Object.entries(labels)
        .filter(([name]) => !SAID.has(name))
        .map(([name, value]) => `${name}=${value}`)
        .join(", "),
      tags: severity === undefined ? [] : [severity],
      color: severity === "warning" ? "orange" : list.color,
      panelId: 0,
      by: "",
      ...(panels === undefined ? {} : { panels }),
    }));
  });
  return events.sort((a, b) => a.fromMs - b.fromMs).slice(-MOST_EVENTS);
}
