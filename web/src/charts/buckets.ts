/** Heatmap cells from frames: Prometheus buckets, bucketed frames, or counted here. Pure. */

import type { Frame } from "../api/frames";
import type { TimeRange } from "../model/timerange";

export interface HeatRow {
  /** Bounds of the values that are counted here; NaN where the row is a name. */
  low: number;
  high: number;
  /** What stands for the row where it has no bounds. */
  name: string;
}

export interface HeatGrid {
  /** [C] ms at which each column ends; a column is `widthMs` wide. */
  ends: Float64Array;
  widthMs: number;
  /** Bottom to top. */
  rows: HeatRow[];
  /** [R][C] counts; NaN where nothing is known. */
  counts: Float64Array[];
  /** The largest count. */
  most: number;
}

/** A named row of samples on the frame's times. */
interface RawRow {
  name: string;
  /** Upper bound, from `le` or a name that is a number. */
  upper: number;
  values: Float64Array;
}

const INFINITE = /^\+?inf(inity)?$/i;

/** `0.5`, `1e3`, `+Inf`, and the upper part of `0.1-0.5`; NaN for anything else. */
export function parseBound(text: string): number {
  const trimmed = text.trim();
  if (INFINITE.test(trimmed)) return Infinity;
  if (trimmed === "") return NaN;
  const whole = Number(trimmed);
  if (!Number.isNaN(whole)) return whole;
  const range = /^[-\d.e]+\s*(?:-|–|to)\s*([\d.e+]+|\+?inf)$/i.exec(trimmed);
  return range === null ? NaN : parseBound(range[1]!);
}

const add = (a: number, b: number): number => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : a + b);

/** Rows of one upper bound summed: several instances, or queries, of the same histogram. */
function mergeRows(rows: readonly RawRow[]): RawRow[] {
  const merged = new Map<string, RawRow>();
  for (const row of rows) {
    const key = Number.isNaN(row.upper) ? row.name : String(row.upper);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { ...row, values: row.values.slice() });
    else row.values.forEach((value, at) => (known.values[at] = add(known.values[at]!, value)));
  }
  return [...merged.values()];
}

/** Rounding in rates makes counts of equal buckets differ by a hair. */
const HAIR = 1e-9;

/** True when no bucket counts less than the one below it, at any time: Prometheus's `le` as it comes. */
export function isCumulative(rows: readonly Float64Array[]): boolean {
  return rows.every(
    (row, at) => at === 0 || row.every((value, time) => !(value < rows[at - 1]![time]! * (1 - HAIR) - HAIR)),
  );
}

/** What each bucket holds by itself; small negatives of rates become 0. */
export function differences(rows: readonly Float64Array[]): Float64Array[] {
  return rows.map((row, at) =>
    at === 0 ? row : row.map((value, time) => Math.max(0, value - rows[at - 1]![time]!)),
  );
}

const largestOf = (rows: readonly Float64Array[]): number =>
  rows.reduce(
    (most, row) => row.reduce((high, value) => (Number.isFinite(value) ? Math.max(high, value) : high), most),
    0,
  );

/** Whether to take differences: as told, or by what the rows look like. */
export type Cumulative = boolean | "detect";

const stepOf = ({ step, times }: Frame): number =>
  step || (times.length > 1 ? times[1]! - times[0]! : 60_000);

/** Bounded rows by their bound, names after them in the order they came. */
const byBound = (a: RawRow, b: RawRow): number =>
  Number.isNaN(a.upper) || Number.isNaN(b.upper)
    ? Number(Number.isNaN(a.upper)) - Number(Number.isNaN(b.upper))
    : a.upper === b.upper
      ? 0
      : a.upper - b.upper;

