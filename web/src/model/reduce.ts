/** Reducers ("calcs"): one series to one number, under Grafana's names. Absent samples are left out. Pure. */

type Reducer = (values: readonly number[]) => number;

const sum: Reducer = (values) => values.reduce((total, value) => total + value, 0);
const first: Reducer = (values) => values[0] ?? NaN;
const last: Reducer = (values) => values.at(-1) ?? NaN;
const smallest: Reducer = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
const largest: Reducer = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);
const mean: Reducer = (values) => sum(values) / values.length;

function quantile(q: number): Reducer {
  return (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const rank = q * (sorted.length - 1);
    const below = sorted[Math.floor(rank)]!;
    return below + (sorted[Math.ceil(rank)]! - below) * (rank - Math.floor(rank));
  };
}

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

interface Calc {
  label: string;
  reduce: Reducer;
  /** False where the result is no longer in the series' unit. */
  keepsUnit?: false;
}

const CALCS: Readonly<Record<string, Calc>> = {
  lastNotNull: { label: "last", reduce: last },
  last: { label: "last", reduce: last },
  firstNotNull: { label: "first", reduce: first },
  first: { label: "first", reduce: first },
  mean: { label: "mean", reduce: mean },
  min: { label: "min", reduce: smallest },
  max: { label: "max", reduce: largest },
  sum: { label: "sum", reduce: sum },
  count: { label: "count", reduce: (values) => values.length, keepsUnit: false },
  range: { label: "range", reduce: (values) => largest(values) - smallest(values) },
  diff: { label: "diff", reduce: (values) => last(values) - first(values) },
  delta: { label: "delta", reduce: (values) => last(values) - first(values) },
  median: { label: "median", reduce: quantile(0.5) },
  p90: { label: "p90", reduce: quantile(0.9) },
  p95: { label: "p95", reduce: quantile(0.95) },
  p99: { label: "p99", reduce: quantile(0.99) },
  stdDev: { label: "std dev", reduce: deviation },
};

/** Column heading of a calc; unknown names stand for themselves. */
export const calcLabel = (name: string): string => CALCS[name]?.label ?? name;

/** True when the calc's result is in the series' unit. */
export const calcKeepsUnit = (name: string): boolean => CALCS[name]?.keepsUnit !== false;

/** The number, or NaN when there is none: no sample, or no such calc. */
export function reduce(name: string, values: ArrayLike<number>): number {
  const present = Array.prototype.filter.call(values, (value: number) => !Number.isNaN(value)) as number[];
  return present.length === 0 ? NaN : (CALCS[name]?.reduce(present) ?? NaN);
}
