/** Histograms: how many samples fall into which bucket of values. Pure. */

import { niceSize } from "./buckets";

export interface BinOptions {
  /** Width of a bucket; 0 for a nice one that gives about `count` buckets. */
  size: number;
  offset: number;
  count: number;
}

export interface Bins {
  /** [B + 1] ascending. */
  bounds: number[];
  /** [S][B] */
  counts: number[][];
}

const MOST_BINS = 500;

/** Counts each row of samples into common buckets; absent and infinite samples are left out. */
export function countBins(rows: readonly ArrayLike<number>[], { size, offset, count }: BinOptions): Bins {
  const finite = rows.map((row) => Array.prototype.filter.call(row, Number.isFinite) as number[]);
  const all = finite.flat();
  if (all.length === 0) return { bounds: [], counts: rows.map(() => []) };
  const low = all.reduce((a, b) => Math.min(a, b), Infinity);
  const high = all.reduce((a, b) => Math.max(a, b), -Infinity);
  const asked = size > 0 ? size : niceSize((high - low || Math.abs(high) || 1) / Math.max(1, count));
  const width = (high - low) / asked > MOST_BINS ? niceSize((high - low) / MOST_BINS) : asked;
  const from = Math.floor((low - offset) / width);
  const bins = Math.floor((high - offset) / width) - from + 1;
  const counts = finite.map((values) => {
    const made = new Array<number>(bins).fill(0);
    for (const value of values) made[Math.floor((value - offset) / width) - from]! += 1;
    return made;
  });
  return { bounds: Array.from({ length: bins + 1 }, (_, at) => (from + at) * width + offset), counts };
}
