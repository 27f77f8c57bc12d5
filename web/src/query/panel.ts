/** A panel's queries to frames: grid, macros, request, polling until there is a first value. */

import {
  keepPreviousData,
  useQueries,
  type Query,
  type QueryClient,
  type UseQueryResult,
} from "@tanstack/react-query";
import { useCallback } from "react";
import { queryInstant, queryRange, type Frame } from "../api/frames";
import type { Panel, PanelQuery, SourceUid } from "../model/dashboard";
import { jobNames } from "../model/expr";
import { chooseLookback } from "../model/lookback";
import { panelRange } from "../model/panelrange";
import {
  chooseStep,
  DAY_MS,
  drawnRange,
  expandMacros,
  makeGrid,
  parseMinStep,
  type Anchor,
  type Grid,
} from "../model/step";
import { parseDuration, rangeAt, type RawRange, type TimeRange } from "../model/timerange";
import { zoneNow } from "../model/zone";
import { dataBegins } from "./begins";
import { useShaped, type Shaped } from "./shape";
import { isOwn } from "./sources";
import { targetsQuery } from "./targets";

/** Grafana's own assumption where a panel names no interval. */
const SCRAPE_MS = 15_000;
/** While a fresh page still waits for a first value, panels ask again this soon. */
const EAGER_MS = { now: 150, step: 1000 } as const;
const EAGER_FOR_MS = 20_000;
/** Each time later than before, up to this. */
const EAGER_FACTOR = 1.5;
const EAGER_MOST_MS = 2000;
const KEEP_MS = 60_000;
/** A panel that comes on screen again asks again only when its data are older. */
const FRESH_MS = 4000;
/** A step follows from the length of a range, wherever that lies: any fixed time will do. */
const LOADED_MS = Date.now();

/** A frame with what was asked. */
interface AnsweredFrame extends Frame {
  /** The expression that was sent. */
  expr: string;
  /** What is drawn: the page's range, or the part of it that has data. */
  range: TimeRange;
  /** The range is shorter because the answer begins so late that the page's steps would miss it. */
  late?: true;
  /** Nothing is there yet, of what this process itself collects. */
  awaited?: true;
  /** How series are named, where that depends on the range. */
  legend?: string;
}

/** A frame as the answer to one of the panel's queries, which say how its series are named. */
export interface PanelFrame extends AnsweredFrame {
  query: PanelQuery;
}

export interface PanelData {
  /** What was answered, as it came. */
  frames: PanelFrame[];
  /** What is drawn: the same after the panel's transformations, as series and as tables. */
  shaped: Shaped;
  error: Error | null;
  fetching: boolean;
  refetch: () => void;
}

export interface QueryPlan {
  panel: Panel;
  raw: RawRange;
  /** How many points the panel can show. */
  points: number;
  anchor: Anchor;
  enabled: boolean;
}

/** The longest scrape interval of each job; empty where the targets cannot be listed. */
async function scrapeIntervals(client: QueryClient): Promise<Map<string, number>> {
  const longest = new Map<string, number>();
  const answer = await client.query(targetsQuery).catch(() => undefined);
  for (const { labels, scrapeInterval = "" } of answer?.activeTargets ?? []) {
    const ms = parseDuration(scrapeInterval);
    const job = labels.job ?? "";
    if (ms !== undefined) longest.set(job, Math.max(ms, longest.get(job) ?? 0));
  }
  return longest;
}

/** Single numbers show the newest value there is; in charts, a gap must not look like a value that stays. */
async function lookbackMs(
  client: QueryClient,
  { anchor }: QueryPlan,
  source: SourceUid,
  expr: string,
  stepMs: number,
): Promise<number | undefined> {
  if (anchor === "now" || jobNames(expr).length === 0 || !(await isOwn(client, source))) return undefined;
  return chooseLookback(expr, stepMs, await scrapeIntervals(client));
}

interface Ranges {
  /** By the page: what `$__range` means. */
  chosen: TimeRange;
  drawn: TimeRange;
}

/** From this length on it pays to ask for the steps that the server remembers, and for the newest value beside them. */
const LONG_MS = DAY_MS;

/**
 * Evaluates one expression at each step. It is asked for in pieces where a clock is changed, so that days are as long
 * as they are, and where a long range ends between two steps, of which only the last value is new.
 */
