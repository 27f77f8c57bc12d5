/** Tables of named, typed columns: what transformations take and give, and what every panel can be drawn from. Pure. */

import type { Labels } from "../api/frames";
import type { FieldConfig } from "./field";
import type { Json } from "./json";

export type FieldType = "time" | "number" | "string" | "boolean" | "other";

/** Numbers may be NaN, which is no value; other columns say null. A frame in a cell is drawn as a sparkline. */
export type Value = number | string | boolean | null | DataFrame;

export interface Field {
  /** As the source or a transformation calls it. */
  name: string;
  type: FieldType;
  /** One a row. A column of samples is the very array that the server sent. */
  values: ArrayLike<Value>;
  labels?: Labels;
  /** As it is shown, where that is another name: a legend, or a new name. */
  shown?: string;
  /** Configuration that comes with the data, in the form of a document. */
  own?: Json;
  /** How its values are written: there once all transformations are done. */
  config?: FieldConfig;
}

export interface DataFrame {
  refId: string;
  /** What the frame is about, where it is not alone. */
  name?: string;
  fields: Field[];
  /** Rows. */
  length: number;
}

/** The name that people see and options mean. */
export const nameOf = ({ config, shown, name }: Field): string => config?.displayName ?? shown ?? name;

/** Whether a name in an option means this field. */
export const isCalled = (field: Field, name: string): boolean =>
  nameOf(field) === name || field.name === name;

/** The first field of times. */
export const timeField = ({ fields }: DataFrame): Field | undefined =>
  fields.find(({ type }) => type === "time");

/** The same frame with the rows at `places`, in that order. */
export function takeRows(frame: DataFrame, places: readonly number[]): DataFrame {
  const fields = frame.fields.map((field) => ({
    ...field,
    values: places.map((at) => field.values[at] ?? null),
  }));
  return { ...frame, fields, length: places.length };
}

/** No value: null, or a number that is none. */
export const isAbsent = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === "number" && Number.isNaN(value));

/** A value as a number; NaN where it is none. */
export const asFloat = (value: Value | undefined): number =>
  typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;

/** The type that the values of a column show. */
export function guessType(values: ArrayLike<Value>): FieldType {
  const present = Array.prototype.filter.call(values, (value: Value) => value !== null) as Value[];
  const kinds = new Set(present.map((value) => typeof value));
  if (kinds.size !== 1) return kinds.size === 0 ? "number" : "string";
  const [kind] = kinds;
  return kind === "number" || kind === "string" || kind === "boolean" ? kind : "other";
}

const natural = new Intl.Collator("en", { numeric: true });

/** Numbers by size, texts as people count; what is absent stands last either way. */
export function compareValues(a: Value | undefined, b: Value | undefined, descending: boolean): number {
  if (isAbsent(a) || isAbsent(b)) return Number(isAbsent(a)) - Number(isAbsent(b));
  const sign = descending ? -1 : 1;
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  return sign * natural.compare(textOf(a), textOf(b));
}

/** A value as plain text; what is absent is empty. */
export function textOf(value: unknown): string {
  if (isAbsent(value)) return "";
  return typeof value === "object" ? JSON.stringify(value) : (value as string | number | boolean).toString();
}
