/** Operations on the transformations of a panel: which there are, in what order, and which of them are on. Pure. */

import { asList, asObject, asText, type Json } from "../model/json";
import { moveEntry, type RawPanel } from "./doc";
import { getAt, setAt, type Path } from "./tree";
import { transformOf } from "./transformlist";

const STEPS: Path = ["transformations"];

export const stepsOf = (panel: RawPanel): Json[] => asList(panel.transformations).map(asObject);

export const addStep = (panel: RawPanel, id: string): RawPanel =>
  setAt(panel, STEPS, [
    ...asList(panel.transformations),
    { id, options: structuredClone(transformOf(id)?.starts ?? {}) },
  ]);

export function removeStep(panel: RawPanel, at: number): RawPanel {
  const left = setAt(panel, [...STEPS, at], undefined);
  return stepsOf(left).length === 0 ? setAt(left, STEPS, undefined) : left;
}

export const moveStep = (panel: RawPanel, at: number, step: -1 | 1): RawPanel =>
  moveEntry(panel, STEPS, at, at + step);

/** Leaves a step out, or takes it in again. */
export const toggleStep = (panel: RawPanel, at: number): RawPanel => {
  const off = stepsOf(panel)[at]?.disabled === true;
  return setAt(panel, [...STEPS, at, "disabled"], off ? undefined : true);
};

export const changeOptions = (panel: RawPanel, at: number, change: (options: Json) => Json): RawPanel =>
  setAt(panel, [...STEPS, at, "options"], change(asObject(getAt(panel, [...STEPS, at, "options"]))));

/** The query whose answers a step is about; empty for all, undefined for a choice of another kind. */
export function queryOfStep({ filter }: Json): string | undefined {
  if (filter === undefined) return "";
  const { id, options } = asObject(filter);
  return id === "byRefId" ? asText(options) : undefined;
}

export const setQueryOfStep = (panel: RawPanel, at: number, refId: string): RawPanel =>
  setAt(panel, [...STEPS, at, "filter"], refId === "" ? undefined : { id: "byRefId", options: refId });
