/** What is known of the metrics of a source: type, help, unit, how many series; and queries that suit each. */

import { useQuery } from "@tanstack/react-query";
import { fetchMetricNames } from "../../api/catalog";
import { apiOf, type Labels } from "../../api/frames";
import { getData } from "../../api/http";
import { familyOf, tellsBegin } from "../../model/families";

export interface Metric {
  name: string;
  /** `counter`, `gauge`, …; empty where nobody said it. */
  type: string;
  help: string;
  unit: string;
  /** Absent where the source does not tell. */
  series?: number;
}

interface Metadata {
  type: string;
  help: string;
  unit: string;
}

const KNOWN_FOR_MS = 30_000;
/** Above this number of metrics, counts of the largest ones are enough. */
const COUNTED = 10_000;

/** Series of each metric; only the embedded source counts them. */
async function fetchCounts(source: string, signal: AbortSignal): Promise<Map<string, number>> {
  if (source !== "embedded") return new Map();
  const data = await getData<{ seriesCountByMetricName: { name: string; value: number }[] }>(
    "api/v1/status/tsdb",
    { limit: COUNTED },
    signal,
  );
  return new Map(data.seriesCountByMetricName.map(({ name, value }) => [name, value]));
}

async function fetchMetrics(source: string, signal: AbortSignal): Promise<Metric[]> {
  const [names, families, counts] = await Promise.all([
    fetchMetricNames(source, signal),
    getData<Record<string, Metadata[]>>(`${apiOf(source)}/metadata`, {}, signal).catch(() => ({})),
    fetchCounts(source, signal).catch(() => new Map<string, number>()),
  ]);
  const there = new Set(names);
  return names.map((name) => {
    const { type = "", help = "", unit = "" } = familyOf<Metadata[]>(name, families)?.[0] ?? {};
    const series = counts.get(name);
    const known = tellsBegin(name, there) ? "gauge" : type === "unknown" ? "" : type;
    return { name, type: known, help, unit, ...(series === undefined ? {} : { series }) };
  });
}

/** All metrics of a source, by name. `counted` is the uid whose counts are asked for: `embedded`, or no other. */
export const useMetrics = (source: string, counted: string) =>
  useQuery({
    queryKey: ["metrics", source, counted],
    queryFn: async ({ signal }) => fetchMetrics(counted === "embedded" ? "embedded" : source, signal),
    staleTime: KNOWN_FOR_MS,
  });

/** Label sets are read of this many series at most. */
export const MOST_SERIES = 500;

export interface LabelSummary {
  name: string;
  /** By number of series, the most first. */
  values: { value: string; series: number }[];
}

