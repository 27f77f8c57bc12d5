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

/** Whether two JSON values mean the same; the order of keys does not count. */
export function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (isList(a) || isList(b)) {
    return isList(a) && isList(b) && a.length === b.length && a.every((entry, at) => equal(entry, b[at]));
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [left, right] = [a as Json, b as Json];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => equal(left[key], right[key]));
}
