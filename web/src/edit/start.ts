/** The document that editing begins with: the original, and only where it is of an old form what was made of it. Pure. */

import { asList, asNumber, asObject, type Json } from "../model/json";
import { everyPanel, idOf, panelsOf, type Doc, type RawPanel } from "./doc";

export interface Start {
  doc: Doc;
  /** How many panels had to be translated to the current form. */
  translated: number;
}

/** A note on what was translated. */
interface Note {
  panelId?: unknown;
}

const hasPlace = (panel: RawPanel): boolean =>
  ["x", "y", "w", "h"].every((key) => asNumber(asObject(panel.gridPos)[key]) !== undefined);

/** Whether a panel can be edited as it is: it has a number and a place, and nothing of it was translated. */
const isCurrent = (original: RawPanel, shown: RawPanel, noted: ReadonlySet<unknown>): boolean =>
  idOf(original) === idOf(shown) &&
  original.type === shown.type &&
  hasPlace(original) &&
  !noted.has(idOf(shown));

function pairUp(
  originals: readonly unknown[],
  shown: readonly unknown[],
  noted: ReadonlySet<unknown>,
): RawPanel[] {
  return shown.map((entry, at) => {
    const [panel, original] = [asObject(entry), asObject(originals[at])];
    const inside = asList(panel.panels);
    const own = isCurrent(original, panel, noted) ? original : panel;
    return inside.length === 0 ? own : { ...own, panels: pairUp(asList(original.panels), inside, noted) };
  });
}

/** Where the lists do not match panel by panel, the document was of another form altogether. */
const corresponds = (original: Doc, shown: Doc): boolean =>
  Array.isArray(original.panels) &&
  panelsOf(original).length === panelsOf(shown).length &&
  !("rows" in original);

/** Where editing begins, from the original, what pages draw of it, and the notes on what was translated. */
export function startOf(original: Doc, shown: Doc, notes: readonly unknown[]): Start {
  const panels = panelsOf(shown);
  if (!corresponds(original, shown)) return { doc: shown, translated: panels.length };
  const noted = new Set(notes.map((note) => (note as Note | null)?.panelId));
  const paired = pairUp(panelsOf(original), panels, noted);
  const translated = paired.filter((panel, at) => panel === panels[at]).length;
  const title: Json = "title" in original ? {} : { title: shown.title };
  return { doc: { ...original, ...title, panels: paired }, translated };
}

/**
 * An old version, whose panels get the numbers that the server gives them: where a panel has none, or the number of
 * one before it, the smallest that is free.
 */
export function numbered(doc: Doc): Doc {
  const taken = new Set<number>();
  const owners = new Set<RawPanel>();
  for (const panel of everyPanel(doc)) {
    const id = idOf(panel);
    if (!(id > 0) || taken.has(id)) continue;
    taken.add(id);
    owners.add(panel);
  }
  const give = (entry: unknown): RawPanel => {
    const panel = asObject(entry);
    let id = 1;
    while (!owners.has(panel) && taken.has(id)) id += 1;
    const own = owners.has(panel) ? panel : { ...panel, id };
    if (own !== panel) taken.add(id);
    const inside = asList(panel.panels);
    return inside.length === 0 ? own : { ...own, panels: inside.map(give) };
  };
  return { ...doc, panels: asList(doc.panels).map(give) };
}
