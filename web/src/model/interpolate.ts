/**
 * Variables in texts: `$x`, `${x}`, `${x:format}`, `${x.text}`, `[[x]]` and `[[x:format]]`. What no variable is called
 * stays as it is. Formats are Grafana's (packages/grafana-data, VariableFormatID). Pure.
 */

import { formatDate } from "./dateformat";
import { entryOf } from "./json";

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
  /** A part of an address, encoded already: stands as it is whatever the format. */
  encoded?: true;
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

/** Parameters of an address, which no format encodes again (`SkipFormattingValue` in Grafana's scenes). */
export const parameters = (text: string): VariableValue => ({ ...single(text), encoded: true });

/** A reference to a variable. */
export const REFERENCE =
  /\$(\w+)|\[\[(\w+?)(?:\.(\w+))?(?::([^\]]+))?\]\]|\$\{(\w+)(?:\.([^:}]+))?(?::([^}]+))?\}/g;

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
/** Part of a PromQL string, and of no regular expression of its own. */
const escapeText = (text: string, quote: string): string => {
  const escaped = text.replaceAll("\\", "\\\\");
  return quote === '"' || quote === "'" ? escaped.replaceAll(quote, `\\${quote}`) : escaped;
};
/** Escaped twice: once for the regular expression, once for the string in which it stands. */
const escapeInString = (text: string, quote: string): string =>
  escapeText(text.replaceAll(/[\\^$*+?.()|[\]{}]/g, "\\$&"), quote);
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
  /** What opened the PromQL string that it becomes a part of; empty outside of one. */
  quote: string;
}

type Format = (given: Given) => string;

const regexInString: Format = ({ values, quote }) =>
  alternatives(values.map((value) => escapeInString(value, quote)));

const FORMATS: Readonly<Record<string, Format>> = {
  /**
   * Where one value can be chosen, that text; where several can, a regular expression of alternatives. Grafana,
   * packages/grafana-prometheus/src/escaping.ts; that it escapes the quote that would end the string is our own.
   */
  promql: (given) => {
    const { value, values, quote } = given;
    return value.several ? regexInString(given) : escapeText(values.join(","), quote);
  },
  promqlregex: (given) => regexInString(given),
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
  date: ({ values, rest }) => writeDate(values[0]!, rest),
};

const queryParam = (key: string, { all, values }: VariableValue): string =>
  (all ? [ALL] : values).map((value) => `${encode(key)}=${encode(value)}`).join("&");

/** Of what is no time, nothing can be written but what it is. */
function writeDate(text: string, pattern: string): string {
  const ms = Number(text);
  if (Number.isNaN(new Date(ms).getTime())) return text;
  if (pattern === "" || pattern === "iso") return new Date(ms).toISOString();
  return pattern === "seconds" ? String(Math.floor(ms / 1000)) : formatDate(ms, pattern);
}

/** Stands for everything, in documents and addresses. */
export const ALL = "$__all";

/** An own word for everything is used as it is, unless the text or the address of the choice is wanted. */
const KEEPS_ALL = new Set(["text", "queryparam", "customqueryparam"]);

interface Place extends Reference {
  format: string;
  quote: string;
}

function write({ name, field, format, quote }: Place, value: VariableValue): string {
  if (value.encoded) return value.values[0]!;
  const [kind = "", ...rest] = format.split(":");
  if (value.all && value.allValue !== undefined && field !== "text" && !KEEPS_ALL.has(kind))
    return value.allValue;
  const said = entryOf(value.fields ?? {}, field ?? "");
  if (said !== undefined) return said;
  const values = field === "text" ? (value.all ? ["All"] : value.texts) : value.values;
  const known = entryOf(FORMATS, kind) ?? FORMATS.glob!;
  return known({ name, value, values: values.length === 0 ? [""] : values, rest: rest.join(":"), quote });
}

/** What opened the PromQL string in which a place of a text lies; empty outside of one. */
function quoteAt(text: string, place: number): string {
  let quote = "";
  for (let at = 0; at < place; at++) {
    const letter = text[at]!;
    if (quote !== "") {
      if (letter === "\\" && quote !== "`") at++;
      else if (letter === quote) quote = "";
    } else if (letter === "#") {
      const end = text.indexOf("\n", at);
      at = end < 0 ? place : end; // a comment may hold an apostrophe
    } else if (letter === '"' || letter === "'" || letter === "`") quote = letter;
  }
  return quote;
}

/** Fills in the variables; `format` holds where a reference names none. */
export function interpolate(text: string, variables: Variables, format: string): string {
  if (!text.includes("$") && !text.includes("[[")) return text;
  return text.replaceAll(REFERENCE, (whole: string, ...groups: (string | undefined)[]) => {
    const reference = referenceOf([whole, ...groups.slice(0, 7)]);
    if (!Object.hasOwn(variables, reference.name)) return whole;
    const inString = reference.format === "regex" && format === "promql" ? "promqlregex" : reference.format;
    const quote = format === "promql" ? quoteAt(text, Number(groups[7])) : "";
    return write({ ...reference, format: inString ?? format, quote }, variables[reference.name]!);
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
