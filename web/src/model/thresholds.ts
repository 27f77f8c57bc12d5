/** Thresholds ("color steps"): which colour a value has. Pure. */

export interface Step {
  /** The step holds from here upward; the first one from -Infinity. */
  value: number;
  color: string;
}

export interface Thresholds {
  mode: "absolute" | "percentage";
  steps: readonly Step[];
}

export const NO_THRESHOLDS: Thresholds = { mode: "absolute", steps: [] };

/** What holds where values are coloured by thresholds and none are given: as the editor shows, and Grafana begins. */
export const BASE: Step = { value: -Infinity, color: "green" };

interface RawStep {
  value?: number | string | null;
  color?: string;
}

/** Reads Grafana's form; steps without a number count as the base, and the order is made ascending. */
export function parseThresholds(raw: unknown): Thresholds {
  const source = (raw ?? {}) as { mode?: string; steps?: RawStep[] };
  if (!Array.isArray(source.steps)) return NO_THRESHOLDS;
  const steps = source.steps.map(({ value, color }): Step => {
    const number = value === null || value === undefined ? -Infinity : Number(value);
    return { value: Number.isNaN(number) ? -Infinity : number, color: color ?? "text" };
  });
  steps.sort((a, b) => a.value - b.value);
  return { mode: source.mode === "percentage" ? "percentage" : "absolute", steps };
}

/** Steps on the value's own scale: percentages are of the distance from min to max. */
export function absoluteSteps(thresholds: Thresholds, min: number, max: number): readonly Step[] {
  if (thresholds.mode === "absolute") return thresholds.steps;
  return thresholds.steps.map(({ value, color }) => ({ value: min + (value / 100) * (max - min), color }));
}

/** The colour name of the step that holds for `value`, or undefined where none does. */
export function colorAt(steps: readonly Step[], value: number): string | undefined {
  return steps.findLast((step) => value >= step.value)?.color;
}
