/** Operations on thresholds, of a panel or of an override: steps in order, the first of which is the base. Pure. */

import { asList, asNumber, asObject, asText, oneOf, type Json } from "../model/json";
import { BASE as COMMON_BASE } from "../model/thresholds";

/** A step; the base has no value. */
export interface RawStep {
  value: number | null;
  color: string;
}

const BASE: RawStep = { value: null, color: COMMON_BASE.color };

/** Colours that come one after another as values get worse. */
const WORSE = ["green", "orange", "red", "purple", "blue", "yellow"];

export const modeOf = (raw: unknown): "absolute" | "percentage" =>
  oneOf(asObject(raw).mode, ["absolute", "percentage"]);

/** The steps as the document has them, the base first; one base where there are none. */
export function stepsOf(raw: unknown): RawStep[] {
  const steps = asList(asObject(raw).steps).map((entry): RawStep => {
    const { value, color } = asObject(entry);
    return { value: asNumber(value) ?? null, color: asText(color) ?? "text" };
  });
  return steps.length === 0 ? [BASE] : steps;
}

const ordered = (steps: readonly RawStep[]): RawStep[] =>
  [...steps].sort((a, b) => (a.value ?? -Infinity) - (b.value ?? -Infinity));

const withSteps = (raw: unknown, steps: readonly RawStep[]): Json => ({
  ...asObject(raw),
  mode: modeOf(raw),
  steps: ordered(steps),
});

export const setMode = (raw: unknown, mode: "absolute" | "percentage"): Json => ({
  ...withSteps(raw, stepsOf(raw)),
  mode,
});

/** Adds a step above all others: a tenth of what percentages span, or a round distance. */
export function addStep(raw: unknown): Json {
  const steps = stepsOf(raw);
  const last = steps.at(-1)!.value;
  const value =
    last === null ? 80 : last + (modeOf(raw) === "percentage" ? 10 : Math.max(1, Math.abs(last) / 4));
  const color = WORSE.find((name) => !steps.some((step) => step.color === name)) ?? "red";
  return withSteps(raw, [...steps, { value, color }]);
}

/** Removes a step; the base stays. */
export const removeStep = (raw: unknown, at: number): Json =>
  withSteps(
    raw,
    stepsOf(raw).filter((step, place) => place !== at || step.value === null),
  );

/** Changes a step; the base keeps having no value. */
export const setStep = (raw: unknown, at: number, change: Partial<RawStep>): Json =>
  withSteps(
    raw,
    stepsOf(raw).map((step, place) =>
      place === at ? { ...step, ...change, ...(step.value === null ? { value: null } : {}) } : step,
    ),
  );
