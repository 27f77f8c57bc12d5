/** Time ranges as Grafana's addresses write them: `now-6h`, `now`, `now-1d/d`, epoch ms or an ISO date. Pure. */

import { relativeTime } from "./datemath";
import { fromWallClock, wallClock } from "./zone";

export interface RawRange {
  from: string;
  to: string;
}

/** Resolved bounds in ms. */
export interface TimeRange {
  fromMs: number;
  toMs: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What is shown in place of a range that means nothing. */
export const LAST_HOUR: RawRange = { from: "now-1h", to: "now" };

/** That of a dashboard which says none: Grafana's, and that of the server's normaliser. */
export const UNSAID_RANGE: RawRange = { from: "now-6h", to: "now" };

export const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
  M: 30 * DAY,
  y: 365 * DAY,
};

export const PRESETS: readonly (RawRange & { label: string; short: string })[] = [
  ["5m", "Last 5 minutes"],
  ["15m", "Last 15 minutes"],
  ["30m", "Last 30 minutes"],
  ["1h", "Last hour"],
  ["3h", "Last 3 hours"],
  ["6h", "Last 6 hours"],
  ["12h", "Last 12 hours"],
  ["24h", "Last 24 hours"],
  ["7d", "Last 7 days"],
  ["30d", "Last 30 days"],
].map(([span, label]) => ({ from: `now-${span!}`, to: "now", label: label!, short: span! }));

/** Length of `15s`, `1h30m`, `500ms` in ms; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|[smhdwMy]))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwMy])/g)) {
    total += Number(amount) * UNIT_MS[unit!]!;
  }
  return total;
}

/** More often than this nobody looks; later than this is more than timers can wait. */
const [LEAST_REFRESH_MS, MOST_REFRESH_MS] = [1000, 2 ** 31 - 1];

/** A refresh interval in ms, 0 for none: shorter ones would only load the server, longer ones would fire at once. */
export function parseRefresh(text: string): number {
  const ms = parseDuration(text) ?? 0;
  return ms <= 0 ? 0 : Math.min(MOST_REFRESH_MS, Math.max(LEAST_REFRESH_MS, ms));
}

/** The shortest exact writing of a duration: 90000 → `90s`, 3600000 → `1h`. */
export function formatDuration(ms: number): string {
  for (const unit of ["d", "h", "m", "s"]) {
    const size = UNIT_MS[unit]!;
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}

/** One bound in ms, or undefined when the text means nothing. `end` rounds `/d` up instead of down. */
export function resolveBound(text: string, nowMs: number, end = false): number | undefined {
  const relative = relativeTime(text.trim(), nowMs, end);
  if (relative !== undefined) return relative;
  if (/^\d{10,}$/.test(text)) return Number(text);
  const wall = WALL.exec(text.trim());
  if (wall !== null) {
    const [year, month, day, hour, minute, second] = wall.slice(1).map((part) => Number(part || "0")) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const valid = month <= 12 && day <= 31 && hour < 24 && minute < 60 && second < 60;
    return valid ? fromWallClock({ year, month, day, hour, minute, second }) : undefined;
  }
  // Date.parse alone would read a year into almost anything.
  const parsed = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** A time of the page's zone: `2026-11-21 09:30:00`, less of it, or with a T. */
const WALL = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;

/** Both bounds, or undefined unless from is before to. */
export function resolveRange(raw: RawRange, nowMs: number): TimeRange | undefined {
  const fromMs = resolveBound(raw.from, nowMs);
  const toMs = resolveBound(raw.to, nowMs, true);
  if (fromMs === undefined || toMs === undefined || fromMs >= toMs) return undefined;
  return { fromMs, toMs };
}

/** The same for those who cannot go on without; throws words for people. */
export function rangeAt(raw: RawRange, nowMs: number): TimeRange {
  const range = resolveRange(raw, nowMs);
  if (range === undefined) throw new RangeError(`“${raw.from}” to “${raw.to}” is no time range now.`);
  return range;
}

/** True when the range moves with the clock. */
export const isRelative = (raw: RawRange): boolean => raw.from.includes("now") || raw.to.includes("now");

const pad = (value: number): string => String(value).padStart(2, "0");

/** `2026-11-21 09:41:07` in the page's time zone; also what the own-range fields accept. */
export function formatTime(ms: number): string {
  const { year, month, day, hour, minute, second } = wallClock(ms);
  return `${year}-${pad(month)}-${pad(day)} ${pad(hour)}:${pad(minute)}:${pad(second)}`;
}

/** What the range button says. */
export function describeRange(raw: RawRange): string {
  const preset = PRESETS.find((candidate) => candidate.from === raw.from && candidate.to === raw.to);
  if (preset !== undefined) return preset.label;
  const span = /^now-(\d+[smhdwMy])$/.exec(raw.from);
  if (span !== null && raw.to === "now") return `Last ${span[1]!}`;
  const [from, to] = [describeBound(raw.from), describeBound(raw.to)];
  const day = from.slice(0, DAY_LENGTH);
  return to.startsWith(day) ? `${from} to ${to.slice(DAY_LENGTH)}` : `${from} to ${to}`;
}

/** The same where there is little room: `6h`. */
export function abbreviateRange(raw: RawRange): string {
  const span = /^now-(\d+[smhdwMy])$/.exec(raw.from);
  return span !== null && raw.to === "now" ? span[1]! : describeRange(raw);
}

/** `2026-11-21 `: said once where both bounds are of one day. */
const DAY_LENGTH = 11;

/** Relative bounds stay as they are, absolute ones are said in the page's time zone. */
export function describeBound(text: string): string {
  const ms = /^\d/.test(text) ? resolveBound(text, 0) : undefined;
  return ms === undefined ? text : formatTime(ms);
}

/** How long ago, in words: `12 s`, `3 min`, `2 h`, `5 d`. */
export function describeAge(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.round(ms / SECOND))} s`;
  if (ms < HOUR) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.round(ms / HOUR)} h`;
  return `${Math.round(ms / DAY)} d`;
}

/** Twice as wide around the same middle, as absolute bounds; never past now. */
export function zoomOut(range: TimeRange, nowMs: number): RawRange {
  const half = (range.toMs - range.fromMs) / 2;
  const to = Math.min(range.toMs + half, nowMs);
  return { from: String(Math.round(to - 4 * half)), to: String(Math.round(to)) };
}

/** The same length, moved by half of it into the past (-1) or towards now (1); never past now. */
export function shiftRange(range: TimeRange, direction: -1 | 1, nowMs: number): RawRange {
  const span = range.toMs - range.fromMs;
  const to = Math.min(range.toMs + (direction * span) / 2, Math.max(nowMs, range.toMs));
  return { from: String(Math.round(to - span)), to: String(Math.round(to)) };
}
