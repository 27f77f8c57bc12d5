/** Forms with a line for each field: hiding, ordering and renaming, and grouping. Operations on their options. Pure. */

import { asNumber, asObject, asText, asTexts, type Json } from "../model/json";
import { setAt } from "./tree";

/** A column as "organise fields" leaves it. */
export interface Column {
  name: string;
  hidden: boolean;
  renamed: string;
}

/** The columns in the order that they get; those that the data no longer have stay in the options and are not listed. */
export function columnsOf(options: Json, names: readonly string[]): Column[] {
  const [hidden, order, renamed] = [options.excludeByName, options.indexByName, options.renameByName].map(
    asObject,
  ) as [Json, Json, Json];
  const rank = (name: string): number => asNumber(order[name]) ?? Number.MAX_SAFE_INTEGER;
  return [...names]
    .sort((a, b) => rank(a) - rank(b))
    .map((name) => ({
      name,
      hidden: hidden[name] === true,
      renamed: asText(renamed[name]) ?? "",
    }));
}

export const hideColumn = (options: Json, name: string, hidden: boolean): Json =>
  setAt(options, ["excludeByName", name], hidden ? true : undefined);

export const renameColumn = (options: Json, name: string, to: string): Json =>
  setAt(options, ["renameByName", name], to === "" ? undefined : to);

/** Moves a column past its neighbour: from then on all of them have places. */
export function moveColumn(options: Json, names: readonly string[], name: string, step: -1 | 1): Json {
  const order = columnsOf(options, names).map((column) => column.name);
  const at = order.indexOf(name);
  const other = order[at + step];
  if (at < 0 || other === undefined) return options;
  [order[at], order[at + step]] = [other, name];
  const places = Object.fromEntries(order.map((one, place) => [one, place]));
  return setAt(options, ["indexByName"], { ...asObject(options.indexByName), ...places });
}

/** What "group by" does with a column: nothing (it goes away), groups, or calculates. */
export interface Grouping {
  name: string;
  operation: "" | "groupby" | "aggregate";
  calcs: readonly string[];
}

export const groupingOf = (options: Json, names: readonly string[]): Grouping[] =>
  names.map((name) => {
    const { operation, aggregations } = asObject(asObject(options.fields)[name]);
    return {
      name,
      operation: operation === "groupby" || operation === "aggregate" ? operation : "",
      calcs: asTexts(aggregations),
    };
  });

export function setOperation(options: Json, name: string, operation: Grouping["operation"]): Json {
  if (operation === "") return setAt(options, ["fields", name], undefined);
  const calcs = asTexts(asObject(asObject(options.fields)[name]).aggregations);
  const aggregations = operation === "aggregate" && calcs.length === 0 ? ["sum"] : calcs;
  return setAt(options, ["fields", name], { operation, aggregations });
}

export const setAggregations = (options: Json, name: string, calcs: readonly string[]): Json =>
  setAt(options, ["fields", name, "aggregations"], calcs);
