/** Asking the queries of Explore: at every step for the chart, at the end for the table, with what they cost. */

import { apiOf, decodeFrame, FRAMES_TYPE, type Frame, type Labels } from "../../api/frames";
import { query, type Params } from "../../api/http";
import { expandMacros, makeGrid } from "../../model/step";
import type { TimeRange } from "../../model/timerange";
import { asTyped } from "../../query/typed";

/** What the server says a query cost. */
export interface Stats {
  /** seconds, with the time in the queue */
  seconds: number;
  /** Samples read; absent where the server does not say it. */
  samples?: number;
}

/** One series of a range vector, as it was stored. */
export interface RawSeries {
  labels: Labels;
  /** [seconds, value as text] */
  samples: readonly (readonly [number, string])[];
}

export interface Answer {
  /** The expression that was sent. */
  expr: string;
  range: TimeRange;
  frame?: Frame;
  /** A string, or the samples of a range vector: what has no steps. */
  text?: string;
  raw?: readonly RawSeries[];
  warnings: readonly string[];
  stats?: Stats;
}

interface RawStats {
  timings?: { execTotalTime?: number };
  samples?: { totalQueryableSamples?: number };
}

const HEADER_LENGTH_BYTES = 4;

function readStats(raw: RawStats | undefined): Stats | undefined {
  const seconds = raw?.timings?.execTotalTime;
  const samples = raw?.samples?.totalQueryableSamples;
  if (seconds === undefined) return undefined;
  return samples === undefined ? { seconds } : { seconds, samples };
}

/** The statistics stand in the frame's header, beside what is decoded elsewhere. */
function statsOfFrame(buffer: ArrayBuffer): Stats | undefined {
  const length = new DataView(buffer).getUint32(0, true);
  const header = new TextDecoder().decode(new Uint8Array(buffer, HEADER_LENGTH_BYTES, length));
  return readStats((JSON.parse(header) as { stats?: RawStats }).stats);
}

interface JsonAnswer {
  data: {
    resultType: string;
    result: unknown;
    stats?: RawStats;
  };
  warnings?: string[];
  infos?: string[];
}

interface JsonSeries {
  metric: Record<string, string>;
  values?: [number, string][];
}

function readJson({ data, warnings = [], infos = [] }: JsonAnswer): Omit<Answer, "expr" | "range"> {
  const stats = readStats(data.stats);
  const notes = { warnings: [...warnings, ...infos], ...(stats === undefined ? {} : { stats }) };
  if (data.resultType === "string") return { ...notes, text: (data.result as [number, string])[1] };
  const series = data.result as JsonSeries[];
  return { ...notes, raw: series.map(({ metric, values = [] }) => ({ labels: metric, samples: values })) };
}

async function fetchAnswer(
  path: string,
  params: Params,
  { expr: typed, range }: Asked,
  signal: AbortSignal,
): Promise<Answer> {
  const asked = { expr: String(params.query), range };
  const init = { signal, headers: { Accept: FRAMES_TYPE } };
  const response = await query(path, { ...params, stats: "true" }, init).catch((error: unknown) => {
    throw asTyped(error, typed, asked.expr);
  });
  if (response.headers.get("Content-Type") !== FRAMES_TYPE) {
    return { ...asked, ...readJson((await response.json()) as JsonAnswer) };
  }
  const buffer = await response.arrayBuffer();
  const frame = decodeFrame(buffer);
  const stats = statsOfFrame(buffer);
  return { ...asked, frame, warnings: frame.warnings, ...(stats === undefined ? {} : { stats }) };
}

/** What Grafana's macros assume of the scrapes. */
const SCRAPE_MS = 15_000;

export interface Asked {
  source: string;
  expr: string;
  range: TimeRange;
  stepMs: number;
}

const expanded = ({ expr, range, stepMs }: Asked): string =>
  expandMacros(expr, makeGrid(range, stepMs, "step"), range, SCRAPE_MS);

/** At every step of the range. */
export function askRange(asked: Asked, signal: AbortSignal): Promise<Answer> {
  const { source, range, stepMs } = asked;
  const { startMs, endMs } = makeGrid(range, stepMs, "step");
  const bounds = { start: startMs / 1000, end: endMs / 1000, step: stepMs / 1000 };
  return fetchAnswer(`${apiOf(source)}/query_range`, { query: expanded(asked), ...bounds }, asked, signal);
}

/** At the end of the range. */
export function askInstant(asked: Asked, signal: AbortSignal): Promise<Answer> {
  const params = { query: expanded(asked), time: asked.range.toMs / 1000 };
  return fetchAnswer(`${apiOf(asked.source)}/query`, params, asked, signal);
}

/** `expr` laid out by the server. */
export async function formatQuery(expr: string): Promise<string> {
  const response = await query("api/v1/format_query", { query: expr }, {});
  return ((await response.json()) as { data: string }).data;
}
