/** How a number in a unit is written for people. Converts for display only. Pure. */

import { formatDate } from "./dateformat";
import { entryOf } from "./json";
import { describeAge, formatTime } from "./timerange";
import { zoneNow } from "./zone";
import {
  count,
  CURRENCIES,
  plain,
  quantity,
  SECONDS,
  splitPrefix,
  TRAILING_CURRENCIES,
  UNITS,
  type Scale,
} from "./unit-table";

/** A number as text, its unit apart so that it can be drawn smaller. */
export interface Formatted {
  text: string;
  suffix: string;
  /** Stands before the number: a currency sign. */
  prefix?: string;
}

type Special = (value: number, decimals?: number) => Formatted;

const MINUS = "\u2212";

const word = (text: string): Formatted => ({ text, suffix: "" });
const date =
  (pattern: string): Special =>
  (value) =>
    word(formatDate(value, pattern));

/** Without the date where that is today's. */
const shortToday =
  (pattern: string, time: string): Special =>
  (value) =>
    word(formatDate(value, formatDate(value, "L") === formatDate(Date.now(), "L") ? time : pattern));

/** As the browser's language writes it, in the page's zone. */
function localDate(ms: number): string {
  const zone = zoneNow();
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "–";
  return date.toLocaleString(
    undefined,
    zone === "browser" ? {} : { timeZone: zone === "utc" ? "UTC" : zone },
  );
}

const ISO = "YYYY-MM-DD HH:mm:ss";
const US = "MM/DD/YYYY h:mm:ss a";

/** Units that are no scale: durations in words, dates, truth values. */
const SPECIAL: Readonly<Record<string, Special>> = {
  dtdurations: (value) => word(durationWords(value)),
  dtdurationms: (value) => word(durationWords(value / 1000)),
  dthms: (value) => word(clock(value)),
  dtdhms: (value) => word(daysAndClock(value)),
  clocks: (value, decimals) => word(clockWords(value * 1000, decimals)),
  clockms: (value, decimals) => word(clockWords(value, decimals)),
  dateTimeAsIso: (value) => word(Number.isFinite(value) ? formatTime(value) : "–"),
  dateTimeAsIsoNoDateIfToday: shortToday(ISO, "HH:mm:ss"),
  dateTimeAsUS: date(US),
  dateTimeAsUSNoDateIfToday: shortToday(US, "h:mm:ss a"),
  dateTimeAsLocal: (value) => word(localDate(value)),
  dateTimeAsLocalNoDateIfToday: shortToday(ISO, "HH:mm:ss"),
  dateTimeAsSystem: date(ISO),
  dateTimeFromNow: (value) => word(fromNow(value, Date.now())),
  bool: (value) => word(value === 0 ? "False" : "True"),
  bool_yes_no: (value) => word(value === 0 ? "No" : "Yes"),
  bool_on_off: (value) => word(value === 0 ? "Off" : "On"),
  hex: (value) => word(hex(value)),
  hex0x: (value) => word(`0x${hex(value)}`),
  sci: (value, decimals) => word(value.toExponential(decimals).replace("-", MINUS)),
  locale: (value, decimals) => word(value.toLocaleString("en", fixed(decimals))),
  string: (value) => word(String(value)),
};

const fixed = (decimals?: number): Intl.NumberFormatOptions =>
  decimals === undefined ? {} : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };

const hex = (value: number): string => Math.round(value).toString(16).toUpperCase();

/** `in 5 min`, `3 h ago`. */
function fromNow(ms: number, nowMs: number): string {
  return ms > nowMs ? `in ${describeAge(ms - nowMs)}` : `${describeAge(nowMs - ms)} ago`;
}

/** `3 d 4 h`, `2 h 0 min`, `12 min 5 s`: the largest part of a duration in seconds, and always the one after it. */
function durationWords(seconds: number): string {
  const sizes = SECONDS.slice(3)
    .reverse()
    .filter(([suffix]) => suffix !== "wk");
  const whole = Math.abs(Math.round(seconds));
  const at = sizes.findIndex(([, size]) => whole >= size);
  if (at < 0) return "0 s";
  const [suffix, size] = sizes[at]!;
  const [small, part] = sizes[at + 1] ?? ["", 0];
  const rest = part === 0 ? "" : ` ${Math.floor((whole % size) / part)} ${small}`;
  return `${seconds < 0 ? MINUS : ""}${Math.floor(whole / size)} ${suffix}${rest}`;
}

