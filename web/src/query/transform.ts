/** Grafana's transformations of tables, as far as they apply to one. Unknown ones pass the table on. Pure. */

import type { Panel } from "../model/dashboard";
import { matchesPattern } from "../model/field";
import { asList, asObject, asText, asTexts, type Json } from "../model/json";
import type { Column, TableData } from "./table";

type Transform = (table: TableData, options: Json) => TableData;

/** The columns at the given places, in that order. */
function pick(table: TableData, places: readonly number[]): TableData {
  return {
    columns: places.map((at) => table.columns[at]!),
    rows: table.rows.map((row) => places.map((at) => row[at]!)),
  };
}

function organize(table: TableData, options: Json): TableData {
  const [hidden, order, names] = [options.excludeByName, options.indexByName, options.renameByName].map(
    asObject,
  ) as [Json, Json, Json];
  const rank = (column: Column): number => Number(order[column.name] ?? Number.MAX_SAFE_INTEGER);
  const places = table.columns.map((_, at) => at).filter((at) => hidden[table.columns[at]!.name] !== true);
  places.sort((a, b) => rank(table.columns[a]!) - rank(table.columns[b]!));
  const picked = pick(table, places);
  const columns = picked.columns.map((column) => ({
    ...column,
    name: asText(names[column.name]) || column.name,
  }));
  return { ...picked, columns };
}

function filterFieldsByName(table: TableData, options: Json): TableData {
  const include = asObject(options.include);
  const [names, pattern] = [asTexts(include.names), asText(include.pattern)];
  const kept = (name: string): boolean =>
    names.includes(name) || (pattern !== undefined && matchesPattern(pattern, name));
  return pick(
    table,
    table.columns.flatMap(({ name }, at) => (kept(name) ? [at] : [])),
  );
}

function sortBy(table: TableData, options: Json): TableData {
  const { field, desc } = asObject(asList(options.sort)[0]);
  const at = table.columns.findIndex(({ name }) => name === field);
  if (at < 0) return table;
  return { ...table, rows: sortRows(table.rows, at, desc === true) };
}

/** Rows by one column: numbers by size with NaN last, texts by natural order. */
export function sortRows(rows: TableData["rows"], at: number, descending: boolean): TableData["rows"] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [a[at]!, b[at]!];
    if (typeof left === "number" && typeof right === "number") {
      if (Number.isNaN(left) || Number.isNaN(right))
        return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
      return sign * (left - right);
    }
    return sign * String(left).localeCompare(String(right), "en", { numeric: true });
  });
}

function limit(table: TableData, options: Json): TableData {
  return { ...table, rows: table.rows.slice(0, Number(options.limitField ?? 10)) };
}

const TRANSFORMS: Readonly<Record<string, Transform>> = { organize, filterFieldsByName, sortBy, limit };

/** Applies the panel's transformations in order. Merging by labels has happened already: a table is made that way. */
export const transformTable = (table: TableData, panel: Panel): TableData =>
  panel.transformations.reduce((done, { id, options }) => TRANSFORMS[id]?.(done, options) ?? done, table);
