/** Why a panel is empty: no target, a target down, an unknown metric, a range without data, or a filter too narrow. */

import type { QueryClient } from "@tanstack/react-query";
import {
  fetchLabelValues,
  fetchMetricNames,
  hasSeries,
  type ScrapeTarget,
  type TargetsAnswer,
} from "../api/catalog";
import { queryInstant, queryRange, type Frame } from "../api/frames";
import { formatMoment } from "../model/clock";
import type { SourceUid } from "../model/dashboard";
import { jobNames, metricNames } from "../model/expr";
import { tellsBegin } from "../model/families";
import { nearestName } from "../model/nearest";
import {
  looksElsewhere,
  passes,
  selectorsOf,
  takesQuantile,
  takesRates,
  type Matcher,
} from "../model/selectors";
import { formatDuration, type RawRange, type TimeRange } from "../model/timerange";
import { dataBegins } from "./begins";
import type { Values } from "./samples";
import { isOwn } from "./sources";
import { targetsQuery } from "./targets";

export { asTyped } from "./typed"; // both are wanted only where there is nothing to draw

export interface Why {
  title: string;
  /** What to look at, when it is known: a metric, or the filter. */
  name?: string;
  text: string;
  /** More than a panel has room for. */
  detail?: string;
  /** The targets tell more. */
  aboutTargets?: true;
  /** Where there are data. */
  jump?: RawRange;
}

export interface Asked {
  source: SourceUid;
  exprs: readonly string[];
  range: TimeRange;
  /** The range ends now, so that what targets do now matters. */
  live: boolean;
}

const NO_DATA = "No data";
const NOT_IN_RANGE = "No data in this range";

/** Many empty panels ask the same at once. */
const FRESH_MS = 10_000;
/** A window before the range may still give a value at its beginning. */
const LOOKBACK_MS = 300_000;
const DAY_MS = 86_400_000;
/** How far from the range data are looked for. */
const FARTHEST_MS = 30 * DAY_MS;
const MOST_LISTED = 4;
/** More names than this have no room in a panel. */
const MOST_NAMED = 3;

const first = <T>(values: readonly (T | undefined)[]): T | undefined =>
  values.find((value) => value !== undefined);

/** What the list of targets explains: the asked jobs are down, or there is none of them. `jobs` have series. */
export function explainByTargets(
  exprs: readonly string[],
  targets: TargetsAnswer,
  jobs: readonly string[],
): Why | undefined {
  const asked = [...new Set(exprs.flatMap(jobNames))];
  const instances = exprs.flatMap((expr) =>
    selectorsOf(expr).flatMap(({ matchers }) => matchers.filter(({ label }) => label === "instance")),
  );
  const own = targets.activeTargets.filter(
    ({ labels }) =>
      asked.includes(labels.job ?? "") && instances.every((one) => passes(one, labels.instance ?? "")),
  );
  const down = own.find(({ health }) => health === "down");
  if (down !== undefined && own.every(({ health }) => health === "down")) return whyDown(down, own.length);
  const lost = asked.find(
    (job) => !jobs.includes(job) && !targets.activeTargets.some(({ labels }) => labels.job === job),
  );
  if (lost !== undefined)
    return {
      title: "No target",
      name: `job="${lost}"`,
      text: "Nothing is scraped under this job name.",
      aboutTargets: true,
    };
  if (targets.activeTargets.length > 0 || jobs.length > 0) return undefined;
  return { title: "No target", text: "Nothing is scraped yet.", aboutTargets: true };
}

function whyDown({ labels, scrapeUrl, lastError }: ScrapeTarget, count: number): Why {
  const others = count > 1 ? `, and so are ${count - 1} more of its job` : "";
  return {
    title: NO_DATA,
    text: `Target ${labels.instance ?? scrapeUrl} is down${others}.`,
    detail: lastError,
    aboutTargets: true,
  };
}

/** What names of metrics end in, and people leave out. */
const LIKELY_ENDS = ["_total", "_bucket", "_seconds_bucket", "_seconds", "_bytes"];

/** Names of metrics that are asked for and not known, each once. */
export function unknownNames(exprs: readonly string[], known: readonly string[]): string[] {
  const there = new Set(known);
  return [...new Set(exprs.flatMap(metricNames))].filter((name) => !there.has(name));
}

