/**
 * What is wrong with a PromQL text while it is typed. Macros and variables stand for something that is known only when it is
 * asked: a text is right where any value of them makes it right. The server, which gets the real values, has the last word.
 */

import { ensureSyntaxTree } from "@codemirror/language";
import type { Diagnostic } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { PromQLExtension } from "@prometheus-io/codemirror-promql";

const REFERENCE =
  /\$([A-Za-z_]\w*)|\$\{([A-Za-z_]\w*)(?:\.[^:}]+)?(?::[^}]+)?\}|\[\[([A-Za-z_]\w*)(?::\w+)?\]\]/g;

/** Grafana's macros of time, which are asked for in Explore too. */
const DURATION = /^__(rate_)?interval$|^__range$/;
const NUMBER = /^__((rate_)?interval|range)_m?s$|^__(from|to)$/;

/** What a variable may stand for, the likeliest first: a name or a part of one, a number, a window, a function, nothing. */
const GUESSES = ["a", "1", "5m", "sum", "rate", ""];
const MOST_TRIES = 200;
/** For reading one text; where that does not do, nothing is found wrong with it. */
const PATIENCE_MS = 50;

interface Reference {
  name: string;
  from: number;
  to: number;
  /** Within brackets only a duration, or a number before its unit. */
  guesses: readonly string[];
}

function guessesFor(name: string, before: string, after: string): readonly string[] {
  if (NUMBER.test(name)) return ["60000"];
  if (DURATION.test(name)) return ["5m"];
  return /[[:]\s*$/.test(before) ? [/^\w/.test(after) ? "1" : "5m"] : GUESSES;
}

function referencesOf(text: string, variables: boolean): Reference[] {
  return [...text.matchAll(REFERENCE)].flatMap((match) => {
    const name = match[1] ?? match[2] ?? match[3] ?? "";
    if (!variables && !DURATION.test(name) && !NUMBER.test(name)) return [];
    const [from, to] = [match.index, match.index + match[0].length];
    return [{ name, from, to, guesses: guessesFor(name, text.slice(0, from), text.slice(to)) }];
  });
}

/** Every choice of a guess for each reference; one name stands for one thing wherever its guesses are the same. */
function* choices(references: readonly Reference[]): Generator<readonly string[]> {
  const keys = references.map(({ name, guesses }) => `${name} ${guesses.join(" ")}`);
  const kinds = [...new Map(references.map(({ guesses }, at) => [keys[at]!, guesses]))];
  const count = kinds.reduce((product, [, guesses]) => product * guesses.length, 1);
  for (let turn = 0; turn < Math.min(count, MOST_TRIES); turn++) {
    let rest = turn;
    const chosen = new Map<string, string>();
    for (const [key, guesses] of kinds) {
      chosen.set(key, guesses[rest % guesses.length]!);
      rest = Math.floor(rest / guesses.length);
    }
    yield keys.map((key) => chosen.get(key)!);
  }
}

const promql = new PromQLExtension().activateCompletion(false).activateLinter(false).asExtension();
const findIn = new PromQLExtension().getLinter().promQL();

/** What is wrong with a text in which nothing stands for anything else. */
function findingsOf(text: string): readonly Diagnostic[] {
  const state = EditorState.create({ doc: text, extensions: promql });
  if (ensureSyntaxTree(state, text.length, PATIENCE_MS) === null) return [];
  const seen: Pick<EditorView, "state"> = { state }; // all that it looks at
  return findIn(seen as EditorView) as readonly Diagnostic[];
}

/** The text with every reference filled in, and where a place of it was before. */
function fill(text: string, references: readonly Reference[], values: readonly string[]) {
  let filled = "";
  let end = 0;
  const moves: { at: number; was: number; stays: number }[] = [];
  references.forEach(({ from, to }, index) => {
    filled += text.slice(end, from);
    moves.push({ at: filled.length, was: from, stays: 0 });
    filled += values[index]!;
    moves.push({ at: filled.length, was: to, stays: 1 });
    end = to;
  });
  filled += text.slice(end);
  const was = (at: number): number => {
    const move = moves.findLast((each) => each.at <= at);
    return move === undefined ? at : move.was + move.stays * (at - move.at);
  };
  return { filled, was };
}

/** Whether a finding may be the reference's own: one of more than it, on both sides, is not. */
const isOf = (found: Diagnostic, { from, to }: Reference): boolean =>
  found.from <= to && found.to >= from && !(found.from < from && found.to > to);

/** What is wrong with a text, whatever its references stand for; nothing of what they themselves may be blamed for. */
export function lint(text: string, variables: boolean): readonly Diagnostic[] {
  const references = referencesOf(text, variables);
  if (references.length === 0) return findingsOf(text);
  let least: readonly Diagnostic[] = [];
  let reached = -1;
  for (const values of choices(references)) {
    const { filled, was } = fill(text, references, values);
    const found = findingsOf(filled).map((one) => ({ ...one, from: was(one.from), to: was(one.to) }));
    if (found.length === 0) return [];
    const first = Math.min(...found.map(({ from }) => from));
    if (first > reached) [least, reached] = [found, first]; // what comes last, no value mends
  }
  return least.filter((one) => !references.some((reference) => isOf(one, reference)));
}

/** The check of an editor; `variables`: those of a dashboard may stand in it, besides the macros of time. */
export const makeLinter = (variables: boolean) => ({
  promQL: () => (view: EditorView) => lint(view.state.doc.toString(), variables),
});