/** A frame whose series are buckets, named by `le` or by `names`. */
export function bucketGrid(frame: Frame, names: readonly string[], cumulative: Cumulative): HeatGrid {
  const raw = frame.series.map(({ labels, values }, at): RawRow => ({
    name: names[at]!,
    upper: parseBound(labels.le ?? names[at]!),
    values,
  }));
  const sorted = mergeRows(raw).sort(byBound);
  const values = sorted.map((row) => row.values);
  const bounded = sorted.every(({ upper }) => !Number.isNaN(upper));
  const subtract = bounded && (cumulative === "detect" ? isCumulative(values) : cumulative);
  const counts = subtract ? differences(values) : values;
  const rows = sorted.map(({ name, upper }, at): HeatRow => {
    const below = sorted[at - 1]?.upper ?? (upper > 0 ? 0 : -Infinity);
    return bounded ? { name, low: below, high: upper } : { name, low: NaN, high: NaN };
  });
  return { ends: frame.times, widthMs: stepOf(frame), rows, counts, most: largestOf(counts) };
}

/** Drops empty rows above the highest and below the lowest count, but one each for air. */
export function trimRows(grid: HeatGrid): HeatGrid {
  const filled = grid.counts.flatMap((row, at) => (row.some((value) => value > 0) ? [at] : []));
  const [first, last] = [filled[0], filled.at(-1)];
  if (first === undefined || last === undefined) return grid;
  const keep = (_: unknown, at: number): boolean => at >= first - 1 && at <= last + 1;
  return { ...grid, rows: grid.rows.filter(keep), counts: grid.counts.filter(keep) };
}

export interface CountOptions {
  columns: number;
  rows: number;
  /** ms; 0 for what `columns` gives. */
  columnMs: number;
  /** Height of a row in the values' unit; 0 for what `rows` gives. */
  rowSize: number;
  log: boolean;
}

const NICE = [1, 2, 2.5, 5, 10];

/** The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `size`. */
export function niceSize(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  return (NICE.find((step) => step * power >= size * (1 - HAIR)) ?? 10) * power;
}

const [MOST_ROWS, MOST_COLUMNS] = [200, 500];

/** Bounds of rows over all values, ascending; one more than rows. */
function rowBounds(values: readonly number[], { rows, rowSize, log }: CountOptions): number[] {
  if (values.length === 0) return [0, 1];
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (log) {
    const [from, to] = [Math.floor(Math.log2(low)), Math.floor(Math.log2(high)) + 1];
    return Array.from({ length: to - from + 1 }, (_, at) => 2 ** (from + at));
  }
  const wanted = rowSize || niceSize((high - low || Math.abs(high) || 1) / rows);
  const size = (high - low) / wanted > MOST_ROWS ? niceSize((high - low) / MOST_ROWS) : wanted;
  const [from, to] = [Math.floor(low / size), Math.floor(high / size) + 1];
  return Array.from({ length: to - from + 1 }, (_, at) => (from + at) * size);
}

const rowOf = (bounds: readonly number[], value: number): number =>
  Math.min(
    bounds.length - 2,
    bounds.findLastIndex((bound) => value >= bound),
  );

/** Counts samples of all series by time and value. */
export function countGrid(frames: readonly Frame[], range: TimeRange, options: CountOptions): HeatGrid {
  const all = frames.flatMap(({ times, series }) =>
    series.flatMap(({ values }) =>
      [...values].flatMap((value, at) =>
        Number.isFinite(value) && (!options.log || value > 0) ? [{ at: times[at]!, value }] : [],
      ),
    ),
  );
  const bounds = rowBounds(
    all.map(({ value }) => value),
    options,
  );
  const rangeMs = Math.max(1, range.toMs - range.fromMs);
  const widthMs = Math.max(options.columnMs || rangeMs / options.columns, rangeMs / MOST_COLUMNS);
  const columns = Math.ceil(rangeMs / widthMs);
  const counts = Array.from({ length: bounds.length - 1 }, () => new Float64Array(columns));
  for (const { at, value } of all) {
    const row = rowOf(bounds, value);
    const column = Math.min(columns - 1, Math.floor((at - range.fromMs) / widthMs));
    if (column >= 0 && row >= 0) counts[row]![column]! += 1;
  }
  return {
    ends: Float64Array.from({ length: columns }, (_, at) => range.fromMs + (at + 1) * widthMs),
    widthMs,
    rows: counts.map((_, at) => ({ name: "", low: bounds[at]!, high: bounds[at + 1]! })),
    counts,
    most: largestOf(counts),
  };
}
