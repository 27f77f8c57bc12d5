/** The time range of a panel: the page's, or its own, or an earlier one. Pure. */

import { isRelative, parseDuration, resolveRange, type RawRange, type TimeRange } from "./timerange";

interface Override {
  timeFrom?: string;
  timeShift?: string;
  hidesTime?: boolean;
}

/** `6h` counts back from now; `now/d` stands by itself. */
const rawFrom = (text: string): RawRange => ({
  from: text.startsWith("now") ? text : `now-${text}`,
  to: "now",
});

/** Length of `1d`, `-1d` or `1d/d` in ms; 0 for what is none. */
const shiftMs = (text = ""): number => parseDuration(text.replace(/^[-+]/, "").split("/")[0]!) ?? 0;

/** A range of the panel's own holds only where the page's moves with the clock: who chose two days means them. */
export function panelRange(
  raw: RawRange,
  { timeFrom, timeShift }: Override,
  nowMs: number,
): TimeRange | undefined {
  const own = timeFrom === undefined || !isRelative(raw) ? undefined : resolveRange(rawFrom(timeFrom), nowMs);
  const range = own ?? resolveRange(raw, nowMs);
  const back = shiftMs(timeShift);
  return range === undefined ? undefined : { fromMs: range.fromMs - back, toMs: range.toMs - back };
}

/** What the header says about it: `last 6h, 1d earlier`; undefined where there is nothing to say. */
export function describeOverride(
  { timeFrom, timeShift, hidesTime }: Override,
  raw: RawRange,
): string | undefined {
  if (hidesTime === true) return undefined;
  const parts = [
    timeFrom !== undefined &&
      isRelative(raw) &&
      (timeFrom.startsWith("now") ? `from ${timeFrom}` : `last ${timeFrom}`),
    shiftMs(timeShift) > 0 && `${timeShift!.replace(/^[-+]/, "")} earlier`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? undefined : parts.join(", ");
}
