/** Changing one place of a JSON value; everything around it stays the same object. Pure. */

import { asObject, type Json } from "../model/json";

export type Path = readonly (string | number)[];

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** What stands at a path; undefined where nothing does. */
export function getAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => {
    if (isList(at)) return typeof key === "number" ? at[key] : undefined;
    const object = asObject(at);
    return Object.hasOwn(object, key) ? object[key] : undefined;
  }, value);
}

function setKey(value: unknown, key: string | number, entry: unknown): unknown {
  if (isList(value) && typeof key === "number") {
    if (entry === undefined) return value.filter((_, at) => at !== key);
    return key >= value.length ? [...value, entry] : value.map((old, at) => (at === key ? entry : old));
  }
  const object = asObject(value);
  if (entry !== undefined) return { ...object, [key]: entry };
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== String(key)));
}

/** The value with another entry at a path; undefined takes the entry away. Missing objects on the way are made. */
export function setAt<T>(value: T, path: Path, entry: unknown): T {
  const [head, ...rest] = path;
  if (head === undefined) return entry as T;
  const old = getAt(value, [head]);
  const next = rest.length === 0 ? entry : setAt(old ?? (typeof rest[0] === "number" ? [] : {}), rest, entry);
  return Object.is(old, next) ? value : (setKey(value, head, next) as T);
}

type Same = (a: unknown, b: unknown) => boolean;

/** Whether two JSON values are the same, by what is the same of their parts; the order of keys does not count. */
function compare(a: unknown, b: unknown, same: Same): boolean {
  if (same(a, b)) return true;
  if (isList(a) || isList(b)) {
    const isLike = (entry: unknown, at: number): boolean => compare(entry, (b as unknown[])[at], same);
    return isList(a) && isList(b) && a.length === b.length && a.every(isLike);
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [left, right] = [a as Json, b as Json];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => compare(left[key], right[key], same));
}

/** Whether two JSON values mean the same; the order of keys does not count. */
export const equal = (a: unknown, b: unknown): boolean => compare(a, b, Object.is);

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  (typeof value === "object" && value !== null && Object.values(value).every(isNothing));

/** The same to whoever reads a document: an empty list or object says no more than none. */
export const alike = (a: unknown, b: unknown): boolean =>
  compare(a, b, (left, right) => Object.is(left, right) || (isNothing(left) && isNothing(right)));
