/** Times written by a pattern of letters (`YYYY-MM-DD HH:mm`), as Grafana's `time:` units and `$__from:date:` take them. Pure. */

import { entryOf } from "./json";
import { wallClock } from "./zone";

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

const two = (value: number): string => String(value).padStart(2, "0");
const twelve = (hour: number): number => hour % 12 || 12;

function ordinal(day: number): string {
  const teen = day % 100 >= 11 && day % 100 <= 13;
  return `${day}${teen ? "th" : (["th", "st", "nd", "rd"][day % 10] ?? "th")}`;
}

/** A time on the clock of the page's zone. */
interface Moment {
  ms: number;
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** 0 is Sunday. */
  weekday: number;
  /** Minutes that the zone is ahead of UTC. */
  ahead: number;
}

function momentOf(ms: number): Moment {
  const wall = wallClock(ms);
  const { year, month, day, hour, minute, second } = wall;
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second);
  return {
    ...wall,
    ms,
    weekday: new Date(asUtc).getUTCDay(),
    ahead: Math.round((asUtc - ms) / 60_000),
  };
}

/** `+02:00` */
function offset({ ahead }: Moment, colon: string): string {
  const size = Math.abs(ahead);
  return `${ahead < 0 ? "-" : "+"}${two(Math.floor(size / 60))}${colon}${two(size % 60)}`;
}

const TOKENS: Readonly<Record<string, (at: Moment) => string>> = {
  YYYY: (at) => String(at.year),
  YY: (at) => two(at.year % 100),
  MMMM: (at) => MONTHS[at.month - 1]!,
  MMM: (at) => MONTHS[at.month - 1]!.slice(0, 3),
  MM: (at) => two(at.month),
  M: (at) => String(at.month),
  Do: (at) => ordinal(at.day),
  DD: (at) => two(at.day),
  D: (at) => String(at.day),
  dddd: (at) => DAYS[at.weekday]!,
  ddd: (at) => DAYS[at.weekday]!.slice(0, 3),
  d: (at) => String(at.weekday),
  HH: (at) => two(at.hour),
  H: (at) => String(at.hour),
  hh: (at) => two(twelve(at.hour)),
  h: (at) => String(twelve(at.hour)),
  mm: (at) => two(at.minute),
  m: (at) => String(at.minute),
  ss: (at) => two(at.second),
  s: (at) => String(at.second),
  SSS: ({ ms }) => String(((ms % 1000) + 1000) % 1000).padStart(3, "0"),
  A: (at) => (at.hour < 12 ? "AM" : "PM"),
  a: (at) => (at.hour < 12 ? "am" : "pm"),
  ZZ: (at) => offset(at, ""),
  Z: (at) => offset(at, ":"),
  X: ({ ms }) => String(Math.floor(ms / 1000)),
  x: ({ ms }) => String(ms),
};

/** Patterns that have a short name. */
const NAMED: Readonly<Record<string, string>> = {
  L: "MM/DD/YYYY",
  LL: "MMMM D, YYYY",
  LLL: "MMMM D, YYYY h:mm A",
  LLLL: "dddd, MMMM D, YYYY h:mm A",
  LT: "h:mm A",
  LTS: "h:mm:ss A",
};

const PATTERN = /\[([^\]]*)\]|YYYY|YY|MMMM|MMM|MM|M|Do|DD|D|dddd|ddd|d|HH|H|hh|h|mm|m|ss|s|SSS|A|a|ZZ|Z|X|x/g;

/** A time in ms by its pattern, in the page's zone; letters in square brackets stand for themselves. */
export function formatDate(ms: number, pattern: string): string {
  if (Number.isNaN(new Date(ms).getTime())) return "–";
  const at = momentOf(Math.trunc(ms));
  return (entryOf(NAMED, pattern) ?? pattern).replaceAll(
    PATTERN,
    (token, literal?: string) => literal ?? TOKENS[token]!(at),
  );
}
