/** The panels of the document as they are drawn: variables filled in, each drawn anew only when it changed itself. */

import { useMemo } from "react";
import { panelsOf, type Doc, type RawPanel } from "../../edit/doc";
import { parseDashboard, type Dashboard, type Panel } from "../../model/dashboard";
import { pageVariables, resolvePanel, type Situation } from "../../model/resolve";
import { resolveRange, type RawRange } from "../../model/timerange";
import { useVariables, type PageVariables } from "../../query/variables";
import { useAddress } from "../../state/location";

const LOADED_MS = Date.now();

/** A panel that shows another one's data needs all of them to be read. */
const isShared = (panel: RawPanel): boolean =>
  JSON.stringify(panel.datasource ?? panel.targets ?? "").includes("-- Dashboard --");

/** Panels as they were read before, by their own JSON; forgotten where something outside of them changes. */
function makeReader(templating: unknown): (doc: Doc, panel: RawPanel) => Panel {
  const known = new WeakMap<RawPanel, Panel>();
  return (doc, raw) => {
    const before = known.get(raw);
    if (before !== undefined) return before;
    const panels = isShared(raw) ? [raw, ...panelsOf(doc).filter((panel) => panel !== raw)] : [raw];
    const panel = parseDashboard({ templating, panels }).panels[0]!;
    known.set(raw, panel);
    return panel;
  };
}

type Draw = (doc: Doc, panel: RawPanel) => Panel;

/** Panels with everything filled in; the same object as long as neither they nor the page change. */
function makeDrawer(read: Draw, situation: Situation, dashboard: Dashboard): Draw {
  const texts = pageVariables(dashboard, situation);
  const known = new WeakMap<Panel, Panel>();
  return (doc, raw) => {
    const plain = read(doc, raw);
    const before = known.get(plain);
    if (before !== undefined) return before;
    const made = resolvePanel(plain, situation, texts);
    known.set(plain, made);
    return made;
  };
}

export interface Drawn {
  /** Without its panels. */
  dashboard: Dashboard;
  page: PageVariables;
  draw: Draw;
}

/** How the panels of a document are drawn on this page. */
export function usePanels(uid: string, doc: Doc, raw: RawRange): Drawn {
  const { params } = useAddress();
  const dashboard = useMemo(() => parseDashboard({ ...doc, panels: [] }), [doc]);
  const { templating, title } = doc;
  const named = useMemo(() => parseDashboard({ templating, title }), [templating, title]);
  const page = useVariables(
    `${uid} being edited ${JSON.stringify(templating ?? null)}`,
    named.variables,
    raw,
    params,
  );
  const read = useMemo(() => makeReader(templating), [templating]);
  const draw = useMemo(() => {
    const range = resolveRange(raw, LOADED_MS) ?? { fromMs: 0, toMs: LOADED_MS };
    return makeDrawer(read, { ...page, raw, range }, named);
  }, [page, raw, read, named]);
  return { dashboard, page, draw };
}
