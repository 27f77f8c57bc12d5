/**
 * The time zone in which times are written and read: the browser's own, UTC, or a named one. One for the whole page, so
 * that no two places can disagree; `state/zone.ts` sets it.
 */

/** `browser`, `utc`, or a name of the tz database such as `Europe/Berlin`. */
export type Zone = string;

export interface WallClock {
  year: number;
  /** 1 to 12 */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

let current: Zone = "browser";
let formatter: Intl.DateTimeFormat | undefined;

const makeFormatter = (zone: Zone): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });

/** Whether a zone can be used here. */
export function isZone(zone: Zone): boolean {
  if (zone === "browser" || zone === "utc") return true;
  try {
    makeFormatter(zone);
    return true;
  } catch {
    return false;
  }
}

/** Chooses the zone; one that is not known counts as the browser's. */
export function setZone(zone: Zone): void {
  current = isZone(zone) ? zone : "browser";
  formatter = current === "browser" || current === "utc" ? undefined : makeFormatter(current);
}

/** The zone in effect. */
export const zoneNow = (): Zone => current;

/** What a clock on the wall shows at a time. */
export function wallClock(ms: number): WallClock {
  const date = new Date(ms);
  if (formatter !== undefined && !Number.isNaN(ms)) return named(formatter, date);
  if (current === "utc") {
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
    };
  }
  return {
    year: date.getFullYear(),
    month: date.getMonth() + 1,
    day: date.getDate(),
    hour: date.getHours(),
    minute: date.getMinutes(),
    second: date.getSeconds(),
  };
}

function named(format: Intl.DateTimeFormat, date: Date): WallClock {
  const parts = new Map(format.formatToParts(date).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return {
    year: part("year"),
    month: part("month"),
    day: part("day"),
    hour: part("hour"),
    minute: part("minute"),
    second: part("second"),
  };
}

const asUtc = ({ year, month, day, hour, minute, second }: WallClock): number =>
  Date.UTC(year, month - 1, day, hour, minute, second);

/** By how many ms the clock on the wall is ahead of UTC at a time. */
export function aheadOfUtc(ms: number): number {
  const whole = Math.floor(ms / 1000) * 1000;
  return asUtc(wallClock(whole)) - whole;
}

/** The time at which the wall shows this; parts beyond their bounds carry over, as in `Date`. */
export function fromWallClock(wall: WallClock): number {
  if (current === "browser") {
    return new Date(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second).getTime();
  }
  const guess = asUtc(wall);
  if (current === "utc") return guess;
  const once = guess - (asUtc(wallClock(guess)) - guess);
  return guess - (asUtc(wallClock(once)) - once); // the offset may change between the two
}
