/** Value mappings: numbers that are shown as words. Pure. */

import { asList, asNumber, asObject, asText } from "./json";

export interface MappedText {
  text?: string;
  color?: string;
}

export interface Mapping {
  holds: (value: number) => boolean;
  result: MappedText;
}

function readResult(raw: unknown): MappedText {
  const { text, color } = asObject(raw);
  const result: MappedText = {};
  if (asText(text) !== undefined) result.text = asText(text)!;
  if (asText(color) !== undefined) result.color = asText(color)!;
  return result;
}

const SPECIAL: Readonly<Record<string, (value: number) => boolean>> = {
  null: Number.isNaN,
  nan: Number.isNaN,
  "null+nan": Number.isNaN,
};

function readMapping(raw: unknown): Mapping[] {
  const { type, options } = asObject(raw);
  const entries = asObject(options);
  if (type === "value") {
    return Object.entries(entries).map(([key, result]) => ({
      holds: (value) => String(value) === key,
      result: readResult(result),
    }));
  }
  const result = readResult(entries.result);
  if (type === "special") return [{ holds: SPECIAL[asText(entries.match) ?? ""] ?? (() => false), result }];
  if (type !== "range") return [];
  const [from, to] = [asNumber(entries.from) ?? -Infinity, asNumber(entries.to) ?? Infinity];
  return [{ holds: (value) => value >= from && value <= to, result }];
}

/** Reads Grafana's list; unknown kinds are left out. */
export const parseMappings = (raw: unknown): Mapping[] => asList(raw).flatMap(readMapping);

/** What the first mapping that holds says, or undefined. */
export const applyMappings = (mappings: readonly Mapping[], value: number): MappedText | undefined =>
  mappings.find((mapping) => mapping.holds(value))?.result;
