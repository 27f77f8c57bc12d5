/** Which series a chart shows at first, and which its legend lists in what order, as fields and options say. Pure. */

import type { FieldConfig } from "../model/field";
import { asObject, asText, entryOf, type Json } from "../model/json";
import { CALC_NAMES, reduce } from "../model/reduce";
import type { NamedSeries } from "./series";

export interface LegendOrder {
  /** A calculation; `name` sorts by name. */
  by: string;
  descending: boolean;
}

/** What Grafana calls the calculations in the heads of its legends. */
const HEADS: Readonly<Record<string, string>> = {
  Name: "name",
  Mean: "mean",
  "Last *": "lastNotNull",
  Last: "last",
  "First *": "firstNotNull",
  First: "first",
  Min: "min",
  Max: "max",
  Total: "sum",
  Count: "count",
  Range: "range",
  Difference: "diff",
  Delta: "delta",
  Step: "step",
  Median: "median",
  Variance: "variance",
  StdDev: "stdDev",
};

const hidesFrom = ({ custom }: FieldConfig, place: "viz" | "legend"): boolean =>
  asObject(custom.hideFrom)[place] === true;

/** Names of the series that are drawn only once they are asked for. */
export const hiddenAtFirst = (series: readonly NamedSeries[]): Set<string> =>
  new Set(series.filter(({ field }) => hidesFrom(field, "viz")).map(({ name }) => name));

/** Reads `options.legend`; undefined where it says nothing that is known. */
export function legendOrder({ sortBy, sortDesc }: Json): LegendOrder | undefined {
  const head = asText(sortBy) ?? "";
  const by = entryOf(HEADS, head) ?? head;
  return by === "name" || CALC_NAMES.includes(by) ? { by, descending: sortDesc === true } : undefined;
}

/** The series of a legend: without those that are kept from it, sorted where there is an order. */
export function inLegend(series: readonly NamedSeries[], order: LegendOrder | undefined): NamedSeries[] {
  const listed = series.filter(({ field }) => !hidesFrom(field, "legend"));
  if (order === undefined) return listed;
  const sign = order.descending ? -1 : 1;
  if (order.by === "name") {
    return listed.sort((a, b) => sign * a.name.localeCompare(b.name, "en", { numeric: true }));
  }
  const values = new Map(listed.map((one) => [one, reduce(order.by, one.series.values)]));
  return listed.sort((a, b) => compare(values.get(a)!, values.get(b)!, sign));
}

/** By size; what has no value comes last either way. */
const compare = (a: number, b: number, sign: number): number =>
  Number.isNaN(a) || Number.isNaN(b) ? Number(Number.isNaN(a)) - Number(Number.isNaN(b)) : sign * (a - b);
