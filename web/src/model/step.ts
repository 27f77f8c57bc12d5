/** The evaluation grid of a panel: step, bounds and the macros that depend on them. Pure. */

import { interpolate, single, type Variables } from "./interpolate";
import { formatDuration, parseDuration, type TimeRange } from "./timerange";
import { aheadOfUtc } from "./zone";

const SECOND = 1000;
export const DAY_MS = 86_400 * SECOND;

/** Steps a person would choose, in ms. */
const NICE_STEPS = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 604800,
].map((seconds) => seconds * SECOND);

/** The finest nice step that gives at most `points` points, and is not below `minStepMs`. */
export function chooseStep(range: TimeRange, points: number, minStepMs = SECOND): number {
  const ideal = Math.max(minStepMs, (range.toMs - range.fromMs) / Math.max(1, points));
  const nice = NICE_STEPS.find((step) => step >= ideal) ?? ideal;
  return Math.max(nice, minStepMs);
}

/** A range is drawn whole where data fill at least this part of it. */
const LEAST_SHARE = 1 / 4;
/** The least that is drawn of a range that data hardly fill. */
export const LEAST_DRAWN_MS = 15 * 60 * SECOND;

/**
 * The part of a range that is drawn: of a range much longer than the data, from where they begin. On the steps of
 * the whole range they would be a sliver, or lie between two points.
 */
export function drawnRange(range: TimeRange, beginsMs: number | undefined): TimeRange {
  const { fromMs, toMs } = range;
  if (beginsMs === undefined || beginsMs >= toMs) return range;
  if (toMs - beginsMs >= (toMs - fromMs) * LEAST_SHARE) return range;
  const drawnMs = Math.min(beginsMs, toMs - LEAST_DRAWN_MS);
  return drawnMs <= fromMs ? range : { fromMs: drawnMs, toMs };
}

export interface Grid {
  startMs: number;
  endMs: number;
  stepMs: number;
}

/**
 * `step`: multiples of the step, so that a refresh moves no point, and steps of days begin at midnight in the page's zone;
 * `now`: ends exactly at the range's end.
 */
export type Anchor = "step" | "now";

/** The grid that covers the range; at least one point. */
export function makeGrid(range: TimeRange, stepMs: number, anchor: Anchor): Grid {
  if (anchor === "now") {
    const steps = Math.floor((range.toMs - range.fromMs) / stepMs);
    return { startMs: range.toMs - steps * stepMs, endMs: range.toMs, stepMs };
  }
  const ahead = stepMs % DAY_MS === 0 ? aheadOfUtc(range.toMs) : 0;
  const endMs = Math.floor((range.toMs + ahead) / stepMs) * stepMs - ahead;
  const firstMs = Math.ceil((range.fromMs + ahead) / stepMs) * stepMs - ahead;
  return { startMs: Math.min(endMs, firstMs), endMs, stepMs };
}

/** What a rate's window must at least hold: four scrapes, so that one lost scrape leaves no gap. */
const SCRAPES_PER_RATE = 4;

/** Grafana's macros that tell the range, and the step where one is known. */
export function rangeMacros(range: TimeRange, stepMs?: number): Variables {
  const rangeMs = range.toMs - range.fromMs;
  const seconds = Math.round(rangeMs / SECOND);
  return asVariables({
    __range_ms: String(rangeMs),
    __range_s: String(seconds),
    __range: `${Math.max(1, seconds)}s`,
    __from: String(range.fromMs),
    __to: String(range.toMs),
    ...(stepMs === undefined ? {} : { __interval: formatDuration(stepMs), __interval_ms: String(stepMs) }),
  });
}

const asVariables = (texts: Readonly<Record<string, string>>): Variables =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, single(text)]));

/** The window of a rate at a step, where scrapes are this far apart. */
export const rateWindow = (stepMs: number, scrapeMs: number): number =>
  Math.max(stepMs + scrapeMs, SCRAPES_PER_RATE * scrapeMs);

/** Replaces Grafana's time macros. `scrapeMs` is the scrape interval that `$__rate_interval` assumes. */
export function expandMacros(text: string, grid: Grid, range: TimeRange, scrapeMs: number): string {
  const rateMs = rateWindow(grid.stepMs, scrapeMs);
  const rate = asVariables({ __rate_interval_ms: String(rateMs), __rate_interval: formatDuration(rateMs) });
  return interpolate(text, { ...rangeMacros(range, grid.stepMs), ...rate }, "raw");
}

/**
 * The smallest step that a query asks for: a duration, or one of the step's own macros, which ask for nothing or for
 * the window of a rate. Undefined where the text means nothing.
 */
export function parseMinStep(text: string, scrapeMs: number): number | undefined {
  if (/^\$\{?__interval\}?$/.test(text)) return undefined;
  if (/^\$\{?__rate_interval\}?$/.test(text)) return rateWindow(0, scrapeMs);
  return parseDuration(text) ?? parseDuration(`${text}s`);
}
