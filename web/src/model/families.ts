/**
 * Metrics by their families. What is told of a family does not say what its series are called: of a counter `x`,
 * OpenMetrics stores `x_total` and `x_created`, of a histogram `x_bucket`, `x_sum` and `x_count`. Pure.
 */

import { entryOf } from "./json";

/** What a target tells of a family. */
export interface Told {
  type: string;
  help: string;
}

export type Families = Readonly<Record<string, readonly Told[]>>;

/** A family that has series. */
export interface Metric {
  /** As a query names it: `x_total` of a counter; of histograms and summaries without `_bucket`, `_sum` or `_count`. */
  name: string;
  /** counter, gauge, histogram, summary, info; something else, or nothing, where that is not known. */
  type: string;
  help: string;
}

const PARTS = /_(bucket|sum|count|gsum|gcount)$/;
const COMPOSITE: readonly (string | undefined)[] = ["histogram", "gaugehistogram", "summary"];

/** What is told of the family that a series is of: `x_bucket` is of `x`. */
export const familyOf = <T>(name: string, families: Readonly<Record<string, T>>): T | undefined =>
  entryOf(families, name) ??
  entryOf(families, name.replace(/_(total|bucket|g?sum|g?count|created|info)$/, ""));

/** Whether a series tells when another began, which nobody means who looks for that one. */
export function tellsBegin(name: string, there: ReadonlySet<string>): boolean {
  const base = name.replace(/_created$/, "");
  return base !== name && (there.has(`${base}_total`) || there.has(`${base}_count`));
}

/** The type of a family of several metrics; empty where the name is of none. */
function compositeType(base: string, there: ReadonlySet<string>, told: string | undefined): string {
  if (told !== undefined && !COMPOSITE.includes(told)) return "";
  if (there.has(`${base}_bucket`)) return told ?? "histogram";
  return there.has(`${base}_sum`) && there.has(`${base}_count`) ? "summary" : "";
}

function simpleType(name: string, told = ""): string {
  if (name.endsWith("_info")) return "info";
  if (COMPOSITE.includes(told)) return told !== "gaugehistogram" && PARTS.test(name) ? "counter" : "";
  return (told === "" || told === "unknown") && name.endsWith("_total") ? "counter" : told;
}

function metricOf(name: string, there: ReadonlySet<string>, families: Families): Metric | undefined {
  if (tellsBegin(name, there)) return undefined;
  const root = COMPOSITE.includes(families[name]?.[0]?.type) ? name : name.replace(PARTS, "");
  const about = families[root]?.[0];
  const type = compositeType(root, there, about?.type);
  if (type !== "") return { name: root, type, help: about?.help ?? "" };
  const own = familyOf(name, families)?.[0];
  return { name, type: simpleType(name, own?.type), help: own?.help ?? "" };
}

/** What there is, each family once, from the names of all series and what targets tell. */
export function metricsOf(names: readonly string[], families: Families): Metric[] {
  const there = new Set(names);
  const found = names.flatMap((name) => metricOf(name, there, families) ?? []);
  return [...new Map(found.map((metric) => [metric.name, metric])).values()];
}
