/** When the data of a source begin, as far as that can be known: for pages whose range is longer than the data. */

import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import type { DataSource } from "../api/catalog";
import { queryRange, type Frame } from "../api/frames";
import type { SourceUid } from "../model/dashboard";
import { LEAST_DRAWN_MS } from "../model/step";
import { rangeAt, type RawRange, type TimeRange } from "../model/timerange";
import { isOwn, sourcesQuery } from "./sources";

const MINUTE_MS = 60_000;
/** Points of the question that finds the beginning elsewhere, and of the closer one after it. */
const POINTS = 400;
const CLOSER_POINTS = 60;
/** What has not begun yet may do so at any moment. */
const REFRESH_MS = { known: MINUTE_MS, unknown: 5000 } as const;

const embedded = (sources: readonly DataSource[] | undefined): number | undefined =>
  sources?.find(({ uid }) => uid === "embedded")?.watchglass.dataSince ?? undefined;

async function ownBegin(client: QueryClient): Promise<number | undefined> {
  const known = embedded(client.getQueryData<DataSource[]>(sourcesQuery.queryKey)); // the page keeps it up to date
  return known ?? embedded(await client.query(sourcesQuery));
}

const countTargets = (
  source: SourceUid,
  range: TimeRange,
  points: number,
  signal: AbortSignal,
): Promise<Frame> => {
  const stepMs = Math.ceil((range.toMs - range.fromMs) / points / 1000) * 1000;
  return queryRange(source, "count(up)", { startMs: range.fromMs, endMs: range.toMs, stepMs }, signal);
};

/** The first time of a frame with a sample after one without; undefined where the first has one, or none has. */
export function firstAfterGap({ times, series }: Frame): number | undefined {
  const firsts = series.map(({ values }) => values.findIndex((value) => !Number.isNaN(value)));
  const first = Math.min(...firsts.map((at) => (at < 0 ? Infinity : at)));
  return first > 0 && Number.isFinite(first) ? times[first] : undefined;
}

/** A server elsewhere does not say it; what it scraped first tells. */
async function beginElsewhere(
  source: SourceUid,
  range: TimeRange,
  signal: AbortSignal,
): Promise<number | null> {
  const coarse = await countTargets(source, range, POINTS, signal);
  const first = firstAfterGap(coarse);
  if (first === undefined) return null;
  const gap = { fromMs: first - coarse.step, toMs: first };
  return firstAfterGap(await countTargets(source, gap, CLOSER_POINTS, signal)) ?? first;
}

/** Time in ms before which a source has no sample; undefined where that is not known, or for short ranges of others. */
export async function dataBegins(
  client: QueryClient,
  source: SourceUid,
  range: TimeRange,
): Promise<number | undefined> {
  try {
    if (await isOwn(client, source)) return await ownBegin(client);
    if (range.toMs - range.fromMs <= LEAST_DRAWN_MS) return undefined;
    const [from, to] = [range.fromMs, range.toMs].map((ms) => Math.floor(ms / MINUTE_MS));
    const found = await client.query({
      queryKey: ["begins", source, from, to],
      queryFn: ({ signal }) => beginElsewhere(source, range, signal),
      staleTime: MINUTE_MS,
      retry: false,
    });
    return found ?? undefined;
  } catch {
    return undefined; // the panels say what is wrong
  }
}

export interface Begins {
  beginsMs: number | undefined;
  /** When that was found out. */
  nowMs: number;
}

/** The same for a page, kept up to date. */
export function useDataBegins(source: SourceUid, raw: RawRange): Begins {
  const client = useQueryClient();
  const { data, dataUpdatedAt } = useQuery({
    queryKey: ["page-begins", source, raw.from, raw.to],
    queryFn: async () => (await dataBegins(client, source, rangeAt(raw, Date.now()))) ?? null,
    refetchInterval: ({ state }) => (state.data == null ? REFRESH_MS.unknown : REFRESH_MS.known),
  });
  return { beginsMs: data ?? undefined, nowMs: dataUpdatedAt };
}
