/** Operations on the thresholds of a panel: steps in order, the first of which is the base. Pure. */

import { asList, asNumber, asObject, asText, oneOf } from "../model/json";
import type { RawPanel } from "./doc";
import { getAt, setAt } from "./tree";

/** A step; the base has no value. */
export interface RawStep {
  value: number | null;
  color: string;
}

const PATH = ["fieldConfig", "defaults", "thresholds"] as const;
const BASE: RawStep = { value: null, color: "green" };

/** Colours that come one after another as values get worse. */
const WORSE = ["green", "orange", "red", "purple", "blue", "yellow"];

export const modeOf = (panel: RawPanel): "absolute" | "percentage" =>
  oneOf(asObject(getAt(panel, PATH)).mode, ["absolute", "percentage"]);

/** The steps as the document has them, the base first; one base where there are none. */
export function stepsOf(panel: RawPanel): RawStep[] {
  const steps = asList(asObject(getAt(panel, PATH)).steps).map((entry): RawStep => {
    const { value, color } = asObject(entry);
    return { value: asNumber(value) ?? null, color: asText(color) ?? "text" };
  });
  return steps.length === 0 ? [BASE] : steps;
}

const ordered = (steps: readonly RawStep[]): RawStep[] =>
  [...steps].sort((a, b) => (a.value ?? -Infinity) - (b.value ?? -Infinity));

const withSteps = (panel: RawPanel, steps: readonly RawStep[]): RawPanel =>
  setAt(setAt(panel, [...PATH, "mode"], modeOf(panel)), [...PATH, "steps"], ordered(steps));

export const setMode = (panel: RawPanel, mode: "absolute" | "percentage"): RawPanel =>
  setAt(withSteps(panel, stepsOf(panel)), [...PATH, "mode"], mode);

/** Adds a step above all others: a tenth of what percentages span, or a round distance. */
export function addStep(panel: RawPanel): RawPanel {
  const steps = stepsOf(panel);
  const last = steps.at(-1)!.value;
  const value =
    last === null ? 80 : last + (modeOf(panel) === "percentage" ? 10 : Math.max(1, Math.abs(last) / 4));
  const color = WORSE.find((name) => !steps.some((step) => step.color === name)) ?? "red";
  return withSteps(panel, [...steps, { value, color }]);
}

/** Removes a step; the base stays. */
export const removeStep = (panel: RawPanel, at: number): RawPanel =>
  withSteps(
    panel,
    stepsOf(panel).filter((step, place) => place !== at || step.value === null),
  );

/** Changes a step; the base keeps having no value. */
export const setStep = (panel: RawPanel, at: number, change: Partial<RawStep>): RawPanel =>
  withSteps(
    panel,
    stepsOf(panel).map((step, place) =>
      place === at ? { ...step, ...change, ...(step.value === null ? { value: null } : {}) } : step,
    ),
  );
