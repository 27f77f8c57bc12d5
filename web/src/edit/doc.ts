/**
 * Operations on a dashboard's own document, in Grafana's classic JSON. Each gives a new document in which everything
 * that the operation does not mean is the very same object, so that nothing a user has in it is lost. Pure.
 */

import { asList, asNumber, asObject, asText, type Json } from "../model/json";
import { compact, findRoom, lowest, type Extent, type Place } from "./grid";
import { getAt, setAt, type Path } from "./tree";

/** A dashboard's document. */
export type Doc = Json;

/** A panel's own JSON. */
export type RawPanel = Json;

export const panelsOf = (doc: Doc): readonly RawPanel[] => asList(doc.panels).map(asObject);
export const isRow = (panel: RawPanel): boolean => panel.type === "row";
export const isFolded = (panel: RawPanel): boolean => isRow(panel) && panel.collapsed === true;
export const idOf = (panel: RawPanel): number => asNumber(panel.id) ?? NaN;
export const titleOf = (panel: RawPanel): string => asText(panel.title) ?? "";

/** Every panel and row, those inside of folded rows too. */
export const everyPanel = (doc: Doc): RawPanel[] =>
  panelsOf(doc).flatMap((panel) => [panel, ...asList(panel.panels).map(asObject)]);

export const findPanel = (doc: Doc, id: number): RawPanel | undefined =>
  everyPanel(doc).find((panel) => idOf(panel) === id);

/** The smallest number above all that are taken, also in `before`: a number that is free again would mean another panel. */
export const nextId = (doc: Doc, before: Doc = {}): number =>
  1 +
  [...everyPanel(doc), ...everyPanel(before)].reduce((most, panel) => Math.max(most, idOf(panel) || 0), 0);

/** Where a panel stands. */
export function placeOf(panel: RawPanel): Place {
  const { x, y, w, h } = asObject(panel.gridPos);
  return {
    id: idOf(panel),
    x: asNumber(x) ?? 0,
    y: asNumber(y) ?? 0,
    w: asNumber(w) ?? 12,
    h: isRow(panel) ? 1 : (asNumber(h) ?? 8),
  };
}

/** The places of what is on the grid; what is inside of a folded row is not. */
export const placesOf = (doc: Doc): Place[] => panelsOf(doc).map(placeOf);

const withPanels = (doc: Doc, panels: readonly RawPanel[]): Doc => ({ ...doc, panels });

/** Changes the panel of that number, wherever it is. */
export function updatePanel(doc: Doc, id: number, change: (panel: RawPanel) => RawPanel): Doc {
  const visit = (panel: RawPanel): RawPanel => {
    if (idOf(panel) === id) return change(panel);
    const inside = asList(panel.panels).map(asObject);
    return inside.some((one) => idOf(one) === id) ? { ...panel, panels: inside.map(visit) } : panel;
  };
  return withPanels(doc, panelsOf(doc).map(visit));
}

/** Sets one place of a panel; undefined takes it away. */
export const setPanel = (doc: Doc, id: number, path: Path, value: unknown): Doc =>
  updatePanel(doc, id, (panel) => setAt(panel, path, value));

/** Gives panels their places; those that stand where they stood stay the same objects. */
export function setPlaces(doc: Doc, places: readonly Place[]): Doc {
  const byId = new Map(places.map((place) => [place.id, place]));
  return withPanels(
    doc,
    panelsOf(doc).map((panel) => {
      const place = byId.get(idOf(panel));
      return place === undefined ? panel : withPlace(panel, place);
    }),
  );
}

function withPlace(panel: RawPanel, { x, y, w, h }: Omit<Place, "id">): RawPanel {
  const was = placeOf(panel);
  if (was.x === x && was.y === y && was.w === w && was.h === h && panel.gridPos !== undefined) return panel;
  return { ...panel, gridPos: { ...asObject(panel.gridPos), x, y, w, h } };
}

/** The document without gaps and overlaps. */
export const tidy = (doc: Doc): Doc => setPlaces(doc, compact(placesOf(doc)));

/** Adds a panel where it fits below the others; gives the number that it got. */
export function addPanel(doc: Doc, panel: RawPanel, size: Extent, before?: Doc): { doc: Doc; id: number } {
  const id = nextId(doc, before);
  const gridPos = { ...findRoom(placesOf(doc), size), ...size };
  return { doc: withPanels(doc, [...panelsOf(doc), { ...panel, id, gridPos }]), id };
}

/** Takes a panel away; of a row, only the row itself, and its panels come out of it. */
export function removePanel(doc: Doc, id: number): Doc {
  const panel = findPanel(doc, id);
  if (panel === undefined) return doc;
  const open = isFolded(panel) ? toggleRow(doc, id) : doc;
  const keep = (one: RawPanel): boolean => idOf(one) !== id;
  const left = panelsOf(open)
    .filter(keep)
    .map((one) => {
      const inside = asList(one.panels).map(asObject);
      return inside.every(keep) ? one : { ...one, panels: inside.filter(keep) };
    });
  return tidy(withPanels(open, left));
}

