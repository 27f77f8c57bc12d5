/** Grafana's writing of relative times: `now`, then steps `-1M`, `/d`, `+8h`, each done in the page's zone. Pure. */

import { fromWallClock, wallClock } from "./zone";

/** What a week and a fiscal year begin with. */
export interface Calendar {
  /** 0 is Sunday. */
  weekStart: number;
  /** 0 is January. */
  fiscalStart: number;
}

export const ISO_CALENDAR: Calendar = { weekStart: 1, fiscalStart: 0 };

let calendar = ISO_CALENDAR;

/** Chooses the calendar of the whole page; `state/zone.ts` sets it. */
export function setCalendar(chosen: Calendar): void {
  calendar = chosen;
}

/** Units of a fixed length, in ms. */
const FIXED_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
const MIDNIGHT = { hour: 0, minute: 0, second: 0 };

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** The same day of another month, or its last one where it has no such day. */
function addMonths(ms: number, amount: number): number {
  const wall = wallClock(ms);
  const months = wall.year * 12 + wall.month - 1 + amount;
  const [year, month] = [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1];
  const moved = { ...wall, year, month, day: Math.min(wall.day, daysIn(year, month)) };
  return fromWallClock(moved) + (((ms % 1000) + 1000) % 1000);
}

function addDays(ms: number, amount: number): number {
  const wall = wallClock(ms);
  return fromWallClock({ ...wall, day: wall.day + amount }) + (((ms % 1000) + 1000) % 1000);
}

const MONTHS: Readonly<Record<string, number>> = { M: 1, Q: 3, y: 12 };

/** Hours and less are lengths; days and more keep what the clock on the wall shows. */
function add(ms: number, amount: number, unit: string): number {
  if (amount === 0) return ms;
  const months = MONTHS[unit];
  if (months !== undefined) return addMonths(ms, amount * months);
  if (unit === "d" || unit === "w") return addDays(ms, amount * (unit === "w" ? 7 : 1));
  return ms + amount * FIXED_MS[unit]!;
}

const daysSince = (weekStart: number, year: number, month: number, day: number): number =>
  (new Date(Date.UTC(year, month - 1, day)).getUTCDay() - weekStart + 7) % 7;

function startOf(ms: number, unit: string, fiscal: boolean): number {
  const size = FIXED_MS[unit];
  if (size !== undefined && unit !== "h") return Math.floor(ms / size) * size;
  const { year, month, day, hour } = wallClock(ms);
  if (unit === "h") {
    // An hour of the clock may come twice, and then this one need not be the one that its wall clock names.
    const into = (ms - fromWallClock({ year, month, day, ...MIDNIGHT, hour })) % FIXED_MS.h!;
    return ms - ((into + FIXED_MS.h!) % FIXED_MS.h!);
  }
  if (unit === "d") return fromWallClock({ year, month, day, ...MIDNIGHT });
  if (unit === "w") {
    const back = daysSince(calendar.weekStart, year, month, day);
    return fromWallClock({ year, month, day: day - back, ...MIDNIGHT });
  }
  const into = month - 1 - (fiscal ? calendar.fiscalStart : 0);
  const length = MONTHS[unit]!;
  const first = month - (((into % length) + length) % length);
  return fromWallClock({ year, month: first, day: 1, ...MIDNIGHT });
}

function round(ms: number, unit: string, fiscal: boolean, end: boolean): number {
  const start = startOf(ms, unit, fiscal);
  return end ? add(start, 1, unit) - 1 : start;
}

const STEP = String.raw`[+-]\d{0,9}[smhdwMQy]|\/(?:[smhdwMQy]|f[Qy])`;
const WHOLE = new RegExp(`^now(?:${STEP})*$`);
const EACH = new RegExp(STEP, "g");

/** The time that a text such as `now-1d/d+8h` means; undefined when it is none. `end`: `/d` goes to the last ms. */
export function relativeTime(text: string, nowMs: number, end: boolean): number | undefined {
  if (!WHOLE.test(text)) return undefined;
  return [...text.matchAll(EACH)].reduce((ms, [step]) => {
    const unit = step.at(-1)!;
    if (step.startsWith("/")) return round(ms, unit, step[1] === "f", end);
    const digits = step.slice(1, -1);
    const amount = digits === "" ? 1 : Number(digits);
    return add(ms, step.startsWith("-") ? -amount : amount, unit);
  }, nowMs);
}