/** `26:01:05`: hours go on counting. */
function clock(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const text = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return seconds < 0 ? MINUS + text : text;
}

/** `1 d 02:01:05`. */
function daysAndClock(seconds: number): string {
  const days = Math.floor(Math.abs(seconds) / 86400);
  const rest = clock(Math.abs(seconds) - days * 86400);
  return `${seconds < 0 ? MINUS : ""}${days > 0 ? `${days} d ` : ""}${rest}`;
}

/** `01h:02m:05s`: as many parts after the first as there are decimals; milliseconds only where there are some. */
function clockWords(ms: number, decimals = 3): string {
  const whole = Math.round(Math.abs(ms));
  const parts = [
    [Math.floor(whole / 3_600_000), 2, "h"],
    [Math.floor(whole / 60_000) % 60, 2, "m"],
    [Math.floor(whole / 1000) % 60, 2, "s"],
    [whole % 1000, 3, "ms"],
  ] as const;
  const first = Math.max(
    0,
    parts.findIndex(([amount]) => amount > 0),
  );
  const shown = parts.slice(first, first + decimals + 1);
  if (shown.length > 1 && shown.at(-1)![2] === "ms" && shown.at(-1)![0] === 0) shown.pop();
  const text = shown.map(([amount, places, unit]) => String(amount).padStart(places, "0") + unit).join(":");
  return ms < 0 ? MINUS + text : whole === 0 ? "0s" : text;
}

/** How numbers of a unit are written: scales to choose from, and a sign before them. */
interface Form {
  scales: readonly Scale[];
  prefix?: string;
  money?: boolean;
}

/** Currencies count in thousands, millions and billions; unknown text is a suffix, as in Grafana. */
function formOf(unit: string): Form {
  const sign = entryOf(CURRENCIES, unit);
  if (sign !== undefined) return { scales: count(""), prefix: sign, money: true };
  const trailing = entryOf(TRAILING_CURRENCIES, unit);
  if (trailing !== undefined) return { scales: count(trailing), money: true };
  const [kind, rest] = splitOnce(unit);
  if (rest === undefined) return { scales: entryOf(UNITS, unit) ?? plain(` ${unit}`) };
  return entryOf(CUSTOM, kind)?.(rest) ?? { scales: plain(` ${unit}`) };
}

/** Units that carry their own text after a colon. */
const CUSTOM: Readonly<Record<string, (rest: string) => Form>> = {
  si: (rest) => {
    const [factor, unit] = splitPrefix(rest.trim());
    return { scales: quantity(unit, factor) };
  },
  count: (rest) => ({ scales: count(rest === "" ? "" : ` ${rest.trim()}`) }),
  suffix: (rest) => ({ scales: plain(rest) }),
  prefix: (rest) => ({ scales: plain(""), prefix: rest }),
  currency: (rest) =>
    rest.startsWith("suffix:")
      ? { scales: count(` ${rest.slice("suffix:".length)}`), money: true }
      : { scales: count(""), prefix: rest, money: true },
};

function splitOnce(text: string, mark = ":"): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** `bool:Up/Down`: the words for what is true and what is not; without the second, a dash. */
function truth(words: string): Special {
  const [yes, no = "-"] = splitOnce(words, "/");
  return (value) => word(value === 0 ? no : yes);
}

/** The writer of a unit that is no scale. */
function specialOf(unit: string): Special | undefined {
  const [kind, rest] = splitOnce(unit);
  if (rest === undefined) return entryOf(SPECIAL, unit);
  return kind === "time" ? date(rest) : kind === "bool" ? truth(rest) : undefined;
}

/** Cents, and two digits of what is less than one. */
const moneyDecimals = (size: number): number =>
  size === 0 || size >= 1 ? 2 : Math.min(MOST_DECIMALS, Math.max(2, 1 - Math.floor(Math.log10(size))));

/** From here on, three significant digits round up to the next power. */
const ROUNDS_UP = 0.9995;

/** The written form that suits a number of this size: at least 1 where there is one. */
function scaleFor(scales: readonly Scale[], size: number): Scale {
  const one = scales.find((scale) => scale.by === 1) ?? scales[0]!;
  if (size === 0) return one;
  return scales.findLast((scale) => size / scale.by >= ROUNDS_UP) ?? scales[0]!;
}

