/**
 * Joining what two people did to the same document. What only one of them changed is taken over; what both changed,
 * differently, is asked: one side's or the other's. Pure.
 */

import { asList, asObject, asText, type Json } from "../model/json";
import { callPanel, describeChanges, type Change } from "./diff";
import { findPanel, idOf, panelsOf, placeOf, tidy, type Doc, type RawPanel } from "./doc";
import { alike, equal } from "./tree";

export type Side = "mine" | "theirs";

/** Something that both sides changed. */
export interface Conflict {
  key: string;
  title: string;
  /** What each side did to it. */
  mine: readonly Change[];
  theirs: readonly Change[];
  /** Taken away by one side. */
  removed?: Side;
}

export interface Merge {
  conflicts: readonly Conflict[];
  /** The joined document once each conflict has its side; undecided ones are mine. */
  join: (sides: Readonly<Record<string, Side>>) => Doc;
}

/** One part of the document that is taken over as a whole, under a key; undefined where it is not there. */
type Parts = ReadonlyMap<string, unknown>;

const variableKey = (entry: unknown): string => `variable ${asText(asObject(entry).name) ?? ""}`;
const panelKey = (panel: RawPanel): string => `panel ${idOf(panel)}`;
const placeKey = (panel: RawPanel): string => `place ${idOf(panel)}`;
const OWN_KEYS = ["id", "uid", "version", "iteration"];

/** A panel's own content; a folded row's panels belong to it. */
function contentOf(panel: RawPanel): Json {
  const { gridPos: _, ...content } = panel;
  return content;
}

/** Cuts a document into the parts that are merged by themselves. */
function cut(doc: Doc): Parts {
  const { panels: _, templating, ...rest } = doc;
  const entries = Object.entries(rest).filter(([key]) => !OWN_KEYS.includes(key));
  const { list, ...settings } = asObject(templating);
  return new Map<string, unknown>([
    ...entries.map(([key, value]) => [`key ${key}`, value] as const),
    ...Object.entries(settings).map(([key, value]) => [`templating ${key}`, value] as const),
    ...asList(list).map((entry) => [variableKey(entry), entry] as const),
    ...panelsOf(doc).map((panel) => [panelKey(panel), contentOf(panel)] as const),
    ...panelsOf(doc).map((panel) => [placeKey(panel), panel.gridPos] as const),
  ]);
}

/** Both sides give new panels the same number: ours gets another one. */
function renumber(base: Doc, mine: Doc, theirs: Doc): Doc {
  const known = new Set(panelsOf(base).map(idOf));
  const taken = new Set([...panelsOf(theirs), ...panelsOf(base), ...panelsOf(mine)].map(idOf));
  let next = Math.max(0, ...[...taken].filter((id) => !Number.isNaN(id)));
  const panels = panelsOf(mine).map((panel) => {
    const other = findPanel(theirs, idOf(panel));
    const clashes = !known.has(idOf(panel)) && other !== undefined && !equal(other, panel);
    return clashes ? { ...panel, id: ++next } : panel;
  });
  return { ...mine, panels };
}

function titleFor(key: string, mine: Doc, theirs: Doc): string {
  const [kind = "", ...rest] = key.split(" ");
  const name = rest.join(" ");
  if (kind === "variable") return `Variable “${name}”`;
  if (kind !== "panel") return `Dashboard: ${name}`;
  return callPanel(findPanel(mine, Number(name)) ?? findPanel(theirs, Number(name)) ?? {});
}

/** The changes to one part, found by comparing documents that hold nothing else. */
function changesOf(key: string, before: Doc, after: Doc): Change[] {
  const [kind = "", ...rest] = key.split(" ");
  const name = rest.join(" ");
  const only = (doc: Doc): Doc => {
    if (kind === "panel")
      return {
        panels: panelsOf(doc)
          .filter((panel) => idOf(panel) === Number(name))
          .map(contentOf),
      };
    if (kind === "variable") {
      const list = asList(asObject(doc.templating).list).filter((entry) => variableKey(entry) === key);
      return { templating: { list } };
    }
    return kind === "key"
      ? { [name]: doc[name] }
      : { templating: { [name]: asObject(doc.templating)[name] } };
  };
  return describeChanges(only(before), only(after));
}

interface Sides {
  base: Parts;
  mine: Parts;
  theirs: Parts;
}

