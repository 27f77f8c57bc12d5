/** Panels and rows that stand once for each chosen value of a variable. Pure. */

import { entryOf } from "./json";
import type { GridPos, Panel } from "./dashboard";
import type { Variables } from "./interpolate";
import { settle, type Section } from "./layout";

/** What repeats and how its copies stand. */
export interface Repeat {
  variable: string;
  vertical: boolean;
  /** Panels abreast at most. */
  perRow: number;
}

/** A page with more copies of one thing helps nobody and costs much. */
export const MOST_COPIES = 100;
const COLUMNS = 24;

/** One scope a copy: the repeated variable has but one value there. */
function scopes(name: string, variables: Variables, most: number): Variables[] {
  const value = entryOf(variables, name);
  if (value === undefined || value.values.length === 0) return [];
  return value.values.slice(0, most).map((one, at) => ({
    [name]: { values: [one], texts: [value.texts[at] ?? one], all: false, several: value.several },
  }));
}

/** What is to be said of copies that are not drawn; nothing where all are. */
function leftOut(name: string, variables: Variables, most: number, what: string): string[] {
  const left = (entryOf(variables, name)?.values.length ?? 0) - most;
  return left > 0 ? [`${most} ${what} of $${name} are drawn, +${left} more are not.`] : [];
}

/** 48 bits of a text, for ids that are the same whenever the same things are chosen. */
function hash48(text: string): number {
  let [low, high] = [0x811c9dc5, 0x1505];
  for (const letter of text) {
    low = Math.imul(low ^ letter.codePointAt(0)!, 0x01000193) >>> 0;
    high = (Math.imul(high, 33) + letter.codePointAt(0)!) & 0xffff;
  }
  return high * 2 ** 32 + low;
}

/** The first copy keeps its id, so that links to it hold; others have one that follows from their value. */
const copyId = (id: number, scope: Variables, at: number): number =>
  at === 0 ? id : 2 ** 48 + hash48(`${id}/${JSON.stringify(Object.values(scope)[0]!.values)}`);

const scoped = (panel: Panel, scope: Variables, at: number): Panel => ({
  ...panel,
  id: copyId(panel.id, scope, at),
  scope: { ...panel.scope, ...scope },
});

const abreastOf = ({ vertical, perRow }: Repeat, copies: number): number =>
  vertical ? 1 : Math.min(copies, perRow);

/** The room that the copies take together: their own columns one below another, or whole lines. */
const roomFor = ({ x, y, w, h }: GridPos, repeat: Repeat, copies: number): GridPos => ({
  ...(repeat.vertical ? { x, w } : { x: 0, w: COLUMNS }),
  y,
  h: h * Math.ceil(copies / abreastOf(repeat, copies)),
});

/** Copies of one panel in the room from its own place on: abreast as far as they fit, or one below another. */
function placeCopies(panel: Panel, repeat: Repeat, copies: readonly Variables[]): Panel[] {
  const abreast = abreastOf(repeat, copies.length);
  const w = repeat.vertical ? panel.grid.w : Math.floor(COLUMNS / abreast);
  return copies.map((scope, at) => ({
    ...scoped(panel, scope, at),
    grid: {
      ...panel.grid,
      x: repeat.vertical ? panel.grid.x : (at % abreast) * w,
      y: panel.grid.y + Math.floor(at / abreast) * panel.grid.h,
      w,
    },
  }));
}

/** With notes on the first and the last of them: where one begins to read, and where more are expected. */
const told = (panels: readonly Panel[], notes: readonly string[]): Panel[] =>
  panels.map((panel, at) =>
    notes.length > 0 && (at === 0 || at === panels.length - 1)
      ? { ...panel, notes: [...panel.notes, ...notes] }
      : panel,
  );

/** The panels of a section with their copies; what has no room beside them stands below. */
export function repeatPanels(panels: readonly Panel[], variables: Variables, most = MOST_COPIES): Panel[] {
  const boxes = panels.map((panel) => {
    const copies = panel.repeat === undefined ? [] : scopes(panel.repeat.variable, variables, most);
    const grid = copies.length === 0 ? panel.grid : roomFor(panel.grid, panel.repeat!, copies.length);
    return { panel, copies, grid };
  });
  if (boxes.every(({ copies }) => copies.length === 0)) return [...panels];
  return settle(boxes).flatMap(({ panel, copies, grid: { y } }) => {
    const here = { ...panel, grid: { ...panel.grid, y } };
    if (copies.length === 0) return [here];
    const notes = leftOut(panel.repeat!.variable, variables, most, "copies");
    return told(placeCopies(here, panel.repeat!, copies), notes);
  });
}

/** All sections of a page, rows and panels repeated. */
export function repeatSections(
  sections: readonly Section[],
  variables: Variables,
  most = MOST_COPIES,
): Section[] {
  return sections.flatMap(({ row, panels }) => {
    const copies = row?.repeat === undefined ? [] : scopes(row.repeat.variable, variables, most);
    if (row === undefined || copies.length === 0) {
      return [{ ...(row === undefined ? {} : { row }), panels: repeatPanels(panels, variables, most) }];
    }
    const notes = leftOut(row.repeat!.variable, variables, most, "rows");
    return copies.map((scope, at) => ({
      ...(notes.length > 0 && at === copies.length - 1 ? { note: notes.join(" ") } : {}),
      row: scoped(row, scope, at),
      panels: repeatPanels(
        panels.map((panel) => scoped(panel, scope, at)),
        { ...variables, ...scope },
        most,
      ),
    }));
  });
}
