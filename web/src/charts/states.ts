/** States over time: which state a row was in, from when until when. Pure. */

import { statusOf, type Status } from "./status";

export interface Look {
  /** What the state is called. */
  text: string;
  color: string;
}

export interface StateSpan extends Look {
  fromMs: number;
  toMs: number;
  value: number;
}

export interface StateRow {
  name: string;
  spans: StateSpan[];
}

/** A row of samples on a grid, and what each looks like; undefined for a gap. */
export interface StateSamples {
  times: ArrayLike<number>;
  values: ArrayLike<number>;
  /** ms that the last sample holds. */
  stepMs: number;
  look: (value: number) => Look | undefined;
}

/** Spans of one row: a sample holds until the next one; equal neighbours are one span where `merge` says so. */
export function stateSpans({ times, values, stepMs, look }: StateSamples, merge: boolean): StateSpan[] {
  const spans: StateSpan[] = [];
  for (let at = 0; at < times.length; at += 1) {
    const value = values[at]!;
    const seen = look(value);
    if (seen === undefined) continue;
    const fromMs = times[at]!;
    const toMs = at + 1 < times.length ? times[at + 1]! : fromMs + stepMs;
    const last = spans.at(-1);
    const same = last?.toMs === fromMs && last.text === seen.text && last.color === seen.color;
    if (merge && same) last.toMs = toMs;
    else spans.push({ fromMs, toMs, value, text: seen.text, color: seen.color });
  }
  return spans;
}

/** The states that occur, each once, the longest held first. */
export function distinctLooks(rows: readonly StateRow[]): Look[] {
  const held = new Map<string, { look: Look; ms: number }>();
  for (const { text, color, fromMs, toMs } of rows.flatMap(({ spans }) => spans)) {
    const known = held.get(`${text}\n${color}`) ?? { look: { text, color }, ms: 0 };
    known.ms += toMs - fromMs;
    held.set(`${text}\n${color}`, known);
  }
  return [...held.values()].sort((a, b) => b.ms - a.ms).map(({ look }) => look);
}

/** Hatchings that a status always has: what is bad is never told by its colour alone. */
const HATCHED: Readonly<Partial<Record<Status, number>>> = { crit: 1, warn: 2 };
const OTHERS = [0, 3, 4, 5];

/** A number of a hatching for each colour, 0 for plain: the same for a colour however often and wherever it occurs. */
export function hatchings(colors: readonly string[]): Map<string, number> {
  const taken = new Set<number>();
  const next = (first: number | undefined): number => {
    const wanted = first === undefined ? OTHERS : [first, ...OTHERS.slice(1), first + OTHERS.length];
    return wanted.find((at) => !taken.has(at)) ?? taken.size;
  };
  return new Map(
    [...new Set(colors)].map((color) => {
      const at = next(HATCHED[statusOf(color)]);
      taken.add(at);
      return [color, at];
    }),
  );
}

/** The span that holds at `ms`. */
export const spanAt = (row: StateRow | undefined, ms: number): StateSpan | undefined =>
  row?.spans.find(({ fromMs, toMs }) => ms >= fromMs && ms < toMs);
