/**
 * Value mappings as people edit them: one line a value, range, pattern or special value, in the order in which they are
 * tried. A document has several values in one entry, and older ones have another form. Pure.
 */

import { asList, asNumber, asObject, asText, type Json } from "../model/json";
import type { Pair } from "./options";

export type MappingKind = "value" | "range" | "regex" | "special";

export const MAPPING_KINDS: readonly Pair[] = [
  ["value", "Value"],
  ["range", "Range"],
  ["regex", "Regex"],
  ["special", "Special"],
];

export const SPECIALS: readonly Pair[] = [
  ["null", "No value"],
  ["nan", "NaN"],
  ["null+nan", "No value or NaN"],
  ["true", "True"],
  ["false", "False"],
  ["empty", "Empty text"],
];

/** A line: what is mapped (`value`: the value, the pattern or the special one), and to what. */
export interface Line {
  kind: MappingKind;
  value: string;
  from?: number;
  to?: number;
  /** Text, colour, and what else a document says of it. */
  result: Json;
}

/** A line, or an entry of a kind that is not known, which is kept. */
export type Entry = Line | { kind: "other"; raw: unknown };

/** Values in the order that the document gives them. */
const byIndex = (options: Json): [string, Json][] =>
  Object.entries(options)
    .map(([value, result], at): [string, Json, number] => {
      const raw = asObject(result);
      return [value, raw, asNumber(raw.index) ?? at];
    })
    .sort((a, b) => a[2] - b[2])
    .map(([value, { index: _, ...result }]) => [value, result]);

const bounded = (from: unknown, to: unknown): Pick<Line, "from" | "to"> => {
  const [low, high] = [asNumber(from), asNumber(to)];
  return { ...(low === undefined ? {} : { from: low }), ...(high === undefined ? {} : { to: high }) };
};

/** Before Grafana 8: `{type: 1, value, text}` and `{type: 2, from, to, text}`. */
function readOld({ type, value, from, to, text, color }: Json): Line {
  const result = { text: asText(text) ?? "", ...(color === undefined ? {} : { color }) };
  if (type === 2) return { kind: "range", value: "", ...bounded(from, to), result };
  const said = typeof value === "number" ? String(value) : (asText(value) ?? "");
  return value === "null"
    ? { kind: "special", value: "null", result }
    : { kind: "value", value: said, result };
}

function readEntry(raw: unknown): Entry[] {
  const source = asObject(raw);
  const options = asObject(source.options);
  const result = withoutIndex(asObject(options.result));
  switch (source.type) {
    case "value":
      return byIndex(options).map(([value, own]) => ({ kind: "value", value, result: own }));
    case "range":
      return [{ kind: "range", value: "", ...bounded(options.from, options.to), result }];
    case "regex":
      return [{ kind: "regex", value: asText(options.pattern) ?? "", result }];
    case "special":
      return [{ kind: "special", value: asText(options.match) ?? "null", result }];
    case 1:
    case 2:
      return [readOld(source)];
    default:
      return [{ kind: "other", raw }];
  }
}

const withoutIndex = ({ index: _, ...result }: Json): Json => result;

/** The lines of a list of mappings. */
export const linesOf = (mappings: unknown): Entry[] => asList(mappings).flatMap(readEntry);

const isValue = (entry: Entry): entry is Line & { kind: "value" } => entry.kind === "value";

/** The list of mappings that lines stand for: values that follow one another share an entry, unless one is there twice. */
export function mappingsOf(lines: readonly Entry[]): unknown[] {
  const list: unknown[] = [];
  let open: Record<string, Json> | undefined;
  lines.forEach((entry, index) => {
    if (isValue(entry)) {
      if (open === undefined || Object.hasOwn(open, entry.value)) {
        open = {};
        list.push({ type: "value", options: open });
      }
      open[entry.value] = { ...entry.result, index };
      return;
    }
    open = undefined;
    list.push(entry.kind === "other" ? entry.raw : writeLine(entry, index));
  });
  return list;
}

function writeLine({ kind, value, from, to, result: own }: Line, index: number): Json {
  const result = { ...own, index };
  if (kind === "range") return { type: kind, options: { from: from ?? null, to: to ?? null, result } };
  return { type: kind, options: { [kind === "regex" ? "pattern" : "match"]: value, result } };
}

/** A new line, for a value that no other has. */
export function newLine(lines: readonly Entry[]): Line {
  const taken = new Set(lines.filter(isValue).map(({ value }) => value));
  const value = Array.from({ length: lines.length + 1 }, (_, at) => String(at)).find(
    (one) => !taken.has(one),
  );
  return { kind: "value", value: value ?? "", result: {} };
}

/** The same line as another kind, with what can be kept. */
export function changeKind(line: Line, kind: MappingKind): Line {
  const { value, result } = line;
  if (kind === "special") return { kind, value: "null+nan", result };
  if (kind !== "range") return { kind, value: line.kind === "special" ? "" : value, result };
  const number = asNumber(value);
  return { kind, value: "", ...(number === undefined ? {} : { from: number, to: number }), result };
}

/** What is wrong with a line; undefined where nothing is. */
export function faultOfLine({ kind, value, from, to }: Line, others: readonly Entry[]): string | undefined {
  if (kind === "range" && from !== undefined && to !== undefined && from > to)
    return "It ends before it begins.";
  const twice =
    others.filter((other) => isValue(other) && kind === "value" && other.value === value).length > 1;
  return twice ? "The first line with this value counts." : undefined;
}