async function askSteps(plan: QueryPlan, grid: Grid, one: (grid: Grid) => Promise<Frame>): Promise<Frame> {
  const { startMs, endMs, stepMs } = grid;
  const long = endMs - startMs >= LONG_MS;
  if (plan.anchor === "now" ? !long : stepMs % DAY_MS !== 0) return one(grid);
  const { changesClock, dayPieces, endPieces, joinFrames } = await import("./pieces");
  if (plan.anchor === "now") return joinFrames(await Promise.all(endPieces(grid).map(one)), stepMs);
  if (!changesClock(grid)) return one(grid);
  return joinFrames(await Promise.all(dayPieces(grid).map(one)), stepMs);
}

/** Evaluates one expression over a range. */
async function ask(
  client: QueryClient,
  plan: QueryPlan,
  query: PanelQuery,
  { chosen, drawn: range }: Ranges,
  signal: AbortSignal,
): Promise<AnsweredFrame> {
  const stepMs = stepFor(plan, query, range);
  const grid = makeGrid(range, stepMs, plan.anchor);
  const expandOn = (steps: Grid, text: string): string =>
    expandMacros(text, steps, chosen, scrapeMs(plan, query));
  const expand = (text: string): string => expandOn(grid, text);
  const expr = expand(query.expr);
  const lookback = query.instant ? undefined : await lookbackMs(client, plan, query.source, expr, stepMs);
  const frame = await (
    query.instant
      ? queryInstant(query.source, expr, range.toMs, signal)
      : askSteps(plan, grid, (steps) =>
          queryRange(query.source, expandOn(steps, query.expr), { ...steps, lookbackMs: lookback }, signal),
        )
  ).catch(async (error: unknown) => {
    throw (await import("./why")).asTyped(error, query.written ?? query.expr, expr);
  });
  const legend = query.legend?.includes("$") === true ? { legend: expand(query.legend) } : {};
  return { ...frame, expr, range, ...legend };
}

/** Samples of the time between two steps further apart than this are not seen by those steps. */
const LOOKBACK_MS = 300_000;

/** Evaluates one expression over the range as it is now, or over the part of it that has data. */
async function evaluate(
  client: QueryClient,
  plan: QueryPlan,
  query: PanelQuery,
  signal: AbortSignal,
): Promise<AnsweredFrame> {
  const now = Date.now();
  const chosen = panelRange(plan.raw, plan.panel, now) ?? rangeAt(plan.raw, now);
  const drawn = drawnRange(chosen, await dataBegins(client, query.source, chosen));
  const frame = await ask(client, plan, query, { chosen, drawn }, signal);
  if (frame.series.length > 0) return frame;
  const empty = (await isOwn(client, query.source)) ? { ...frame, awaited: true as const } : frame;
  if (frame.step <= LOOKBACK_MS) return empty;
  const end = { fromMs: drawn.toMs - 2 * frame.step, toMs: drawn.toMs };
  const closer = await ask(client, plan, query, { chosen, drawn: end }, signal);
  return closer.series.length > 0 ? { ...closer, late: true } : empty;
}

/** The smallest step: the query's own, or the panel's. */
const minStepMs = ({ panel }: QueryPlan, { minStep }: PanelQuery): number | undefined =>
  (minStep === undefined ? undefined : parseMinStep(minStep, panel.minStepMs ?? SCRAPE_MS)) ??
  panel.minStepMs;

const scrapeMs = (plan: QueryPlan, query: PanelQuery): number => minStepMs(plan, query) ?? SCRAPE_MS;

const stepFor = (plan: QueryPlan, query: PanelQuery, range: TimeRange): number =>
  chooseStep(range, plan.points, minStepMs(plan, query)) * (query.factor ?? 1);

/** 0 where the range means nothing. */
function stepOf(plan: QueryPlan, query: PanelQuery): number {
  const range = panelRange(plan.raw, plan.panel, LOADED_MS);
  return range === undefined ? 0 : stepFor(plan, query, range);
}

