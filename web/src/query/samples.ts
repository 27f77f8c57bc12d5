/** What the samples of a panel's frames tell about its state: how old they are, and whether there is a value. Pure. */

import type { Frame, Series } from "../api/frames";

/** The newest place at which there is a sample; a NaN is one where `presence` says so. -1 without any. */
const lastSample = ({ values, presence }: Series): number =>
  presence === undefined
    ? values.findLastIndex((value) => !Number.isNaN(value))
    : presence.findLastIndex((there) => there !== 0);

const lastValue = ({ values }: Series): number => values.findLastIndex((value) => !Number.isNaN(value));

/** Time of the newest place that `find` gives for any series; -Infinity where it gives none. */
function newestMs(frames: readonly Frame[], find: (series: Series) => number): number {
  return frames.reduce((newest, { times, series }) => {
    const at = series.reduce((last, one) => Math.max(last, find(one)), -1);
    return at < 0 ? newest : Math.max(newest, times[at]!);
  }, -Infinity);
}

/** Time of the newest sample in any frame; -Infinity without one. */
export const lastSampleMs = (frames: readonly Frame[]): number => newestMs(frames, lastSample);

/** Time of the newest sample that is a number; -Infinity without one. */
export const lastValueMs = (frames: readonly Frame[]): number => newestMs(frames, lastValue);

export type Values = "none" | "not a number" | "infinite" | "some";

/** Whether the frames hold anything that can be drawn as a line; `none`: there is no series at all. */
export function valuesOf(frames: readonly Frame[]): Values {
  const all = frames.flatMap(({ series }) => series);
  if (all.length === 0) return "none";
  if (all.some(({ values }) => values.some(Number.isFinite))) return "some";
  return all.some(({ values }) => values.some((value) => !Number.isNaN(value))) ? "infinite" : "not a number";
}
