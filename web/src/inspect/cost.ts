/** Asking a panel's query once more, to learn what it costs. */

import { apiOf, decodeFrame, FRAMES_TYPE } from "../api/frames";
import { get, type Params } from "../api/http";
import { makeGrid } from "../model/step";
import type { PanelFrame } from "../query/panel";

export interface Cost {
  /** ms from the question to the last byte. */
  tookMs: number;
  bytes: number;
  series: number;
  points: number;
  /** seconds; absent where the server does not tell. */
  queue?: number;
  engine?: number;
  total?: number;
  /** Samples read, and held at once. */
  samples?: number;
  peak?: number;
  warnings: readonly string[];
}

interface RawStats {
  timings?: { execQueueTime?: number; evalTotalTime?: number; execTotalTime?: number };
  samples?: { totalQueryableSamples?: number; peakSamples?: number };
}

const HEADER_LENGTH_BYTES = 4;

function statsOf(buffer: ArrayBuffer): RawStats {
  const length = new DataView(buffer).getUint32(0, true);
  const header = new TextDecoder().decode(new Uint8Array(buffer, HEADER_LENGTH_BYTES, length));
  return (JSON.parse(header) as { stats?: RawStats }).stats ?? {};
}

/** The address and parameters of the question that a frame answers. */
export function questionOf({ query, expr, step, times, range }: PanelFrame): {
  path: string;
  params: Params;
} {
  const api = apiOf(query.source);
  if (step === 0) {
    const at = times[0] ?? range.toMs;
    return { path: `${api}/query`, params: { query: expr, time: at / 1000 } };
  }
  const grid = makeGrid(range, step, "step");
  const [start, end] = [times[0] ?? grid.startMs, times.at(-1) ?? grid.endMs];
  return {
    path: `${api}/query_range`,
    params: { query: expr, start: start / 1000, end: end / 1000, step: step / 1000 },
  };
}

const known = <T extends object>(values: { [K in keyof T]?: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;

/** Asks with statistics; no kept steps are used for them, so that they tell the whole cost. */
export async function askCost(frame: PanelFrame, signal: AbortSignal): Promise<Cost> {
  const { path, params } = questionOf(frame);
  const began = performance.now();
  const response = await get(
    path,
    { ...params, stats: "true" },
    { signal, headers: { Accept: FRAMES_TYPE } },
  );
  const buffer = await response.arrayBuffer();
  const tookMs = performance.now() - began;
  const { times, series, warnings } = decodeFrame(buffer);
  const { timings = {}, samples = {} } = statsOf(buffer);
  return {
    tookMs,
    bytes: buffer.byteLength,
    series: series.length,
    points: times.length,
    warnings,
    ...known<Pick<Cost, "queue" | "engine" | "total" | "samples" | "peak">>({
      queue: timings.execQueueTime,
      engine: timings.evalTotalTime,
      total: timings.execTotalTime,
      samples: samples.totalQueryableSamples,
      peak: samples.peakSamples,
    }),
  };
}
