/** Annotation lists of a dashboard as they are edited: the built-in one, and those of expressions. Pure. */

import { asList, asObject, asText, type Json } from "../model/json";
import type { Doc } from "./doc";
import { getAt, setAt, type Path } from "./tree";

export const LISTS: Path = ["annotations", "list"];

export const listsOf = (doc: Doc): Json[] => asList(getAt(doc, LISTS)).map(asObject);

/** Where a list has an expression's part: at its top in older documents, in `target` in newer ones. */
export function placeOf(list: Json, name: string): Path {
  const inTarget = Object.hasOwn(asObject(list.target), name) && asText(list[name]) === undefined;
  return inTarget ? ["target", name] : [name];
}

export const textAt = (list: Json, name: string): string => asText(getAt(list, placeOf(list, name))) ?? "";

/** Where a list names its data source: beside its expression, unless it does so at its top. */
export const placeOfSource = (list: Json): Path =>
  list.datasource === undefined && asObject(list.target).datasource !== undefined
    ? ["target", "datasource"]
    : ["datasource"];

/** A new list, under a name that no other has: lists are told apart by their names. */
export function newList(lists: readonly Json[]): Json {
  const taken = new Set(lists.map(({ name }) => name));
  const names = ["Events", ...lists.map((_, at) => `Events ${at + 2}`)];
  return {
    name: names.find((name) => !taken.has(name)) ?? "Events",
    enable: true,
    hide: false,
    iconColor: "blue",
    expr: "",
    titleFormat: "",
    textFormat: "",
    tagKeys: "",
    step: "",
  };
}

/** Sets a part of a list; an empty text stays one, since a list without its expression would be another kind. */
export const setList = (doc: Doc, at: number, path: Path, value: unknown): Doc =>
  setAt(doc, [...LISTS, at, ...path], value);
