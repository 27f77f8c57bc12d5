/** Units: one table from Grafana's unit names to how a number is written. Converts for display only. Pure. */

/** A number as text, its unit apart so that it can be drawn smaller. */
export interface Formatted {
  text: string;
  suffix: string;
  /** Stands before the number: a currency sign. */
  prefix?: string;
}

/** One written form: from `from` upward, divided by `by`, followed by `suffix`. */
interface Scale {
  by: number;
  suffix: string;
}

const SI = ["", "k", "M", "G", "T", "P", "E"];
const IEC = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const SMALL = ["m", "µ", "n"];

/** Prefixed forms of a unit; `down` adds milli, micro, nano. */
function scaled(base: number, prefixes: readonly string[], unit: string, factor = 1, down = false): Scale[] {
  const up = prefixes.map((prefix, power) => ({ by: base ** power / factor, suffix: prefix + unit }));
  const below = down
    ? SMALL.map((prefix, power) => ({ by: base ** -(power + 1) / factor, suffix: prefix + unit }))
    : [];
  return [...below.reverse(), ...up];
}

const plain = (suffix: string, by = 1): Scale[] => [{ by, suffix }];
const si = (unit: string, factor = 1): Scale[] => scaled(1000, SI, unit, factor);
const iec = (unit: string, factor = 1): Scale[] => scaled(1024, IEC, unit, factor);
/** Counts use Grafana's capital K and what a billion is called. */
const COUNT = ["", "K", "M", "B", "T"];
const count = (unit: string): Scale[] => scaled(1000, COUNT, unit);

const SECONDS = [
  ["ns", 1e-9],
  ["µs", 1e-6],
  ["ms", 1e-3],
  ["s", 1],
  ["min", 60],
  ["h", 3600],
  ["d", 86400],
  ["wk", 604800],
  ["y", 31557600],
] as const;

/** Time in a unit of `seconds`, written in whichever unit fits. */
const time = (seconds: number): Scale[] => SECONDS.map(([suffix, size]) => ({ by: size / seconds, suffix }));

const UNITS: Readonly<Record<string, readonly Scale[]>> = {
  none: plain(""),
  short: count(""),
  sishort: scaled(1000, SI, "", 1, true),
  percent: plain("%"),
  percentunit: plain("%", 0.01),
  bits: iec("b"),
  decbits: si("b"),
  bytes: iec("B"),
  decbytes: si("B"),
  kbytes: iec("B", 1024),
  mbytes: iec("B", 1024 ** 2),
  gbytes: iec("B", 1024 ** 3),
  deckbytes: si("B", 1e3),
  decmbytes: si("B", 1e6),
  Bps: si("B/s"),
  binBps: iec("B/s"),
  bps: si("b/s"),
  binbps: iec("b/s"),
  KBs: si("B/s", 1e3),
  MBs: si("B/s", 1e6),
  ns: time(1e-9),
  µs: time(1e-6),
  ms: time(1e-3),
  s: time(1),
  m: time(60),
  h: time(3600),
  d: time(86400),
  hertz: si("Hz"),
  rotrpm: plain(" rpm"),
  watt: scaled(1000, SI, "W", 1, true),
  volt: scaled(1000, SI, "V", 1, true),
  amp: scaled(1000, SI, "A", 1, true),
  joule: si("J"),
  celsius: plain("°C"),
  fahrenheit: plain("°F"),
  humidity: plain("%H"),
  reqps: count(" req/s"),
  rps: count(" rd/s"),
  wps: count(" wr/s"),
  ops: count(" ops/s"),
  iops: count(" io/s"),
  cps: count(" c/s"),
  mps: count(" m/s"),
  eps: count(" evt/s"),
  rowsps: count(" rows/s"),
  pps: count(" p/s"),
  reqpm: count(" req/min"),
  opm: count(" ops/min"),
  cpm: count(" c/min"),
};

const CURRENCIES: Readonly<Record<string, string>> = {
  currencyUSD: "$",
  currencyEUR: "€",
  currencyGBP: "£",
  currencyJPY: "¥",
  currencyINR: "₹",
  currencyCHF: "CHF ",
};

type Special = (value: number, decimals?: number) => Formatted;

const MINUS = "\u2212";

/** Units that are no scale: durations in words, dates, truth values. */
const SPECIAL: Readonly<Record<string, Special>> = {
  dtdurations: (value) => ({ text: durationWords(value), suffix: "" }),
  dtdurationms: (value) => ({ text: durationWords(value / 1000), suffix: "" }),
  clocks: (value) => ({ text: clock(value), suffix: "" }),
  clockms: (value) => ({ text: clock(value / 1000), suffix: "" }),
  dateTimeAsIso: (value) => ({ text: date(value), suffix: "" }),
  dateTimeAsLocal: (value) => ({ text: date(value), suffix: "" }),
  dateTimeFromNow: (value) => ({ text: date(value), suffix: "" }),
  bool: (value) => ({ text: value === 0 ? "False" : "True", suffix: "" }),
  bool_yes_no: (value) => ({ text: value === 0 ? "No" : "Yes", suffix: "" }),
  bool_on_off: (value) => ({ text: value === 0 ? "Off" : "On", suffix: "" }),
  hex: (value) => ({ text: Math.round(value).toString(16), suffix: "" }),
  locale: (value, decimals) => ({ text: value.toLocaleString("en", fixed(decimals)), suffix: "" }),
  string: (value) => ({ text: String(value), suffix: "" }),
};

