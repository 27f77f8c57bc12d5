/**
 * Variables in texts: `$x`, `${x}`, `${x:format}`, `${x.text}`, `[[x]]` and `[[x:format]]`. What no variable is called
 * stays as it is. Formats are Grafana's (packages/grafana-data, VariableFormatID). Pure.
 */

import { formatDate } from "./dateformat";

/** What is chosen of a variable. */
export interface VariableValue {
  values: readonly string[];
  /** What people see, one a value. */
  texts: readonly string[];
  /** Everything is chosen: `values` are all that there are. */
  all: boolean;
  /** Stands for everything in queries, as it is. */
  allValue?: string;
  /** Several may be chosen: inside of an expression each value is escaped. */
  several: boolean;
  /** What `${x.name}` says, besides `text` and `value`. */
  fields?: Readonly<Record<string, string>>;
}

export type Variables = Readonly<Record<string, VariableValue>>;

/** A variable of one value, which is used as it is. */
export const single = (value: string, text = value): VariableValue => ({
  values: [value],
  texts: [text],
  all: false,
  several: false,
});

const REFERENCE = /\$(\w+)|\[\[(\w+?)(?:\.(\w+))?(?::([^\]]+))?\]\]|\$\{(\w+)(?:\.([^:}]+))?(?::([^}]+))?\}/g;

interface Reference {
  name: string;
  /** `text` or `value`. */
  field: string | undefined;
  format: string | undefined;
}

const referenceOf = (match: readonly (string | undefined)[]): Reference => ({
  name: match[1] ?? match[2] ?? match[5] ?? "",
  field: match[3] ?? match[6],
  format: match[4] ?? match[7],
});

/** Names that a text refers to, known or not. */
export const referencesIn = (text: string): string[] => [
  ...new Set([...text.matchAll(REFERENCE)].map((match) => referenceOf(match).name)),
];

const escapeRegex = (text: string): string => text.replaceAll(/[\\^$*+?.()|[\]{}/]/g, "\\$&");
/** Escaped twice: once for the regular expression, once for the string in which it stands. */
const escapeInString = (text: string): string =>
  text.replaceAll(/[\\^$*+?.()|[\]{}]/g, "\\\\$&").replaceAll(/"/g, '\\"');
const alternatives = (values: readonly string[]): string =>
  values.length === 1 ? values[0]! : `(${values.join("|")})`;
const braces = (values: readonly string[]): string =>
  values.length === 1 ? values[0]! : `{${values.join(",")}}`;
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.codePointAt(0)!.toString(16).toUpperCase()}`,
  );
const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"'`]/g, (letter) => `&#${letter.codePointAt(0)!};`);
const quoted = (values: readonly string[], quote: string, escape = "\\"): string =>
  values.map((value) => quote + value.replaceAll(quote, escape + quote) + quote).join(",");

interface Given {
  name: string;
  value: VariableValue;
  /** The values, or the texts where these are asked for. */
  values: readonly string[];
  /** What stands after a second colon. */
  rest: string;
}

type Format = (given: Given) => string;

const FORMATS: Readonly<Record<string, Format>> = {
  /** Inside of a PromQL string: one value as it is, several as alternatives. */
  promql: ({ value, values }) =>
    value.several ? alternatives(values.map(escapeInString)) : values.join(","),
  glob: ({ values }) => braces(values),
  raw: ({ values }) => values.join(","),
  csv: ({ values }) => values.join(","),
  pipe: ({ values }) => values.join("|"),
  join: ({ values, rest }) => values.join(rest === "" ? "," : rest),
  regex: ({ values }) => alternatives(values.map(escapeRegex)),
  json: ({ value, values }) => JSON.stringify(value.several ? values : values[0]),
  doublequote: ({ values }) => quoted(values, '"'),
  singlequote: ({ values }) => quoted(values, "'"),
  sqlstring: ({ values }) => quoted(values, "'", "'"),
  lucene: ({ values }) =>
    values.length === 1 ? values[0]! : `(${values.map((value) => JSON.stringify(value)).join(" OR ")})`,
  percentencode: ({ values }) => encode(braces(values)),
  uriencode: ({ values }) => encodeURI(braces(values)),
  html: ({ values }) => escapeHtml(values.join(", ")),
  text: ({ value }) => (value.all ? "All" : value.texts.join(" + ")),
  queryparam: ({ name, value }) => queryParam(`var-${name}`, value),
  customqueryparam: ({ name, value, rest }) => queryParam(rest === "" ? name : rest.split(":")[0]!, value),
  date: ({ values, rest }) => writeDate(Number(values[0]), rest),
};

const queryParam = (key: string, { all, values }: VariableValue): string =>
  (all ? [ALL] : values).map((value) => `${encode(key)}=${encode(value)}`).join("&");

function writeDate(ms: number, pattern: string): string {
  if (pattern === "" || pattern === "iso") return new Date(ms).toISOString();
  return pattern === "seconds" ? String(Math.floor(ms / 1000)) : formatDate(ms, pattern);
}

/** Stands for everything, in documents and addresses. */
export const ALL = "$__all";

/** An own word for everything is used as it is, unless the text or the address of the choice is wanted. */
const KEEPS_ALL = new Set(["text", "queryparam", "customqueryparam"]);

function write(name: string, value: VariableValue, field: string | undefined, format: string): string {
  const [kind = "", ...rest] = format.split(":");
  if (value.all && value.allValue !== undefined && field !== "text" && !KEEPS_ALL.has(kind))
    return value.allValue;
  const said = value.fields?.[field ?? ""];
  if (said !== undefined) return said;
  const values = field === "text" ? (value.all ? ["All"] : value.texts) : value.values;
  const known = FORMATS[kind] ?? FORMATS.glob!;
  return known({ name, value, values: values.length === 0 ? [""] : values, rest: rest.join(":") });
}

/** Fills in the variables; `format` holds where a reference names none. */
export function interpolate(text: string, variables: Variables, format: string): string {
  if (!text.includes("$") && !text.includes("[[")) return text;
  return text.replaceAll(REFERENCE, (whole: string, ...groups: (string | undefined)[]) => {
    const { name, field, format: own } = referenceOf([whole, ...groups.slice(0, 7)]);
    if (!Object.hasOwn(variables, name)) return whole;
    const inString = own === "regex" && format === "promql" ? "promql" : own;
    return write(name, variables[name]!, field, inString ?? format);
  });
}

/** The same in every text of a JSON value; values without a reference stay the same objects. */
export function interpolateDeep<T>(value: T, variables: Variables, format: string): T {
  if (typeof value === "string") return interpolate(value, variables, format) as T;
  if (Array.isArray(value)) {
    const made = (value as unknown[]).map((entry) => interpolateDeep(entry, variables, format));
    return made.some((entry, at) => entry !== (value as unknown[])[at]) ? (made as T) : value;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const made = entries.map(([key, entry]) => [key, interpolateDeep(entry, variables, format)] as const);
  return made.some(([, entry], at) => entry !== entries[at]![1]) ? (Object.fromEntries(made) as T) : value;
}
