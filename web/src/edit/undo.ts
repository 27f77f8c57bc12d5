/** What can be undone: documents one after another, each with what was done to get there. Pure. */

export interface Stage<T> {
  value: T;
  /** What was done: `Moved CPU`. */
  label: string;
  /** Changes of the same key that follow one another count as one: letters typed into one field. */
  key: string;
  atMs: number;
}

export interface Timeline<T> {
  past: readonly Stage<T>[];
  now: Stage<T>;
  future: readonly Stage<T>[];
}

const MOST_STAGES = 100;
const TOGETHER_MS = 2000;

export const begin = <T>(value: T): Timeline<T> => ({
  past: [],
  now: { value, label: "", key: "", atMs: 0 },
  future: [],
});

/** The next stage; the same value is none. */
export function record<T>(line: Timeline<T>, stage: Stage<T>): Timeline<T> {
  if (Object.is(stage.value, line.now.value)) return line;
  const { now, past } = line;
  const together =
    stage.key !== "" && stage.key === now.key && stage.atMs - now.atMs < TOGETHER_MS && past.length > 0;
  return { past: together ? past : [...past, now].slice(-MOST_STAGES), now: stage, future: [] };
}

export function undo<T>(line: Timeline<T>): Timeline<T> {
  const last = line.past.at(-1);
  return last === undefined
    ? line
    : { past: line.past.slice(0, -1), now: last, future: [line.now, ...line.future] };
}

/** Back to what was read, as a stage of its own: what is thrown away can be undone. */
export const discard = <T>(line: Timeline<T>, base: T, atMs: number): Timeline<T> =>
  record(line, { value: base, label: "Discarded the changes", key: "", atMs });

/** What was discarded, once more; what was done since can be undone. */
export const bringBack = <T>(line: Timeline<T>, base: T, value: T, atMs: number): Timeline<T> =>
  Object.is(line.now.value, base)
    ? undo(line)
    : record(line, { value, label: "Brought the changes back", key: "", atMs });

export function redo<T>(line: Timeline<T>): Timeline<T> {
  const [next, ...future] = line.future;
  return next === undefined ? line : { past: [...line.past, line.now], now: next, future };
}
