/** Axis ranges and marks. Pure. */

import { isBinary } from "../model/units";
import { wallClock } from "../model/zone";

export interface AxisBounds {
  min?: number | undefined;
  max?: number | undefined;
  softMin?: number | undefined;
  softMax?: number | undefined;
  /** The axis starts at zero: areas and bars would lie otherwise. */
  fromZero: boolean;
  /** Zero stands in the middle. */
  centred?: boolean;
}

/** Air above the highest point, as a share of the range. */
const HEADROOM = 0.08;

/** Where bounds leave no range, as Grafana's `UPlotScaleBuilder` has it. */
const NO_RANGE: readonly [number, number] = [0, 100];

/** The range of a value axis for data between `low` and `high`. */
export function valueRange(low: number | null, high: number | null, bounds: AxisBounds): [number, number] {
  let [bottom, top] = [low ?? 0, high ?? 1];
  if (bounds.softMin !== undefined) bottom = Math.min(bottom, bounds.softMin);
  if (bounds.softMax !== undefined) top = Math.max(top, bounds.softMax);
  const close = bottom >= 0 && bottom <= top * 0.6;
  if (bounds.fromZero || close) [bottom, top] = [Math.min(0, bottom), Math.max(0, top)];
  if (top === bottom) top = bottom + (bottom === 0 ? 1 : Math.abs(bottom) * 0.1);
  const air = (top - bottom) * HEADROOM;
  const softTop = top === 0 || top === bounds.softMax ? top : top + air;
  const softBottom = bottom === 0 || bottom === bounds.softMin ? bottom : bottom - air;
  if (bounds.centred === true) {
    const far = Math.max(Math.abs(softBottom), Math.abs(softTop));
    return orGuard(bounds.min ?? -far, bounds.max ?? far);
  }
  return orGuard(bounds.min ?? softBottom, bounds.max ?? softTop);
}

const orGuard = (from: number, to: number): [number, number] => (from < to ? [from, to] : [...NO_RANGE]);

/** The range of a logarithmic axis: whole powers of the base around what is positive. */
export function logRange(
  low: number | null,
  high: number | null,
  base: number,
  { min, max }: Pick<AxisBounds, "min" | "max">,
): [number, number] {
  const top = high !== null && high > 0 ? high : base;
  const bottom = low !== null && low > 0 ? low : top / base ** 4;
  const power = (value: number): number => Math.log(value) / Math.log(base);
  const from = min !== undefined && min > 0 ? min : base ** Math.floor(power(bottom) + 1e-9);
  const to = max !== undefined && max > from ? max : base ** Math.ceil(power(top) - 1e-9);
  return [from, to > from ? to : from * base];
}

const DECIMAL_STEPS = [1, 2, 2.5, 5];

/** Distances between marks that read well in a unit: powers of two for binary prefixes, else 1, 2, 2.5, 5. */
export function markSteps(unit: string | undefined): number[] {
  if (isBinary(unit)) return Array.from({ length: 60 }, (_, power) => 2 ** power);
  if (unit === "s")
    return [
      ...decades(-9, -1),
      1,
      2,
      5,
      10,
      15,
      30,
      60,
      120,
      300,
      600,
      1800,
      3600,
      7200,
      21600,
      86400,
      ...decades(5, 10),
    ];
  return decades(-9, 18);
}

const decades = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, at) =>
    DECIMAL_STEPS.map((step) => step * 10 ** (from + at)),
  ).flat();

const [SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS] = [1000, 60_000, 3_600_000, 86_400_000] as const;
const times = (unit: number, ...factors: number[]): number[] => factors.map((factor) => factor * unit);

/** Distances between marks of a time axis, as clocks and calendars have them; months and years are as uPlot knows them. */
export const TIME_STEPS_MS: readonly number[] = [
  ...times(1, 1, 2, 5, 10, 20, 50, 100, 200, 500),
  ...times(SECOND_MS, 1, 2, 5, 10, 15, 30),
  ...times(MINUTE_MS, 1, 2, 5, 10, 15, 30),
  ...times(HOUR_MS, 1, 2, 3, 4, 6, 8, 12),
  ...times(DAY_MS, 1, 2, 3, 4, 5, 7, 10, 15),
  ...times(30 * DAY_MS, 1, 2, 3, 4, 6),
  ...times(365 * DAY_MS, 1, 2, 5, 10, 25, 50, 100),
];

/** `09:05` or `Nov 21` with air around it, and `09:05:30`. */
const [SHORT_MARK_PX, LONG_MARK_PX] = [60, 76];

/** px that a mark needs on a time axis of this length. */
export const timeSpace = (fromMs: number, toMs: number, widthPx: number): number =>
  ((toMs - fromMs) / widthPx) * SHORT_MARK_PX < MINUTE_MS ? LONG_MARK_PX : SHORT_MARK_PX;

/** How uPlot lays out a time axis. */
export const timeAxis = {
  size: 26,
  gap: 6,
  incrs: [...TIME_STEPS_MS],
  space: (_: unknown, __: number, fromMs: number, toMs: number, widthPx: number): number =>
    timeSpace(fromMs, toMs, widthPx),
  values: (_: unknown, marks: number[], __: number, ___: number, apartMs: number): string[] =>
    timeMarks(marks, apartMs),
};

const pad = (value: number): string => String(value).padStart(2, "0");
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** Labels of a time axis with marks `apartMs` apart: dates at midnight, seconds only where they differ. */
export function timeMarks(marks: readonly number[], apartMs: number): string[] {
  return marks.map((ms) => {
    const { month, day, hour, minute, second } = wallClock(ms);
    const midnight = hour === 0 && minute === 0 && second === 0;
    if (apartMs >= DAY_MS || midnight) return `${MONTHS[month - 1]!} ${day}`;
    const minutes = `${pad(hour)}:${pad(minute)}`;
    return apartMs >= MINUTE_MS ? minutes : `${minutes}:${pad(second)}`;
  });
}

/** A date whose local parts are those of the page's time zone. */
export function zonedDate(ms: number): Date {
  const { year, month, day, hour, minute, second } = wallClock(ms);
  return new Date(year, month - 1, day, hour, minute, second, ms % 1000);
}