/** The metric that was meant, by its likely end, by most of its letters, or by its beginning. */
function meant(missing: string, known: readonly string[]): string | undefined {
  const there = new Set(known);
  const likely = known.filter((name) => !tellsBegin(name, there));
  return (
    LIKELY_ENDS.map((end) => missing + end).find((name) => there.has(name)) ??
    nearestName(missing, likely) ??
    likely.find((name) => name.startsWith(`${missing}_`) || missing.startsWith(`${name}_`))
  );
}

/** What the list of metric names explains. */
export function explainByName(
  exprs: readonly string[],
  known: readonly string[],
  own: boolean,
): Why | undefined {
  const unknown = unknownNames(exprs, known);
  const [missing] = unknown;
  if (missing === undefined) return undefined;
  const several = unknown.length > 1;
  const like = [...new Set(unknown.slice(0, MOST_NAMED).flatMap((name) => meant(name, known) ?? []))];
  const hint = like.length === 0 ? "" : ` There is ${like.join(", ")}.`;
  const mine = several ? "Metrics of these names have not" : "No metric of this name has";
  const theirs = several ? "The source has no such metrics." : "The source has no metric of this name.";
  return {
    title: NO_DATA,
    name: listed(unknown, MOST_NAMED, "\n"),
    text: (own ? `${mine} been collected.` : theirs) + hint,
    ...(several ? { detail: unknown.join("\n") } : {}),
  };
}

/** The first of many, and how many more there are. */
function listed(values: readonly string[], most: number, between = ", "): string {
  const more = values.length > most ? ` and ${values.length - most} more` : "";
  return values.slice(0, most).join(between) + more;
}

/** What the values of a label explain, if none of them passes the filter. */
export function explainByValues(matcher: Matcher, values: readonly string[]): string | undefined {
  if (values.some((value) => passes(matcher, value)) || passes(matcher, "")) return undefined;
  if (values.length === 0) return `Its series have no label ${matcher.label}.`;
  const shown = values.map((value) => (value === "" ? '""' : value));
  return `The filter is too narrow: ${matcher.label} is ${listed(shown, MOST_LISTED)}.`;
}

/** Why series with samples leave nothing: what the query does with them. */
export function explainByQuery(exprs: readonly string[]): string {
  return exprs.some(takesRates)
    ? "Its series have samples, but the query leaves nothing of them. A rate needs two samples inside its window."
    : "Its series have samples, but the query leaves nothing of them: a comparison or a join may drop all.";
}

/** Why there are answers, but nothing to draw. */
export function explainValues(values: Values, exprs: readonly string[]): Why {
  const title = "No value in this range";
  if (values === "infinite")
    return { title, text: "The answers are infinite: something is divided by zero." };
  const text = exprs.some(takesQuantile)
    ? "The answers are not a number (NaN): nothing happened of which a quantile could be taken."
    : "The answers are not a number (NaN): nothing happened, and zero is divided by zero.";
  return { title, text };
}

const timesOf = ({ times, series }: Frame): number[] =>
  [...times].filter((_, at) => series.some(({ values }) => !Number.isNaN(values[at])));

/** Where a metric has samples nearest to the range: a time before or after it. */
async function findNearest(
  { source, range }: Asked,
  metric: string,
  signal: AbortSignal,
): Promise<{ when: "before" | "after"; ms: number } | undefined> {
  const now = Date.now();
  const spanMs = Math.min(FARTHEST_MS, range.fromMs);
  const before = { fromMs: range.fromMs - spanMs, toMs: range.fromMs };
  if (await hasSeries(source, metric, before, signal)) {
    const expr = `max(timestamp(last_over_time(${metric}[${formatDuration(spanMs)}])))`;
    const at = (await queryInstant(source, expr, range.fromMs, signal)).series[0]?.values[0];
    if (at !== undefined) return { when: "before", ms: at * 1000 };
  }
  const after = { fromMs: range.toMs, toMs: Math.min(now, range.toMs + FARTHEST_MS) };
  if (after.fromMs >= after.toMs || !(await hasSeries(source, metric, after, signal))) return undefined;
  const stepMs = Math.max(1000, Math.ceil((after.toMs - after.fromMs) / 200_000) * 1000);
  const expr = `count(count_over_time(${metric}[${formatDuration(stepMs)}]))`;
  const grid = { startMs: after.fromMs + stepMs, endMs: after.toMs + stepMs, stepMs };
  const at = timesOf(await queryRange(source, expr, grid, signal))[0];
  return at === undefined ? undefined : { when: "after", ms: at - stepMs };
}

