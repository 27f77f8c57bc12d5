/**
 * Ranges that are asked for in pieces, and their answers joined: days as people count them, of which one has 23 or 25 hours
 * where a clock is changed; and long ranges up to this moment.
 */

import type { Frame, Labels, Series } from "../api/frames";
import { DAY_MS, type Grid } from "../model/step";
import { aheadOfUtc, fromWallClock, wallClock } from "../model/zone";

/** The midnight with which the day begins that lies `days` after that of a time. */
function midnight(ms: number, days: number): number {
  const { year, month, day } = wallClock(ms);
  return fromWallClock({ year, month, day: day + days, hour: 0, minute: 0, second: 0 });
}

/** Whether the clock is changed between the first and the last step of a grid, or within the last. */
export const changesClock = ({ startMs, endMs, stepMs }: Grid): boolean =>
  stepMs % DAY_MS === 0 && aheadOfUtc(startMs) !== aheadOfUtc(endMs + stepMs);

/** A grid of days in pieces whose steps are all as long as their days, each from midnight on. */
export function dayPieces({ startMs, endMs, stepMs }: Grid): Grid[] {
  const days = stepMs / DAY_MS;
  const last = endMs + aheadOfUtc(endMs);
  const count = Math.round((last - (startMs + aheadOfUtc(startMs))) / stepMs);
  // The last step was put on midnight by the clock of the range's end, the others are counted back from it.
  const begins = Array.from({ length: count + 2 }, (_, at) => midnight(endMs, (at - count) * days));
  const pieces: Grid[] = [];
  for (const [at, begin] of begins.slice(0, -1).entries()) {
    const length = begins[at + 1]! - begin;
    const piece = pieces.at(-1);
    if (piece?.stepMs === length) piece.endMs = begin;
    else pieces.push({ startMs: begin, endMs: begin, stepMs: length });
  }
  return pieces;
}

/**
 * A grid that ends between two multiples of its step, as the multiples before its end and the end by itself: a refresh moves
 * only the last point, and there are as many as before.
 */
export function endPieces({ startMs, endMs, stepMs }: Grid): Grid[] {
  const lastMs = Math.floor(endMs / stepMs) * stepMs;
  const steps = Math.round((endMs - startMs) / stepMs);
  const aligned = { startMs: lastMs - steps * stepMs, endMs: lastMs, stepMs };
  if (lastMs === endMs) return [aligned];
  return [
    { ...aligned, startMs: aligned.startMs + stepMs },
    { startMs: endMs, endMs, stepMs },
  ];
}

const nameOf = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort());

/** Answers of one question for pieces of time, as one: a series is a gap where a piece lacks it. */
export function joinFrames(frames: readonly Frame[], stepMs: number): Frame {
  const times = Float64Array.from(frames.flatMap((frame) => [...frame.times]));
  const found = new Map<string, Series>();
  let offset = 0;
  for (const frame of frames) {
    for (const { labels, values, presence } of frame.series) {
      const name = nameOf(labels);
      const whole = found.get(name) ?? { labels, values: new Float64Array(times.length).fill(NaN) };
      found.set(name, whole);
      whole.values.set(values, offset);
      if (presence !== undefined && whole.presence === undefined)
        whole.presence = Uint8Array.from(whole.values, (value) => Number(!Number.isNaN(value)));
      whole.presence?.set(
        presence ?? Uint8Array.from(values, (value) => Number(!Number.isNaN(value))),
        offset,
      );
    }
    offset += frame.times.length;
  }
  const warnings = [...new Set(frames.flatMap((frame) => frame.warnings))];
  return { times, series: [...found.values()], step: stepMs, warnings };
}
