/** Value mappings: values that are shown as words, colours or icons. Pure. */

import { asList, asNumber, asObject, asText, entryOf, type Json } from "./json";
import { compile } from "./pattern";

export interface MappedText {
  text?: string;
  color?: string;
  icon?: string;
}

/** What is mapped: a number (NaN where there is no value), a text or a truth value. */
export type Mappable = number | string | boolean;

export interface Mapping {
  holds: (value: Mappable) => boolean;
  result: MappedText;
  /** The text of this value, where it is made of it: a pattern with groups. */
  rewrite?: (value: string) => string;
}

function readResult(raw: unknown): MappedText {
  const { text, color, icon } = asObject(raw);
  const result: MappedText = {};
  if (asText(text) !== undefined) result.text = asText(text)!;
  if (asText(color) !== undefined) result.color = asText(color)!;
  if (asText(icon) !== undefined) result.icon = asText(icon)!;
  return result;
}

const absent = (value: Mappable): boolean => typeof value === "number" && Number.isNaN(value);
const isTrue = (value: Mappable): boolean => value === true || value === "true";
const isFalse = (value: Mappable): boolean => value === false || value === "false";

/** NaN and no value look alike here: there is one absence. */
const SPECIAL: Readonly<Record<string, (value: Mappable) => boolean>> = {
  null: absent,
  nan: absent,
  "null+nan": absent,
  true: isTrue,
  false: isFalse,
  empty: (value) => value === "",
};

const inRange = (from: number, to: number): Mapping["holds"] => {
  return (value) => {
    const number = typeof value === "string" && value !== "" ? Number(value) : value;
    return typeof number === "number" && number >= from && number <= to;
  };
};

function readRegex(options: Json): Mapping[] {
  const pattern = compile(asText(options.pattern) ?? "");
  const result = readResult(options.result);
  if (pattern === undefined) return [];
  const text = result.text;
  return [
    {
      holds: (value) => !absent(value) && String(value).search(pattern) >= 0,
      result,
      ...(text === undefined ? {} : { rewrite: (value: string) => value.replace(pattern, text) }),
    },
  ];
}

const READERS: Readonly<Record<string, (options: Json) => Mapping[]>> = {
  value: (options) =>
    Object.entries(options).map(([key, result]) => ({
      holds: (value) => !absent(value) && String(value) === key,
      result: readResult(result),
    })),
  range: (options) => [
    {
      holds: inRange(asNumber(options.from) ?? -Infinity, asNumber(options.to) ?? Infinity),
      result: readResult(options.result),
    },
  ],
  regex: readRegex,
  special: (options) => [
    {
      holds: entryOf(SPECIAL, asText(options.match) ?? "") ?? (() => false),
      result: readResult(options.result),
    },
  ],
};

/** Before version 8: `{type: 1, value, text}` and `{type: 2, from, to, text}`. */
function readOld({ type, value, from, to, ...result }: Json): Mapping[] {
  const text = readResult(result);
  if (type === 2) return READERS.range!({ from, to, result: text });
  if (value === "null") return READERS.special!({ match: "null", result: text });
  return READERS.value!({ [String(value)]: text });
}

function readMapping(raw: unknown): Mapping[] {
  const source = asObject(raw);
  if (typeof source.type === "number") return readOld(source);
  return entryOf(READERS, asText(source.type) ?? "")?.(asObject(source.options)) ?? [];
}

/** Reads Grafana's list; unknown kinds are left out. */
export const parseMappings = (raw: unknown): Mapping[] => asList(raw).flatMap(readMapping);

/** What the first mapping that holds says, or undefined. */
export function applyMappings(mappings: readonly Mapping[], value: Mappable): MappedText | undefined {
  const found = mappings.find((mapping) => mapping.holds(value));
  if (found?.rewrite === undefined) return found?.result;
  return { ...found.result, text: found.rewrite(String(value)) };
}
