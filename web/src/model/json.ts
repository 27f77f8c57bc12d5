/** Reading untrusted JSON without ever throwing: a wrong type counts as absent. Pure. */

import { ExactNumber } from "../api/exact";

export type Json = Readonly<Record<string, unknown>>;

/** What a table of ours has under a word from outside; nothing that every object has by birth, such as `constructor`. */
export const entryOf = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

export const asObject = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};

export const asList = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : [];

export const asText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** A finite number, also when written as text. */
export function asNumber(value: unknown): number | undefined {
  if (value instanceof ExactNumber) return asNumber(value.source);
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  if (value === "") return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

export const asTexts = (value: unknown): string[] =>
  asList(value).filter((entry): entry is string => typeof entry === "string");

/** `value` when it is one of the allowed words, else the first of them. */
export function oneOf<T extends string>(value: unknown, allowed: readonly [T, ...T[]]): T {
  return allowed.find((word) => word === value) ?? allowed[0];
}
