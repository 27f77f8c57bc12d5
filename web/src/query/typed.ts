/** Faults of a query at their place in the text that was typed, of which the one that was sent has variables filled in. */

import { ApiError } from "../api/http";
import { REFERENCE } from "../model/interpolate";

interface Piece {
  /** Where it begins in what was typed. */
  at: number;
  text: string;
}

/** What stands between the references. */
function piecesOf(typed: string): Piece[] {
  const ends = [...typed.matchAll(REFERENCE), { 0: "", index: typed.length }];
  let at = 0;
  return ends.map(({ 0: reference, index }) => {
    const piece = { at, text: typed.slice(at, index) };
    at = index + reference.length;
    return piece;
  });
}

/** Where the pieces stand in what was sent, each as early as it can be; undefined where they do not. */
function earliest(pieces: readonly Piece[], sent: string): number[] | undefined {
  const found: number[] = [];
  let from = 0;
  for (const [place, { text }] of pieces.entries()) {
    const at = place === pieces.length - 1 ? sent.length - text.length : sent.indexOf(text, from);
    if (at < from || !sent.startsWith(text, at) || (place === 0 && at > 0)) return undefined;
    found.push(at);
    from = at + text.length;
  }
  return found;
}

/** The same, each as late as it can be, of pieces that are there. */
function latest(pieces: readonly Piece[], sent: string): number[] {
  let end = sent.length;
  const found = pieces.toReversed().map(({ text }, place) => {
    end = place === pieces.length - 1 ? 0 : sent.lastIndexOf(text, end - text.length);
    return end;
  });
  return found.reverse();
}

/** The place in what was typed of a place in what was sent; undefined where it may be one or another. */
export function placeIn(typed: string, sent: string, place: number): number | undefined {
  const pieces = piecesOf(typed);
  const early = earliest(pieces, sent);
  if (early === undefined) return undefined;
  const late = latest(pieces, sent);
  const sure = (index: number): boolean => early[index] === late[index];
  const index = early.findLastIndex((at) => at <= place);
  const { at, text } = pieces[index]!;
  const inside = place - early[index]!;
  if (!sure(index) || (inside > text.length && !sure(index + 1))) return undefined;
  return at + Math.min(inside, text.length);
}

/** Line and column, from 1, of a place in a text, and back. */
function positionOf(text: string, place: number): string {
  const lines = text.slice(0, place).split("\n");
  return `${lines.length}:${lines.at(-1)!.length + 1}`;
}

const placeOf = (text: string, line: number, column: number): number =>
  text
    .split("\n")
    .slice(0, line - 1)
    .reduce((sum, { length }) => sum + length + 1, column - 1);

/** `1:14: parse error`, and the hint's `the ( at 1:5 is not closed`. */
const POSITION = /(^|: )(\d+):(\d+): | at (\d+):(\d+)\b/g;

/** A refusal whose positions are those of the text that was typed; without those that nobody can tell. */
export function asTyped(error: unknown, typed: string, sent: string): unknown {
  if (!(error instanceof ApiError) || typed === sent) return error;
  const message = error.message.replaceAll(POSITION, (...found: string[]) => {
    const [, before, line, column, hintLine, hintColumn] = found;
    const place = placeIn(typed, sent, placeOf(sent, Number(line ?? hintLine), Number(column ?? hintColumn)));
    const position = place === undefined ? undefined : positionOf(typed, place);
    if (before === undefined) return position === undefined ? "" : ` at ${position}`;
    return position === undefined ? before : `${before}${position}: `;
  });
  return new ApiError(message, error.status, error.errorType);
}