/** A range as long as the asked one that shows a time. */
function rangeAround(
  { when, ms }: { when: "before" | "after"; ms: number },
  { fromMs, toMs }: TimeRange,
): RawRange {
  const spanMs = toMs - fromMs;
  const margin = Math.min(spanMs / 10, 10 * 60_000);
  const from = when === "before" ? ms + margin - spanMs : ms - margin;
  return { from: String(Math.round(from)), to: String(Math.round(from + spanMs)) };
}

async function explainByRange(
  client: QueryClient,
  asked: Asked,
  metric: string,
  signal: AbortSignal,
): Promise<Why | undefined> {
  const { source, range } = asked;
  const near = { fromMs: range.fromMs - LOOKBACK_MS, toMs: range.toMs };
  if (await hasSeries(source, metric, near, signal)) return undefined;
  const nearest = await findNearest(asked, metric, signal).catch(() => undefined);
  if (nearest === undefined)
    return { title: NOT_IN_RANGE, name: metric, text: "The range lies outside of its data." };
  const begins = await dataBegins(client, source, range);
  const moment = formatMoment(nearest.when === "after" ? Math.max(nearest.ms, begins ?? 0) : nearest.ms);
  const text =
    nearest.when === "before" ? `Its last sample before is of ${moment}.` : `Its data begin at ${moment}.`;
  const detail = begins === undefined ? {} : { detail: `All data begin at ${formatMoment(begins)}.` };
  return { title: NOT_IN_RANGE, name: metric, text, ...detail, jump: rangeAround(nearest, range) };
}

async function explainByFilter(
  { source, exprs, range }: Asked,
  signal: AbortSignal,
): Promise<Why | undefined> {
  const near = { fromMs: range.fromMs - LOOKBACK_MS, toMs: range.toMs };
  for (const { metric, matchers, text } of exprs.flatMap(selectorsOf)) {
    if (await hasSeries(source, text, near, signal)) continue;
    const scope = metric === "" ? '{__name__!=""}' : metric;
    const reasons = await Promise.all(
      matchers.map(async (matcher) =>
        explainByValues(matcher, await fetchLabelValues(source, matcher.label, scope, near, signal)),
      ),
    );
    const all = "The filter is too narrow: each part of it matches something, but no series fulfils all.";
    return { title: NOT_IN_RANGE, name: text, text: first(reasons) ?? all };
  }
  return undefined;
}

/** Names of all metrics that a source has. */
const knownNames = (client: QueryClient, source: SourceUid): Promise<string[]> =>
  client.query({
    queryKey: ["metric-names", source],
    queryFn: ({ signal }) => fetchMetricNames(source, signal),
    staleTime: FRESH_MS,
  });

/** Of the metrics that expressions ask for, those that the source does not have. */
export const findUnknown = async (
  client: QueryClient,
  source: SourceUid,
  exprs: readonly string[],
): Promise<string[]> => unknownNames(exprs, await knownNames(client, source));

/** Explains an empty answer of the given expressions; the likeliest reason first. */
export async function explainEmpty(client: QueryClient, asked: Asked, signal: AbortSignal): Promise<Why> {
  const { source, exprs, live } = asked;
  const own = await isOwn(client, source);
  const [known, targets, jobs] = await Promise.all([
    knownNames(client, source),
    own ? client.query(targetsQuery) : undefined,
    client.query({
      queryKey: ["jobs", source],
      queryFn: ({ signal }) =>
        fetchLabelValues(source, "job", '{job!=""}', { fromMs: 0, toMs: Date.now() }, signal),
      staleTime: FRESH_MS,
    }),
  ]);
  const byTargets = live && targets !== undefined ? explainByTargets(exprs, targets, jobs) : undefined;
  const metrics = exprs.flatMap(metricNames);
  const elsewhere = exprs.some(looksElsewhere);
  return (
    byTargets ??
    explainByName(exprs, known, own) ??
    (metrics[0] === undefined || elsewhere
      ? undefined
      : await explainByRange(client, asked, metrics[0], signal)) ??
    (elsewhere ? undefined : await explainByFilter(asked, signal)) ?? {
      title: NOT_IN_RANGE,
      ...(metrics[0] === undefined ? {} : { name: metrics[0] }),
      text: explainByQuery(exprs),
    }
  );
}