/** Which side a part is taken from; undefined where both changed it, differently. */
function sideOf(key: string, { base, mine, theirs }: Sides): Side | undefined {
  const [was, ours, other] = [base.get(key), mine.get(key), theirs.get(key)];
  if (alike(ours, was) || alike(ours, other)) return "theirs";
  return alike(other, was) ? "mine" : undefined;
}

/** Keys in an order that keeps each list's own: theirs, and ours behind those they stood behind. */
function orderOf(mine: readonly string[], theirs: readonly string[]): string[] {
  const order = [...theirs];
  mine.forEach((key, at) => {
    if (!order.includes(key)) order.splice(order.indexOf(mine[at - 1] ?? "") + 1, 0, key);
  });
  return order;
}

/** A place that both changed is ours; a panel that is kept needs one from wherever there is one. */
function placeFor(id: string, chosen: Side | undefined, sides: Sides): unknown {
  const key = `place ${id}`;
  const first = chosen ?? "mine";
  return sides[first].get(key) ?? sides.mine.get(key) ?? sides.theirs.get(key) ?? sides.base.get(key);
}

function assemble(parts: Sides, choose: (key: string) => Side, theirs: Doc): Doc {
  const pick = (key: string): unknown => parts[choose(key)].get(key);
  const keys = orderOf([...parts.mine.keys()], [...parts.theirs.keys()]);
  const named = (kind: string): string[] => keys.filter((key) => key.startsWith(`${kind} `));
  const entries = (kind: string): [string, unknown][] =>
    named(kind)
      .map((key): [string, unknown] => [key.slice(kind.length + 1), pick(key)])
      .filter(([, value]) => value !== undefined);
  const panels = entries("panel").map(([id, content]) => {
    const gridPos = placeFor(id, sideOf(`place ${id}`, parts), parts);
    return { ...asObject(content), ...(gridPos === undefined ? {} : { gridPos }) };
  });
  const list = entries("variable").map(([, variable]) => variable);
  const settings = Object.fromEntries(entries("templating"));
  const own = Object.fromEntries(OWN_KEYS.filter((key) => key in theirs).map((key) => [key, theirs[key]]));
  const templating = { ...settings, ...(list.length > 0 || "templating" in theirs ? { list } : {}) };
  return {
    ...Object.fromEntries(entries("key")),
    ...(Object.keys(templating).length > 0 ? { templating } : {}),
    ...own,
    panels: untangle(panels),
  };
}

/** Where panels of both sides lie over one another, all of them move up and down as far as it takes. */
function untangle(panels: readonly RawPanel[]): readonly RawPanel[] {
  const places = panels.map(placeOf);
  const overlap = places.some((a, at) =>
    places.some(
      (b, to) => at < to && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h,
    ),
  );
  return overlap ? panelsOf(tidy({ panels })) : panels;
}

/** Panels are told apart by their numbers: without them, all would be taken for one. */
function requireNumbers(doc: Doc): void {
  const ids = panelsOf(doc).map(idOf);
  if (ids.some(Number.isNaN) || new Set(ids).size < ids.length)
    throw new Error("Panels without a number of their own cannot be joined.");
}

/** Joins two documents that were made from `base`; in each, every panel has its number. */
export function merge(base: Doc, ours: Doc, theirs: Doc): Merge {
  [base, ours, theirs].forEach(requireNumbers);
  const mine = renumber(base, ours, theirs);
  const sides: Sides = { base: cut(base), mine: cut(mine), theirs: cut(theirs) };
  const keys = [...new Set([...sides.base.keys(), ...sides.mine.keys(), ...sides.theirs.keys()])];
  const conflicts = keys
    .filter((key) => !key.startsWith("place ") && sideOf(key, sides) === undefined)
    .map((key): Conflict => {
      const removed =
        sides.mine.get(key) === undefined
          ? "mine"
          : sides.theirs.get(key) === undefined
            ? "theirs"
            : undefined;
      return {
        key,
        title: titleFor(key, removed === "mine" ? theirs : mine, theirs),
        mine: changesOf(key, base, mine),
        theirs: changesOf(key, base, theirs),
        ...(removed === undefined ? {} : { removed }),
      };
    });
  const join = (chosen: Readonly<Record<string, Side>>): Doc =>
    assemble(sides, (key) => sideOf(key, sides) ?? chosen[key] ?? "mine", theirs);
  return { conflicts, join };
}