const MOST_DECIMALS = 6;

/** More digits than a number has; beyond 100 the language itself refuses. */
const MOST_ASKED = 20;

/** As many decimals as a document asks for, within what can be written. */
const asked = (decimals: number | undefined): number | undefined =>
  decimals === undefined ? undefined : Math.min(MOST_ASKED, Math.max(0, Math.trunc(decimals)));

/** Three significant digits; whole numbers stay whole. */
function autoDecimals(size: number, most: number): number {
  if (Number.isInteger(size)) return 0;
  return Math.min(most, Math.max(0, 2 - Math.floor(Math.log10(size / ROUNDS_UP))));
}

function digits(value: number, decimals: number | undefined, most = MOST_DECIMALS): string {
  const size = Math.abs(value);
  const text = size.toFixed(decimals ?? autoDecimals(size, most));
  const sign = value < 0 ? MINUS : "";
  if (Number(text) !== 0) return sign + text;
  const isTiny = size > 0 && decimals === undefined && most === MOST_DECIMALS;
  return isTiny ? sign + String(Number(size.toPrecision(3))) : text; // zeros would say that there is nothing
}

function notFinite(value: number): Formatted {
  return { text: Number.isNaN(value) ? "NaN" : `${value < 0 ? MINUS : ""}∞`, suffix: "" };
}

/** Writes `value` (in `unit`) for people; `decimals` undefined means three significant digits. */
export function format(value: number, unit = "short", decimals?: number): Formatted {
  if (!Number.isFinite(value)) return notFinite(value);
  const special = specialOf(unit);
  if (special !== undefined) return special(value, asked(decimals));
  const { scales, prefix, money = false } = formOf(unit);
  const scale = scaleFor(scales, Math.abs(value));
  const scaled = value / scale.by;
  const most = scale.suffix === "%" ? 2 : MOST_DECIMALS; // a thousandth of a percent is noise
  const places = asked(decimals) ?? (money ? moneyDecimals(Math.abs(scaled)) : undefined);
  const text = digits(scaled, places, most);
  return { ...(prefix === undefined ? {} : { prefix }), text, suffix: scale.suffix };
}

/** The same as one string: `1.84 GiB`, `42%`, `$12.00`. A no-break space parts number and letters. */
export function formatText(value: number, unit?: string, decimals?: number): string {
  const { prefix = "", text, suffix } = format(value, unit, decimals);
  const joint = /^[\p{L}]/u.test(suffix) ? "\u00a0" : "";
  return `${prefix}${text}${joint}${suffix.replace(/^ /, "\u00a0")}`;
}

/** Base of the unit's prefixes: axis marks fall on round numbers of 1024 or of 10. */
export const isBinary = (unit: string | undefined): boolean =>
  entryOf(UNITS, unit ?? "")?.some((s) => s.suffix.startsWith("Ki")) ?? false;

/**
 * Axis labels: one scale and one number of decimals for all marks, chosen by the largest mark and the distance
 * between marks, so that 1.5 GiB stands above 1.0 GiB.
 */
export function formatAxis(marks: readonly number[], unit = "short", decimals?: number): string[] {
  const largest = Math.max(0, ...marks.map(Math.abs));
  if (specialOf(unit) !== undefined) return marks.map((mark) => formatText(mark, unit, decimals));
  const { scales, prefix = "" } = formOf(unit);
  const scale = scaleFor(scales, largest);
  const apart = marks.length > 1 ? Math.abs(marks[1]! - marks[0]!) / scale.by : 1;
  const places = asked(decimals) ?? decimalsFor(apart);
  const joint = /^[\p{L}]/u.test(scale.suffix) ? "\u00a0" : "";
  return marks.map(
    (mark) => prefix + digits(mark / scale.by, places) + joint + scale.suffix.replace(/^ /, "\u00a0"),
  );
}

/** Decimals that tell marks apart that are `apart` from each other. */
function decimalsFor(apart: number): number {
  for (let places = 0; places < 6; places += 1) {
    const shifted = apart * 10 ** places;
    if (Math.abs(shifted - Math.round(shifted)) < 1e-6 * shifted) return places;
  }
  return 6;
}
