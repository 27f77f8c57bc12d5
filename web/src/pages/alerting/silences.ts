/** Silences as the page lists and edits them. Pure. */

import { formatTime, parseDuration, resolveBound } from "../../model/timerange";
import type { NewSilence, Silence } from "./api";
import { faultOf, fromApi, readMatcher, toApi, writeMatcher, type Matcher } from "./matchers";

export const SILENCE_STATES = ["active", "pending", "expired"] as const;
export type SilenceState = (typeof SILENCE_STATES)[number];

const NEW = "new";
const MATCHER = "matcher";

/** The address of the form for a new silence, with these matchers in it. */
export function newSilenceAddress(matchers: readonly Matcher[]): string {
  const params = new URLSearchParams([[NEW, ""], ...matchers.map((one) => [MATCHER, writeMatcher(one)])]);
  return `silences?${params.toString()}`;
}

/** What the address asks for: a new silence with matchers, or the change of one that is there. */
export interface Wanted {
  /** Of the one that is changed. */
  id: string | undefined;
  matchers: Matcher[];
}

export function wantedOf(params: URLSearchParams): Wanted | undefined {
  const id = params.get("edit") ?? undefined;
  if (id === undefined && !params.has(NEW)) return undefined;
  return { id, matchers: params.getAll(MATCHER).flatMap((text) => readMatcher(text) ?? []) };
}

/** What the form's parameters are once it is closed. */
export const CLOSED = { [NEW]: [], edit: [], [MATCHER]: [] } as const;

export interface Fields {
  matchers: readonly Matcher[];
  /** `2h`, `1d`; empty where the end is given instead. */
  duration: string;
  start: string;
  end: string;
  author: string;
  comment: string;
}

export const PRESETS = ["30m", "1h", "2h", "4h", "8h", "1d", "2d", "7d"] as const;
export const USUAL = "2h";

const NO_MATCHER: Matcher = { name: "", operator: "=", value: "" };

export const withOne = (matchers: readonly Matcher[]): readonly Matcher[] =>
  matchers.length > 0 ? matchers : [NO_MATCHER];

export const newFields = (matchers: readonly Matcher[], author: string): Fields => ({
  matchers: withOne(matchers),
  duration: USUAL,
  start: "",
  end: "",
  author,
  comment: "",
});

/** One that has ended is made anew from now on, as long as it was. */
export function fieldsOf({ matchers, startsAt, endsAt, createdBy, comment, status }: Silence): Fields {
  const [startMs, endMs] = [Date.parse(startsAt), Date.parse(endsAt)];
  const over = status.state === "expired";
  return {
    matchers: withOne(matchers.map(fromApi)),
    duration: over ? USUAL : "",
    start: over ? "" : formatTime(startMs),
    end: over ? "" : formatTime(endMs),
    author: createdBy,
    comment,
  };
}

export type Place = "matchers" | "duration" | "start" | "end" | "author" | "comment";

export interface Fault {
  at: Place;
  says: string;
}

const isNamed = ({ name, value }: Matcher): boolean => name.trim() !== "" || value !== "";

/** The matchers that say something: rows that nobody has filled in are left out. */
export const meantMatchers = (matchers: readonly Matcher[]): Matcher[] =>
  matchers.filter(isNamed).map((one) => ({ ...one, name: one.name.trim() }));

interface Times {
  startMs: number;
  endMs: number;
}

function timesOf({ duration, start, end }: Fields, nowMs: number): Times | Fault {
  const startMs = start.trim() === "" ? nowMs : resolveBound(start, nowMs);
  if (startMs === undefined) return { at: "start", says: `“${start}” is no time.` };
  if (duration.trim() !== "") {
    const spanMs = parseDuration(duration.trim());
    if (spanMs === undefined || spanMs <= 0)
      return { at: "duration", says: `“${duration}” is no duration: write 30m, 2h or 1d12h.` };
    return { startMs, endMs: startMs + spanMs };
  }
  const endMs = resolveBound(end, nowMs);
  if (endMs === undefined) return { at: "end", says: `“${end}” is no time.` };
  if (endMs <= startMs) return { at: "end", says: "It ends before it begins." };
  return endMs <= nowMs ? { at: "end", says: "It would be over already." } : { startMs, endMs };
}

/** What is sent, or what is wrong. */
export function readFields(fields: Fields, id: string | undefined, nowMs: number): NewSilence | Fault {
  const matchers = meantMatchers(fields.matchers);
  const fault = faultOf(matchers);
  if (fault !== undefined) return { at: "matchers", says: fault };
  const times = timesOf(fields, nowMs);
  if ("says" in times) return times;
  if (fields.author.trim() === "") return { at: "author", says: "Say who you are: others will ask." };
  if (fields.comment.trim() === "") return { at: "comment", says: "Say why: others will ask." };
  return {
    ...(id === undefined ? {} : { id }),
    matchers: matchers.map(toApi),
    startsAt: new Date(times.startMs).toISOString(),
    endsAt: new Date(times.endMs).toISOString(),
    createdBy: fields.author.trim(),
    comment: fields.comment.trim(),
  };
}

const textOf = ({ id, matchers, comment, createdBy }: Silence): string =>
  [id, comment, createdBy, ...matchers.map((one) => writeMatcher(fromApi(one)))].join(" ").toLowerCase();

/** Those that hold every word of the search, by state: what ends soonest first, of those that ended the latest. */
export function listSilences(silences: readonly Silence[], search: string): Record<SilenceState, Silence[]> {
  const words = search.toLowerCase().split(/\s+/);
  const found = silences.filter((one) => words.every((word) => textOf(one).includes(word)));
  const by = (state: SilenceState, key: (one: Silence) => number): Silence[] =>
    found.filter(({ status }) => status.state === state).sort((a, b) => key(a) - key(b));
  return {
    active: by("active", ({ endsAt }) => Date.parse(endsAt)),
    pending: by("pending", ({ startsAt }) => Date.parse(startsAt)),
    expired: by("expired", ({ endsAt }) => -Date.parse(endsAt)),
  };
}
