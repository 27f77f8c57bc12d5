/** What a table shows, by columns: order, filter, widths and footer, without drawing anything. Pure. */

import type { Labels } from "../api/frames";
import type { Subject } from "../links/datalinks";
import { hasLinks } from "../links/subjects";
import { writeAny, type FieldConfig } from "../model/field";
import { nameOf, type DataFrame, type Value } from "../model/frame";
import { asList, asNumber, asObject, asTexts, type Json } from "../model/json";
import { calcKeepsUnit, calcLabel, reduce } from "../model/reduce";
import type { TableData } from "../query/table";

export interface GridColumn {
  name: string;
  numeric: boolean;
  /** Its values are times in ms. */
  timed?: true;
  labels?: Labels;
  field: FieldConfig;
  /** One a row, where rows are written each in its own way. */
  fields?: readonly FieldConfig[];
  /** One a row. */
  values: ArrayLike<Value>;
}

export interface GridData {
  /** Of its query. */
  refId: string;
  columns: GridColumn[];
  /** Those that are not seen, of which links may tell. */
  unseen: GridColumn[];
  /** Rows. */
  length: number;
}

/** A table of rows, by columns. */
export const gridOfRows = ({ columns, rows }: TableData): GridData => ({
  refId: "",
  columns: columns.map((column, at) => ({ ...column, values: rows.map((row) => row[at]!) })),
  unseen: [],
  length: rows.length,
});

/** How a cell is written. */
export const fieldIn = ({ field, fields }: GridColumn, row: number): FieldConfig => fields?.[row] ?? field;

const isHidden = ({ custom }: FieldConfig): boolean =>
  custom.hidden === true || asObject(custom.hideFrom).viz === true;

/** A frame, without the columns that are not to be seen. */
export function gridOfFrame(frame: DataFrame, otherwise: FieldConfig): GridData {
  const columns = frame.fields.map((field): GridColumn => {
    const config = field.config ?? otherwise;
    const timed = field.type === "time";
    return {
      name: nameOf(field),
      numeric: field.type === "number",
      field: timed ? { ...config, unit: config.unit ?? "dateTimeAsIso" } : config,
      values: field.values,
      ...(timed ? { timed } : {}),
      ...(field.labels === undefined ? {} : { labels: field.labels }),
    };
  });
  return {
    refId: frame.refId,
    columns: columns.filter(({ field }) => !isHidden(field)),
    unseen: columns.filter(({ field }) => isHidden(field)),
    length: frame.length,
  };
}

/** A value without its unit; frames have none. */
export const plainText = (value: Value): string => (typeof value === "object" ? "" : String(value));

/** A value as it is searched and measured. */
export function textOf(value: Value | undefined, field: FieldConfig): string {
  if (typeof value === "object" && value !== null) return "";
  const { prefix = "", text, suffix } = writeAny(field, value);
  return `${prefix}${text}${/^\p{L}/u.test(suffix) ? "\u00a0" : ""}${suffix}`;
}

export interface Sorting {
  at: number;
  descending: boolean;
}

const collator = new Intl.Collator("en", { numeric: true });

/** Numbers by size with absent ones last, all else by natural order. */
function compare(a: Value, b: Value, sign: number): number {
  const [noA, noB] = [a, b].map((value) => value === null || Number.isNaN(value));
  if (noA === true || noB === true) return Number(noA) - Number(noB);
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  return sign * collator.compare(plainText(a), plainText(b));
}

/** Numbers of the rows that every filter lets through, in order. A filter is a part of the text, whatever its case. */
export function orderRows(
  { columns, length }: GridData,
  sorting: Sorting | undefined,
  filters: readonly string[],
): number[] {
  const wanted = filters.map((filter) => filter.trim().toLowerCase());
  const passes = (row: number): boolean =>
    wanted.every(
      (part, at) =>
        part === "" ||
        textOf(columns[at]!.values[row], fieldIn(columns[at]!, row)).toLowerCase().includes(part),
    );
  const all = Array.from({ length }, (_, row) => row);
  const rows = wanted.some((part) => part !== "") ? all.filter(passes) : all;
  const column = sorting === undefined ? undefined : columns[sorting.at];
  if (column === undefined) return rows;
  const sign = sorting!.descending ? -1 : 1;
  return rows.sort((a, b) => compare(column.values[a] ?? null, column.values[b] ?? null, sign));
}

/** The order that the panel asks for: `sortBy: [{displayName, desc}]`. */
export function firstSorting({ columns }: GridData, options: Json): Sorting | undefined {
  const { displayName, desc } = asObject(asList(options.sortBy)[0]);
  const at = columns.findIndex(({ name }) => name === displayName);
  return at < 0 ? undefined : { at, descending: desc === true };
}

const CHARACTER_PX = 6.7;
const [AIR_PX, LEAST_PX, MOST_PX, SAMPLES] = [26, 64, 340, 200];

/** px of each column: its own, or what its name and a sample of its values take. */
export function columnWidths({ columns, length }: GridData): number[] {
  const every = Math.max(1, Math.floor(length / SAMPLES));
  return columns.map((column) => {
    const { name, field, values } = column;
    const own = asNumber(field.custom.width);
    if (own !== undefined) return own;
    let longest = name.length + 2;
    for (let row = 0; row < length; row += every)
      longest = Math.max(longest, textOf(values[row], fieldIn(column, row)).length);
    return Math.min(MOST_PX, Math.max(LEAST_PX, Math.ceil(longest * CHARACTER_PX) + AIR_PX));
  });
}

/** What stands below a column: a calculated value, or undefined for nothing. */
export function footerOf(column: GridColumn, rows: readonly number[], options: Json): string | undefined {
  const footer = asObject(options.footer);
  const own = asTexts(asObject(column.field.custom.footer).reducers)[0];
  const all = footer.show === true ? (asTexts(footer.reducer)[0] ?? "sum") : undefined;
  const only = asTexts(footer.fields);
  const calc = own ?? (only.length > 0 && !only.includes(column.name) ? undefined : all);
  if (calc === undefined || (!column.numeric && calc !== "count")) return undefined;
  if (footer.countRows === true || calc === "count") return String(rows.length);
  const value = reduce(
    calc,
    Float64Array.from(rows, (row) => Number(column.values[row])),
  );
  const field = { ...column.field, mappings: [] };
  return textOf(value, calcKeepsUnit(calc) ? field : { ...field, unit: "none" });
}

/** The name of what a footer says. */
export function footerName(options: Json): string {
  const { reducer } = asObject(options.footer);
  return calcLabel(asTexts(reducer)[0] ?? "sum");
}

/** What the links of a cell are about, with all that stands in its row; undefined where it has none. */
export function subjectOf(grid: GridData, column: GridColumn, row: number): Subject | undefined {
  if (!hasLinks(column.field)) return undefined;
  const all = [...grid.columns, ...grid.unseen];
  const value = column.values[row];
  const time = all.find(({ timed }) => timed)?.values[row];
  return {
    name: column.name,
    refId: grid.refId,
    field: column.field,
    labels: column.labels ?? {},
    value: typeof value === "number" ? value : NaN,
    ...(typeof value === "number" ? {} : { text: plainText(value ?? null) }),
    timeMs: typeof time === "number" ? time : NaN,
    row: Object.fromEntries(all.map(({ name, values }) => [name, plainText(values[row] ?? null)])),
  };
}
