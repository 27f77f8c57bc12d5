/** The evaluation grid of a panel: step, bounds and the macros that depend on them. Pure. */

import { formatDuration, type TimeRange } from "./timerange";

const SECOND = 1000;

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

/** `step`: multiples of the step, so that a refresh moves no point; `now`: ends exactly at the range's end. */
export type Anchor = "step" | "now";

/** The grid that covers the range; at least one point. */
export function makeGrid(range: TimeRange, stepMs: number, anchor: Anchor): Grid {
  if (anchor === "now") {
    const steps = Math.floor((range.toMs - range.fromMs) / stepMs);
    return { startMs: range.toMs - steps * stepMs, endMs: range.toMs, stepMs };
  }
  const endMs = Math.floor(range.toMs / stepMs) * stepMs;
  return { startMs: Math.min(endMs, Math.ceil(range.fromMs / stepMs) * stepMs), endMs, stepMs };
}

/** What a rate's window must at least hold: four scrapes, so that one lost scrape leaves no gap. */
const SCRAPES_PER_RATE = 4;

/**
 * Replaces Grafana's time macros. `scrapeMs` is the scrape interval that `$__rate_interval` assumes;
 * a longer name is tried before its prefix.
 */
export function expandMacros(expr: string, grid: Grid, range: TimeRange, scrapeMs: number): string {
  const rangeMs = range.toMs - range.fromMs;
  const rateMs = Math.max(grid.stepMs + scrapeMs, SCRAPES_PER_RATE * scrapeMs);
  const macros: Record<string, string> = {
    __interval_ms: String(grid.stepMs),
    __interval: formatDuration(grid.stepMs),
    __rate_interval_ms: String(rateMs),
    __rate_interval: formatDuration(rateMs),
    __range_ms: String(rangeMs),
    __range_s: String(Math.round(rangeMs / SECOND)),
    __range: `${Math.max(1, Math.round(rangeMs / SECOND))}s`,
    __from: String(range.fromMs),
    __to: String(range.toMs),
  };
  return expr.replaceAll(
    /\$(?:\{(__\w+)\}|(__\w+))|\[\[(__\w+)\]\]/g,
    (text, braced?: string, plain?: string, old?: string) => macros[braced ?? plain ?? old ?? ""] ?? text,
  );
}
