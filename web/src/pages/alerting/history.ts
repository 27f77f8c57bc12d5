/** When an alert fired before, read off the series that its rule writes. Pure but for the asking. */

import { queryRange, type Frame } from "../../api/frames";
import { chooseStep, makeGrid } from "../../model/step";
import type { Texts } from "./api";
import { writeMatcher } from "./matchers";

export interface Period {
  state: "firing" | "pending";
  fromMs: number;
  toMs: number;
}

/** Selects the series of one alert. */
export function alertsSelector(labels: Texts): string {
  const matchers = Object.entries(labels).map(([name, value]) =>
    writeMatcher({ name, operator: "=", value }),
  );
  return `ALERTS{${matchers.join(",")}}`;
}

const DAY_MS = 86_400_000;
const POINTS = 720;

export interface PastAlerts {
  fromMs: number;
  toMs: number;
  periods: Period[];
}

/** Samples that follow one another are one period; each lasts until the next step. */
export function periodsOf({ series, times, step }: Frame): Period[] {
  const found = series.flatMap(({ labels, values }): Period[] => {
    const state = labels.alertstate === "pending" ? "pending" : "firing";
    const periods: Period[] = [];
    times.forEach((time, at) => {
      if (Number.isNaN(values[at]!)) return;
      const last = periods.at(-1);
      if (last !== undefined && last.toMs >= time) last.toMs = time + step;
      else periods.push({ state, fromMs: time, toMs: time + step });
    });
    return periods;
  });
  return found.sort((a, b) => a.fromMs - b.fromMs);
}

/** The steps end before now: what holds since then is added. */
export function withNow(periods: readonly Period[], { state, sinceMs }: Now, nowMs: number): Period[] {
  const same = periods.findLast((period) => period.state === state);
  const lastMs = same !== undefined && same.toMs >= sinceMs ? same.toMs : sinceMs;
  const begun = periods.filter((period) => period !== same);
  const now: Period = { state, fromMs: same?.toMs === lastMs ? same.fromMs : lastMs, toMs: nowMs };
  const kept = same === undefined || now.fromMs === same.fromMs ? begun : [...begun, same];
  return [...kept, now].sort((a, b) => a.fromMs - b.fromMs);
}

interface Now {
  state: Period["state"];
  sinceMs: number;
}

/** The last day of an alert that is as it is now. */
export async function askHistory(labels: Texts, now: Now, signal: AbortSignal): Promise<PastAlerts> {
  const toMs = Date.now();
  const range = { fromMs: toMs - DAY_MS, toMs };
  const grid = makeGrid(range, chooseStep(range, POINTS), "step");
  const frame = await queryRange(
    "embedded",
    alertsSelector(labels),
    { ...grid, lookbackMs: grid.stepMs },
    signal,
  );
  return { ...range, periods: withNow(periodsOf(frame), now, toMs) };
}

/** How often and how long it fired. */
export function firedOf(periods: readonly Period[]): { times: number; totalMs: number } {
  const fired = periods.filter(({ state }) => state === "firing");
  return { times: fired.length, totalMs: fired.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0) };
}
