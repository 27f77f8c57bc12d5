/** Frames of several queries on one time axis. Pure. */

import type { Frame, Series } from "../api/frames";

export interface Joined {
  /** ms, ascending. */
  times: number[];
  /** One row a series, in the frames' order; null where there is no sample. */
  rows: (number | null)[][];
}

const sameGrid = (a: Float64Array, b: Float64Array): boolean =>
  a.length === b.length && a[0] === b[0] && a.at(-1) === b.at(-1);

/** Samples as the charts take them: absent and NaN alike are gaps. */
function toRow(series: Series): (number | null)[] {
  const row = new Array<number | null>(series.values.length);
  for (let i = 0; i < row.length; i += 1) {
    const value = series.values[i]!;
    row[i] = Number.isFinite(value) ? value : null;
  }
  return row;
}

function spread(frame: Frame, at: ReadonlyMap<number, number>, size: number): (number | null)[][] {
  return frame.series.map((series) => {
    const row = new Array<number | null>(size).fill(null);
    toRow(series).forEach((value, index) => (row[at.get(frame.times[index]!)!] = value));
    return row;
  });
}

/** Joins by time; the common case, equal grids, is free. */
export function joinFrames(frames: readonly Frame[]): Joined {
  const filled = frames.filter(({ series }) => series.length > 0);
  const first = filled[0];
  if (first === undefined) return { times: [], rows: [] };
  if (filled.every(({ times }) => sameGrid(times, first.times))) {
    return { times: [...first.times], rows: filled.flatMap(({ series }) => series.map(toRow)) };
  }
  const times = [...new Set(filled.flatMap((frame) => [...frame.times]))].sort((a, b) => a - b);
  const at = new Map(times.map((time, index) => [time, index]));
  return { times, rows: filled.flatMap((frame) => spread(frame, at, times.length)) };
}
