/** Reducers ("calcs"): one series to one number, under Grafana's names. NaN is a sample that is absent. Pure. */

import { entryOf } from "./json";

type Reducer = (values: readonly number[]) => number;

const sum: Reducer = (values) => values.reduce((total, value) => total + value, 0);
const first: Reducer = (values) => values[0] ?? NaN;
const last: Reducer = (values) => values.at(-1) ?? NaN;
const smallest: Reducer = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
const largest: Reducer = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);
const mean: Reducer = (values) => sum(values) / values.length;
const diff: Reducer = (values) => last(values) - first(values);

function quantile(q: number): Reducer {
  return (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const rank = q * (sorted.length - 1);
    const below = sorted[Math.floor(rank)]!;
    return below + (sorted[Math.ceil(rank)]! - below) * (rank - Math.floor(rank));
  };
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

/** What a counter grew by: a fall is a reset, after which it grew from nothing. */
const delta: Reducer = (values) =>
  values.slice(1).reduce((grown, value, at) => {
    const before = values[at]!;
    return grown + (value < before ? value : value - before);
  }, 0);

/** The smallest distance between two values that follow one another. */
const step: Reducer = (values) => smallest(values.slice(1).map((value, at) => value - values[at]!));

const changes: Reducer = (values) => values.slice(1).filter((value, at) => value !== values[at]).length;

/** A mode of several equally frequent values is the one that came first. */
function mode(values: readonly number[]): number {
  const seen = new Map<number, number>();
  for (const value of values) seen.set(value, (seen.get(value) ?? 0) + 1);
  const most = largest([...seen.values()]);
  return [...seen].find(([, count]) => count === most)?.[0] ?? NaN;
}

interface Calc {
  label: string;
  reduce: Reducer;
  /** False where the result is no longer in the series' unit. */
  keepsUnit?: false;
  /** True where absent samples are given too, as NaN. */
  gaps?: true;
}

const unitless = (label: string, reducer: Reducer): Calc => ({ label, reduce: reducer, keepsUnit: false });

const PERCENTILES: Readonly<Record<string, Calc>> = Object.fromEntries(
  Array.from({ length: 99 }, (_, at) => [
    `p${at + 1}`,
    { label: `p${at + 1}`, reduce: quantile((at + 1) / 100) },
  ]),
);

const CALCS: Readonly<Record<string, Calc>> = {
  lastNotNull: { label: "last", reduce: last },
  last: { label: "last", reduce: last, gaps: true },
  firstNotNull: { label: "first", reduce: first },
  first: { label: "first", reduce: first, gaps: true },
  mean: { label: "mean", reduce: mean },
  min: { label: "min", reduce: smallest },
  max: { label: "max", reduce: largest },
  logmin: { label: "min above zero", reduce: (values) => smallest(values.filter((value) => value > 0)) },
  sum: { label: "sum", reduce: sum },
  count: unitless("count", (values) => values.length),
  countAll: { ...unitless("count all", (values) => values.length), gaps: true },
  range: { label: "range", reduce: (values) => largest(values) - smallest(values) },
  diff: { label: "diff", reduce: diff },
  diffperc: unitless("diff %", (values) => diff(values) / first(values)),
  delta: { label: "delta", reduce: delta },
  step: { label: "step", reduce: step },
  changeCount: unitless("changes", changes),
  distinctCount: unitless("distinct", (values) => new Set(values).size),
  median: { label: "median", reduce: quantile(0.5) },
  mode: { label: "mode", reduce: mode },
  variance: { label: "variance", reduce: variance },
  stdDev: { label: "std dev", reduce: (values) => Math.sqrt(variance(values)) },
  allIsZero: unitless("all zero", (values) => Number(values.every((value) => value === 0))),
  allIsNull: { ...unitless("all null", (values) => Number(values.every(Number.isNaN))), gaps: true },
  ...PERCENTILES,
};

/** Calcs that give all values that there are, and not one number. */
const LISTS: Readonly<Record<string, string>> = { allValues: "all values", uniqueValues: "unique values" };

/** Names of all calcs. */
export const CALC_NAMES: readonly string[] = [...Object.keys(CALCS), ...Object.keys(LISTS)];

/** Column heading of a calc; unknown names stand for themselves. */
export const calcLabel = (name: string): string =>
  entryOf(CALCS, name)?.label ?? entryOf(LISTS, name) ?? name;

/** True when the calc's result is in the series' unit. */
export const calcKeepsUnit = (name: string): boolean => entryOf(CALCS, name)?.keepsUnit !== false;

/** The number, or NaN when there is none: no sample, or no such calc. */
export function reduce(name: string, values: ArrayLike<number>): number {
  const calc = entryOf(CALCS, name);
  if (calc === undefined) return NaN;
  if (calc.gaps === true) return calc.reduce(Array.from(values));
  const present = Array.prototype.filter.call(values, (value: number) => !Number.isNaN(value)) as number[];
  return present.length === 0 ? NaN : calc.reduce(present);
}

/** What a calc gives for values of any kind; lists are joined, texts have a first, a last and a count. */
export function reduceAny(name: string, values: readonly unknown[]): string | number {
  const present = values.filter((value) => value !== null && value !== undefined && !Number.isNaN(value));
  if (name === "allValues") return present.map(String).join(", ");
  if (name === "uniqueValues") return [...new Set(present.map(String))].join(", ");
  if (present.length > 0 && present.some((value) => typeof value !== "number")) return ofTexts(name, present);
  return reduce(
    name,
    Float64Array.from(values, (value) => (typeof value === "number" ? value : NaN)),
  );
}

function ofTexts(name: string, values: readonly unknown[]): string | number {
  if (name.startsWith("first")) return String(values[0]);
  if (name.startsWith("last")) return String(values.at(-1));
  if (name === "count") return values.length;
  if (name === "distinctCount") return new Set(values).size;
  if (name === "changeCount") return values.slice(1).filter((value, at) => value !== values[at]).length;
  return NaN;
}