/** One query of a plan, for the cache: equal expressions of several panels are sent once. */
function queryOptions(plan: QueryPlan, query: PanelQuery) {
  const { raw, anchor, panel } = plan;
  return {
    queryKey: [
      "panel",
      query.source,
      query.expr,
      query.legend?.includes("$") === true ? query.legend : "",
      raw.from,
      raw.to,
      zoneNow(), // in which days begin, and wall clocks are read
      panel.timeFrom ?? "",
      panel.timeShift ?? "",
      stepOf(plan, query),
      scrapeMs(plan, query),
      anchor,
      query.instant,
    ],
    queryFn: ({ client, signal }: { client: QueryClient; signal: AbortSignal }) =>
      evaluate(client, plan, query, signal),
    gcTime: KEEP_MS,
    staleTime: FRESH_MS,
    structuralSharing: false, // samples are never the same twice
    retry: false,
  };
}

/** Asks before the panel is there to ask; a failure is for the panel to meet again. */
export const prefetchPanel = (client: QueryClient, plan: QueryPlan): Promise<unknown> =>
  Promise.allSettled(plan.panel.queries.map((query) => client.query(queryOptions(plan, query))));

type State = Pick<Query<AnsweredFrame>["state"], "data" | "error" | "dataUpdateCount">;

/**
 * A fresh page asks again soon for what is not collected yet, ever less often. What failed is not asked again before
 * the page's own refresh, and neither is a server elsewhere.
 */
export function eagerMs(
  { data, error, dataUpdateCount }: State,
  anchor: Anchor,
  nowMs: number,
): number | false {
  if (error !== null || data?.awaited !== true || nowMs >= EAGER_FOR_MS) return false;
  return Math.min(EAGER_MOST_MS, EAGER_MS[anchor] * EAGER_FACTOR ** (dataUpdateCount - 1));
}

/**
 * What a panel asks of one moment is of one moment, as in Grafana: its tables are joined by it. Queries are sent one after
 * the other, and one that another panel has asked for just before is not sent at all.
 */
export function atOneMoment(frames: readonly PanelFrame[]): PanelFrame[] {
  const latest = Math.max(...frames.filter(({ query }) => query.instant).map(({ times }) => times[0] ?? 0));
  const times = Float64Array.of(latest);
  return frames.map((frame) =>
    frame.query.instant && frame.times.length === 1 ? { ...frame, times } : frame,
  );
}

const answered = (data: AnsweredFrame, query: PanelQuery): PanelFrame => ({
  ...data,
  query: data.legend === undefined ? query : { ...query, legend: data.legend },
});

/**
 * Joins what the queries answered. Frames wait for one another: one at a time, series would get their colours in
 * the order of arrival.
 */
function combine(
  queries: readonly PanelQuery[],
  results: UseQueryResult<AnsweredFrame>[],
): Omit<PanelData, "shaped"> {
  const complete = results.every(({ data, error }) => data !== undefined || error !== null);
  return {
    frames: atOneMoment(
      results.flatMap(({ data }, at) =>
        complete && data !== undefined ? [answered(data, queries[at]!)] : [],
      ),
    ),
    error: results.find(({ error }) => error !== null)?.error ?? null,
    fetching: results.some(({ isFetching }) => isFetching),
    refetch: () => results.forEach((result) => void result.refetch()),
  };
}

/** Until the code that shapes them is there, answers are as if they had not come. */
const NOTHING: Shaped = { frames: [], tables: [], notes: [] };

/** Runs the panel's queries. The frames stay the same objects until samples arrive. */
export function usePanelData(plan: QueryPlan): PanelData {
  const { panel } = plan;
  const { queries } = panel;
  const data = useQueries({
    queries: queries.map((query) => ({
      ...queryOptions(plan, query),
      enabled: plan.enabled && plan.panel.waits !== true && stepOf(plan, query) > 0,
      placeholderData: keepPreviousData<AnsweredFrame>,
      refetchInterval: ({ state }: { state: State }) => eagerMs(state, plan.anchor, performance.now()),
    })),
    combine: useCallback((results: UseQueryResult<AnsweredFrame>[]) => combine(queries, results), [queries]),
  });
  const shaped = useShaped(data.frames, panel);
  return shaped === undefined ? { ...data, frames: [], shaped: NOTHING } : { ...data, shaped };
}

/** Asks all panels on screen to query again. */
export const refreshPanels = (client: QueryClient): Promise<void> =>
  client.refetchQueries({ queryKey: ["panel"], type: "active" }, { cancelRefetch: false });
