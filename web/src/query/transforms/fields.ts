/** Transformations of columns: which there are, in what order, how they are called and what they hold. Pure. */

import { formatDate } from "../../model/dateformat";
import {
  asFloat,
  isCalled,
  nameOf,
  type DataFrame,
  type Field,
  type FieldType,
  type Value,
  textOf,
} from "../../model/frame";
import { asList, asNumber, asObject, asText, asTexts, entryOf, type Json } from "../../model/json";
import { compile, matchesPattern } from "../../model/pattern";
import { column, eachFrame, findField, withFields, type Transform } from "./kinds";

/** A field under another name. */
export const renamed = (field: Field, name: string): Field => ({
  ...field,
  shown: name,
  own: { ...field.own, displayName: name },
});

/** The entry of an option that names fields: by what people see, else by the source's name. */
const optionOf = (options: Json, field: Field): unknown => options[nameOf(field)] ?? options[field.name];

/** Hides, orders and renames. */
export const organize = eachFrame((frame, options) => {
  const [hidden, kept, order, names] = [
    options.excludeByName,
    options.includeByName,
    options.indexByName,
    options.renameByName,
  ].map(asObject) as [Json, Json, Json, Json];
  const onlyKept = Object.values(kept).includes(true);
  const rank = (field: Field): number => asNumber(optionOf(order, field)) ?? Number.MAX_SAFE_INTEGER;
  const fields = frame.fields
    .filter((field) => optionOf(hidden, field) !== true && (!onlyKept || optionOf(kept, field) === true))
    .sort((a, b) => rank(a) - rank(b))
    .map((field) => {
      const name = asText(optionOf(names, field)) ?? "";
      return name === "" ? field : renamed(field, name);
    });
  return withFields(frame, fields);
});

function matchesNames(raw: unknown, field: Field): boolean | undefined {
  const { names, pattern, variable } = asObject(raw);
  const listed = [...asTexts(names), ...(asText(variable)?.split(",") ?? [])];
  const wanted = asText(pattern) ?? "";
  if (listed.length === 0 && wanted === "") return undefined;
  return (
    listed.some((name) => isCalled(field, name)) || (wanted !== "" && matchesPattern(wanted, nameOf(field)))
  );
}

/** Keeps the fields that are included and not excluded. */
export const filterFieldsByName = eachFrame((frame, options) =>
  withFields(
    frame,
    frame.fields.filter(
      (field) =>
        matchesNames(options.include, field) !== false && matchesNames(options.exclude, field) !== true,
    ),
  ),
);

/** Renames what a pattern matches; `$1` is its first group. */
export const renameByRegex = eachFrame((frame, options) => {
  const pattern = compile(asText(options.regex) ?? "");
  if (pattern === undefined) return frame;
  const replacement = asText(options.renamePattern) ?? "";
  const rename = (field: Field): Field =>
    pattern.test(nameOf(field)) ? renamed(field, nameOf(field).replace(pattern, replacement)) : field;
  return withFields(
    frame,
    frame.fields.map((field) => (field.type === "time" ? field : rename(field))),
  );
});

const CONVERT: Readonly<Record<string, (value: Value) => Value>> = {
  number: (value) => (typeof value === "boolean" ? Number(value) : asFloat(value)),
  time: (value) => (typeof value === "string" ? Date.parse(value) : value),
  string: (value) =>
    value === null ? null : typeof value === "object" ? JSON.stringify(value) : String(value),
  boolean: (value) =>
    value === null ? null : !["", "0", "false", "no"].includes(textOf(value).toLowerCase()),
};

function converted(field: Field, type: string): Field {
  const convert = entryOf(CONVERT, type);
  if (convert === undefined) return field;
  return { ...field, type: type as FieldType, values: Array.from(field.values, convert) };
}

/** Takes values for values of another type. */
export const convertFieldType = eachFrame((frame, options) => {
  const conversions = asList(options.conversions).map(asObject);
  const target = (field: Field): Json | undefined =>
    conversions.find(({ targetField }) => isCalled(field, asText(targetField) ?? ""));
  return withFields(
    frame,
    frame.fields.map((field) => converted(field, asText(target(field)?.destinationType) ?? "")),
  );
});

/** One field with each value changed to a text. */
function rewritten(frame: DataFrame, name: unknown, write: (value: Value) => Value): DataFrame {
  const target = findField(frame, name);
  if (target === undefined) return frame;
  const made: Field = { ...target, type: "string", values: Array.from(target.values, write) };
  return withFields(
    frame,
    frame.fields.map((field) => (field === target ? made : field)),
  );
}