const fixed = (decimals?: number): Intl.NumberFormatOptions =>
  decimals === undefined ? {} : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };

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

function clock(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

const date = (ms: number): string => new Date(ms).toISOString().replace("T", " ").slice(0, 19);

/** Scales of a unit; unknown text is a suffix, as in Grafana. */
function scalesOf(unit: string): readonly Scale[] {
  const [kind, rest] = splitOnce(unit);
  if (rest === undefined) return UNITS[unit] ?? plain(` ${unit}`);
  if (kind === "si") return scaled(1000, SI, rest, 1, true);
  if (kind === "count") return count(rest === "" ? "" : ` ${rest}`);
  return kind === "suffix" ? plain(rest) : plain(` ${unit}`);
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf(":");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function prefixOf(unit: string): string | undefined {
  const [kind, rest] = splitOnce(unit);
  return kind === "prefix" || kind === "currency" ? (rest ?? "") : CURRENCIES[unit];
}

/** From here on, three significant digits round up to the next power. */
const ROUNDS_UP = 0.9995;

/** The written form that suits a number of this size: at least 1 where there is one. */
function scaleFor(scales: readonly Scale[], size: number): Scale {
  const one = scales.find((scale) => scale.by === 1) ?? scales[0]!;
  if (size === 0) return one;
  return scales.findLast((scale) => size / scale.by >= ROUNDS_UP) ?? scales[0]!;
}

const MOST_DECIMALS = 6;

/** Three significant digits; whole numbers stay whole. */
function autoDecimals(size: number, most: number): number {
  if (Number.isInteger(size)) return 0;
  return Math.min(most, Math.max(0, 2 - Math.floor(Math.log10(size / ROUNDS_UP))));
}

function digits(value: number, decimals: number | undefined, most = MOST_DECIMALS): string {
  const size = Math.abs(value);
  const text = size.toFixed(decimals ?? autoDecimals(size, most));
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

function notFinite(value: number): Formatted {
  return { text: Number.isNaN(value) ? "NaN" : `${value < 0 ? MINUS : ""}∞`, suffix: "" };
}

/** Writes `value` (in `unit`) for people; `decimals` undefined means three significant digits. */
export function format(value: number, unit = "short", decimals?: number): Formatted {
  if (!Number.isFinite(value)) return notFinite(value);
  const special = SPECIAL[unit];
  if (special !== undefined) return special(value, decimals);
  const prefix = prefixOf(unit);
  if (prefix !== undefined) return { prefix, text: digits(value, decimals ?? 2), suffix: "" };
  const scale = scaleFor(scalesOf(unit), Math.abs(value));
  const most = scale.suffix === "%" ? 2 : MOST_DECIMALS; // a thousandth of a percent is noise
  return { text: digits(value / scale.by, decimals, most), suffix: scale.suffix };
}

/** The same as one string: `1.84 GiB`, `42%`, `$12.00`. A no-break space parts number and letters. */
export function formatText(value: number, unit?: string, decimals?: number): string {
  const { prefix = "", text, suffix } = format(value, unit, decimals);
  const joint = /^[\p{L}]/u.test(suffix) ? "\u00a0" : "";
  return `${prefix}${text}${joint}${suffix.replace(/^ /, "\u00a0")}`;
}

/** Base of the unit's prefixes: axis marks fall on round numbers of 1024 or of 10. */
export const isBinary = (unit: string | undefined): boolean =>
  UNITS[unit ?? ""]?.some((s) => s.suffix.startsWith("Ki")) ?? false;

/**
 * Axis labels: one scale and one number of decimals for all marks, chosen by the largest mark and the distance
 * between marks, so that 1.5 GiB stands above 1.0 GiB.
 */
export function formatAxis(marks: readonly number[], unit = "short", decimals?: number): string[] {
  const largest = Math.max(0, ...marks.map(Math.abs));
  if (SPECIAL[unit] !== undefined || prefixOf(unit) !== undefined) {
    return marks.map((mark) => formatText(mark, unit, decimals));
  }
  const scale = scaleFor(scalesOf(unit), largest);
  const apart = marks.length > 1 ? Math.abs(marks[1]! - marks[0]!) / scale.by : 1;
  const places = decimals ?? decimalsFor(apart);
  const joint = /^[\p{L}]/u.test(scale.suffix) ? "\u00a0" : "";
  return marks.map((mark) => digits(mark / scale.by, places) + joint + scale.suffix.replace(/^ /, "\u00a0"));
}

/** Decimals that tell marks apart that are `apart` from each other. */
function decimalsFor(apart: number): number {
  for (let places = 0; places < 6; places += 1) {
    const shifted = apart * 10 ** places;
    if (Math.abs(shifted - Math.round(shifted)) < 1e-6 * shifted) return places;
  }
  return 6;
}
