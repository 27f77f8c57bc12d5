/**
 * The columnar answer of a query (`application/x-watchglass-frames`), decoded without copying a sample.
 *
 * u32 header length | header JSON, padded so that what follows starts on 8 bytes | f64 times[T] ms |
 * f64 values[S*T], one row a series | u8 presence[S*T] if the header says `nulls`. Little-endian, as is
 * every machine that runs a browser. S series, T times.
 */

import { query, type Params } from "./http";

export const FRAMES_TYPE = "application/x-watchglass-frames";

export type Labels = Readonly<Record<string, string>>;

export interface Series {
  labels: Labels;
  /** [T]; NaN where there is no sample, unless `presence` tells otherwise. */
  values: Float64Array;
  /** [T] 1 where a sample is: sent only where NaN is a real value. */
  presence?: Uint8Array;
}

export interface Frame {
  /** [T] ms, ascending, shared by all series. */
  times: Float64Array;
  series: Series[];
  /** ms between times; 0 for an instant query. */
  step: number;
  warnings: string[];
}

interface Header {
  series: { metric: Record<string, string> }[];
  step: number;
  points: number;
  warnings?: string[];
  infos?: string[];
  nulls?: boolean;
}

const HEADER_LENGTH_BYTES = 4;

/** Decodes one answer; the arrays are views on `buffer`. Throws RangeError when it is cut short. */
export function decodeFrame(buffer: ArrayBuffer): Frame {
  const headerLength = new DataView(buffer).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(buffer, HEADER_LENGTH_BYTES, headerLength));
  const header = JSON.parse(text) as Header;
  const points = header.points;
  const valuesAt = HEADER_LENGTH_BYTES + headerLength + points * 8;
  const presenceAt = valuesAt + header.series.length * points * 8;
  const series = header.series.map(({ metric }, row): Series => {
    const values = new Float64Array(buffer, valuesAt + row * points * 8, points);
    if (header.nulls !== true) return { labels: metric, values };
    return { labels: metric, values, presence: new Uint8Array(buffer, presenceAt + row * points, points) };
  });
  return {
    times: new Float64Array(buffer, HEADER_LENGTH_BYTES + headerLength, points),
    series,
    step: header.step,
    warnings: [...(header.warnings ?? []), ...(header.infos ?? [])],
  };
}

async function fetchFrame(path: string, params: Params, signal: AbortSignal): Promise<Frame> {
  const response = await query(path, params, { signal, headers: { Accept: FRAMES_TYPE } });
  return decodeFrame(await response.arrayBuffer());
}

/** The Prometheus API of a data source. */
export const apiOf = (source: string): string => `api/datasources/proxy/uid/${source}/api/v1`;

/**
 * Evaluate `expr` at each step from start to end, both inclusive; all times in ms. A sample older than the lookback
 * counts no more; without one, the server's own holds.
 */
export function queryRange(
  source: string,
  expr: string,
  range: { startMs: number; endMs: number; stepMs: number; lookbackMs?: number | undefined },
  signal: AbortSignal,
): Promise<Frame> {
  const { startMs, endMs, stepMs, lookbackMs } = range;
  const params = {
    query: expr,
    start: startMs / 1000,
    end: endMs / 1000,
    step: stepMs / 1000,
    ...(lookbackMs === undefined ? {} : { lookback_delta: lookbackMs / 1000 }),
  };
  return fetchFrame(`${apiOf(source)}/query_range`, params, signal);
}

/** Evaluate `expr` once. */
export function queryInstant(
  source: string,
  expr: string,
  timeMs: number,
  signal: AbortSignal,
): Promise<Frame> {
  return fetchFrame(`${apiOf(source)}/query`, { query: expr, time: timeMs / 1000 }, signal);
}