/** Times as texts. */
export const formatTime = eachFrame((frame, options) =>
  rewritten(frame, options.timeField, (value) =>
    typeof value === "number"
      ? formatDate(value, asText(options.outputFormat) || "YYYY-MM-DD HH:mm:ss")
      : value,
  ),
);

const words = (text: string): string[] => text.match(/[\p{L}\p{N}]+/gu) ?? [];
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();

const CASES: Readonly<Record<string, (text: string, options: Json) => string>> = {
  "Upper Case": (text) => text.toUpperCase(),
  "Lower Case": (text) => text.toLowerCase(),
  "Sentence Case": capital,
  "Title Case": (text) => text.split(" ").map(capital).join(" "),
  "Pascal Case": (text) => words(text).map(capital).join(""),
  "Camel Case": (text) =>
    words(text)
      .map((word, at) => (at === 0 ? word.toLowerCase() : capital(word)))
      .join(""),
  "Snake Case": (text) => words(text).join("_").toLowerCase(),
  "Kebab Case": (text) => words(text).join("-").toLowerCase(),
  Trim: (text) => text.trim(),
  Substring: (text, { substringStart, substringEnd }) =>
    text.slice(asNumber(substringStart) ?? 0, asNumber(substringEnd)),
};

/** Texts in another case, trimmed, or cut. */
export const formatString = eachFrame((frame, options) => {
  const write = entryOf(CASES, asText(options.outputFormat) ?? "");
  if (write === undefined) return frame;
  return rewritten(frame, options.stringField, (value) =>
    value === null ? null : write(textOf(value), options),
  );
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `a.b[0].c` inside of a JSON value. */
const follow = (value: unknown, path: string): unknown =>
  path
    .split(/[.[\]]+/)
    .filter((part) => part !== "")
    .reduce((at, part) => (Array.isArray(at) ? (at as unknown[])[Number(part)] : asObject(at)[part]), value);

type Parts = Readonly<Record<string, Value>>;

function asValue(value: unknown): Value {
  if (value === undefined || value === null) return null;
  return typeof value === "object" ? JSON.stringify(value) : (value as Value);
}

function partsOfJson(text: string, options: Json): Parts | undefined {
  const parsed = parseJson(text);
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const paths = asList(options.jsonPaths).map(asObject);
  const named = paths.flatMap(({ path, alias }): [string, Value][] => {
    const wanted = asText(path) ?? "";
    return wanted === "" ? [] : [[asText(alias) || wanted, asValue(follow(parsed, wanted))]];
  });
  if (named.length > 0) return Object.fromEntries(named);
  return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, asValue(value)]));
}

const partsOfPairs = (text: string): Parts =>
  Object.fromEntries(
    [...text.matchAll(/([\w.]+)\s*[=:]\s*("[^"]*"|[^\s,;]+)/g)].map((match) => [
      match[1]!,
      match[2]!.replaceAll('"', ""),
    ]),
  );

function partsOf(text: string, options: Json): Parts {
  const format = asText(options.format) ?? "auto";
  if (format === "regexp") return { ...compile(asText(options.regExp) ?? "")?.exec(text)?.groups };
  if (format === "delimiter") {
    const parts = text.split(asText(options.delimiter) ?? ",").map((part) => part.trim());
    return Object.fromEntries(parts.filter((part) => part !== "").map((part) => [part, 1]));
  }
  const json = format === "kvp" ? undefined : partsOfJson(text, options);
  return json ?? (format === "json" ? {} : partsOfPairs(text));
}

const typeOfValues = (values: readonly Value[]): FieldType => {
  const present = values.filter((value) => value !== null);
  return present.length > 0 && present.every((value) => typeof value === "number") ? "number" : "string";
};

/** Columns out of a column of JSON, of `a=b` pairs, or of what a pattern names. */
export const extractFields = eachFrame((frame, options) => {
  const source = findField(frame, options.source);
  if (source === undefined) return frame;
  const rows = Array.from(source.values, (value) => partsOf(textOf(value), options));
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const made = names.map((name) => {
    const values = rows.map((row) => row[name] ?? null);
    return column(name, typeOfValues(values), values);
  });
  const kept =
    options.replace === true
      ? frame.fields.filter(({ type }) => options.keepTime === true && type === "time")
      : frame.fields;
  return withFields(frame, [...kept, ...made]);
});

/** Which transformations stand in this file, by Grafana's names. */
export const FIELD_TRANSFORMS: Readonly<Record<string, Transform>> = {
  organize,
  filterFieldsByName,
  renameByRegex,
  convertFieldType,
  formatTime,
  formatString,
  extractFields,
};