/** The labels of some series and their values. */
export function summarize(series: readonly Labels[]): LabelSummary[] {
  const labels = new Map<string, Map<string, number>>();
  for (const [name, value] of series.flatMap((one) => Object.entries(one))) {
    if (name === "__name__") continue;
    const values = labels.get(name) ?? new Map<string, number>();
    values.set(value, (values.get(value) ?? 0) + 1);
    labels.set(name, values);
  }
  return [...labels]
    .map(([name, values]) => ({
      name,
      values: [...values]
        .map(([value, count]) => ({ value, series: count }))
        .sort((a, b) => b.series - a.series),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

export const useLabels = (source: string, metric: string) =>
  useQuery({
    queryKey: ["metric-labels", source, metric],
    queryFn: async ({ signal }) =>
      summarize(
        await getData<Labels[]>(
          `${apiOf(source)}/series`,
          { "match[]": selector(metric), limit: MOST_SERIES, start: Date.now() / 1000 - 3600 },
          signal,
        ),
      ),
    staleTime: KNOWN_FOR_MS,
  });

const quote = (text: string): string => `"${text.replaceAll(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;

/** A metric as a selector; a name that is no identifier stands in braces. */
export function selector(metric: string, label?: string, value?: string): string {
  const plain = /^[a-zA-Z_:][\w:]*$/.test(metric);
  const matcher =
    label === undefined
      ? []
      : [`${/^[a-zA-Z_]\w*$/.test(label) ? label : quote(label)}=${quote(value ?? "")}`];
  const inside = [...(plain ? [] : [quote(metric)]), ...matcher].join(", ");
  return `${plain ? metric : ""}${inside === "" ? "" : `{${inside}}`}`;
}

export interface Example {
  title: string;
  expr: string;
}

/** Queries that suit a metric by its type. */
export function queriesFor({ name, type }: Pick<Metric, "name" | "type">): Example[] {
  const one = selector(name);
  if (/_bucket$/.test(name))
    return [
      { title: "95th percentile", expr: `histogram_quantile(0.95, sum by (le) (rate(${one}[5m])))` },
      { title: "Median", expr: `histogram_quantile(0.5, sum by (le) (rate(${one}[5m])))` },
    ];
  if (/_created$/.test(name) && type === "gauge") return [{ title: "How long ago", expr: `time() - ${one}` }];
  if (type === "counter" || (type !== "gauge" && /_(total|sum|count)$/.test(name)))
    return [
      { title: "Rate", expr: `rate(${one}[5m])` },
      { title: "Rate by job", expr: `sum by (job) (rate(${one}[5m]))` },
      { title: "Increase in an hour", expr: `increase(${one}[1h])` },
    ];
  return [
    { title: "As it is", expr: one },
    { title: "Average by job", expr: `avg by (job) (${one})` },
    { title: "Most in an hour", expr: `max_over_time(${one}[1h])` },
  ];
}

interface Wish {
  title: string;
  /** Which metric it needs; the first of that kind is taken, and of these one of the likelier kind. */
  needs: RegExp;
  likelier?: RegExp;
  expr: (name: string) => string;
}

const WISHES: readonly Wish[] = [
  { title: "Targets that are up, by job", needs: /^up$/, expr: () => "sum by (job) (up)" },
  {
    title: "CPU of each process",
    needs: /^process_cpu_seconds_total$/,
    expr: (name) => `rate(${name}[1m])`,
  },
  { title: "Memory of each process", needs: /^process_resident_memory_bytes$/, expr: (name) => name },
  {
    title: "Requests per second",
    needs: /^(?!node_|.*disk_).*requests?(_duration_seconds_count|_total)$/, // disks have requests too
    likelier: /(^|_)http_.*_total$|requests_total$/,
    expr: (name) => `sum by (job) (rate(${name}[5m]))`,
  },
  {
    title: "95th percentile of latency",
    needs: /(duration|latency)_seconds_bucket$/,
    expr: (name) => `histogram_quantile(0.95, sum by (job, le) (rate(${name}[5m])))`,
  },
  {
    title: "Tokens per second",
    needs: /tokens_total$/,
    expr: (name) => `sum by (model) (rate(${name}[5m]))`,
  },
  { title: "Slowest scrapes", needs: /^scrape_duration_seconds$/, expr: (name) => `topk(5, ${name})` },
  {
    title: "Metrics with most series",
    needs: /^up$/,
    expr: () => 'topk(10, count by (__name__) ({__name__!=""}))',
  },
];

/** Examples for what there is: what an application says comes before what Watchglass says of itself. */
export function examplesFor(names: readonly string[]): Example[] {
  const ordered = [...names].sort((a, b) => Number(isOwn(a)) - Number(isOwn(b)));
  return WISHES.flatMap(({ title, needs, likelier, expr }) => {
    const found = ordered.filter((candidate) => needs.test(candidate));
    const name = found.find((one) => !isOwn(one) && likelier?.test(one)) ?? found[0];
    return name === undefined ? [] : [{ title, expr: expr(name) }];
  });
}

const isOwn = (name: string): boolean => /^(watchglass|prometheus|promhttp|go)_/.test(name);