/** Adds a copy beside the panel where there is room in its line, else below it; gives the copy's number. */
export function duplicatePanel(doc: Doc, id: number, before?: Doc): { doc: Doc; id: number } {
  const panel = findPanel(doc, id);
  if (panel === undefined) return { doc, id };
  const copyId = nextId(doc, before);
  const place = placeOf(panel);
  const beside = place.x + 2 * place.w <= 24;
  const at = beside ? { x: place.x + place.w } : { y: place.y + place.h };
  const copy = {
    ...panel,
    id: copyId,
    title: `${titleOf(panel)} (copy)`.trim(),
    gridPos: { ...asObject(panel.gridPos), ...at },
  };
  const put = (list: readonly RawPanel[]): RawPanel[] =>
    list.flatMap((one) => (idOf(one) === id ? [one, copy] : [one]));
  const inside = panelsOf(doc).map((one) =>
    isFolded(one) ? { ...one, panels: put(asList(one.panels).map(asObject)) } : one,
  );
  return { doc: tidy(withPanels(doc, put(inside))), id: copyId };
}

/** Adds an empty row at the end; gives its number. */
export function addRow(doc: Doc, title: string, before?: Doc): { doc: Doc; id: number } {
  const id = nextId(doc, before);
  const gridPos = { x: 0, y: lowest(placesOf(doc)), w: 24, h: 1 };
  const row = { id, type: "row", title, collapsed: false, panels: [], gridPos };
  return { doc: withPanels(doc, [...panelsOf(doc), row]), id };
}

/** What stands under a row: up to the next one. */
function underRow(
  doc: Doc,
  id: number,
): { before: RawPanel[]; row: RawPanel; under: RawPanel[]; after: RawPanel[] } | undefined {
  const ordered = [...panelsOf(doc)].sort(
    (a, b) => placeOf(a).y - placeOf(b).y || placeOf(a).x - placeOf(b).x,
  );
  const at = ordered.findIndex((panel) => idOf(panel) === id && isRow(panel));
  if (at < 0) return undefined;
  const next = ordered.findIndex((panel, place) => place > at && isRow(panel));
  const end = next < 0 ? ordered.length : next;
  return {
    before: ordered.slice(0, at),
    row: ordered[at]!,
    under: ordered.slice(at + 1, end),
    after: ordered.slice(end),
  };
}

/** Folds a row, its panels go into it; or opens it, and they come out below it. */
export function toggleRow(doc: Doc, id: number): Doc {
  const found = underRow(doc, id);
  if (found === undefined) return doc;
  const { before, row, under, after } = found;
  if (!isFolded(row))
    return tidy(withPanels(doc, [...before, { ...row, collapsed: true, panels: under }, ...after]));
  const inside = asList(row.panels).map(asObject);
  const first = Math.min(...inside.map((panel) => placeOf(panel).y));
  const top = placeOf(row).y + 1;
  const out = inside.map((panel) =>
    withPlace(panel, { ...placeOf(panel), y: placeOf(panel).y - first + top }),
  );
  const height = lowest(out.map(placeOf)) - top;
  const lower = [...under, ...after].map((panel) =>
    withPlace(panel, { ...placeOf(panel), y: placeOf(panel).y + Math.max(0, height) }),
  );
  return tidy(withPanels(doc, [...before, { ...row, collapsed: false, panels: [] }, ...out, ...lower]));
}

/** Takes a row away with everything under it. */
export function removeSection(doc: Doc, id: number): Doc {
  const found = underRow(doc, id);
  if (found === undefined) return doc;
  const under = isFolded(found.row) ? found.under : [];
  return tidy(withPanels(doc, [...found.before, ...under, ...found.after]));
}

/** Moves a row with everything under it past the row before (-1) or after (1) it. */
export function moveSection(doc: Doc, id: number, step: -1 | 1): Doc {
  const rows = panelsOf(doc)
    .filter(isRow)
    .sort((a, b) => placeOf(a).y - placeOf(b).y);
  const at = rows.findIndex((row) => idOf(row) === id);
  const other = rows[at + step];
  if (at < 0 || other === undefined) return doc;
  const [upper, lower] = step > 0 ? [rows[at]!, other] : [other, rows[at]!];
  const [first, second] = [underRow(doc, idOf(upper))!, underRow(doc, idOf(lower))!];
  const blocks = [first.before, [second.row, ...second.under], [first.row, ...first.under], second.after];
  return stack(doc, blocks);
}

/** Puts blocks of panels one below another; within a block they stand as before. */
function stack(doc: Doc, blocks: readonly (readonly RawPanel[])[]): Doc {
  let top = 0;
  const placed = blocks.flatMap((block) => {
    if (block.length === 0) return [];
    const from = Math.min(...block.map((panel) => placeOf(panel).y));
    const moved = block.map((panel) =>
      withPlace(panel, { ...placeOf(panel), y: placeOf(panel).y - from + top }),
    );
    top = lowest(moved.map(placeOf));
    return moved;
  });
  return tidy(withPanels(doc, placed));
}

/** Moves an entry of a list inside of the document to another place. */
export function moveEntry<T>(value: T, path: Path, from: number, to: number): T {
  const list = [...asList(getAt(value, path))];
  if (from < 0 || from >= list.length || to < 0 || to >= list.length) return value;
  const [entry] = list.splice(from, 1);
  list.splice(to, 0, entry);
  return setAt(value, path, list);
}
