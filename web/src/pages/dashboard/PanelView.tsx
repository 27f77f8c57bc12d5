/** One panel of a dashboard: its data, its state, and the component that draws it. */

import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useEffectEvent, useRef, useState, type RefObject } from "react";
import { ErrorBoundary } from "../../components/ErrorBoundary";
import type { MenuGroups } from "../../components/Menu";
import { useSize, useVisibility } from "../../components/measure";
import { PanelFrame } from "../../components/PanelFrame";
import type { Panel } from "../../model/dashboard";
import type { RawRange } from "../../model/timerange";
import { FALLBACK, findPanelType, type AnyModule, type PanelType } from "../../panels";
import { drawsNothing } from "../../panels/absent";
import { useMissing } from "../../query/missing";
import { usePanelData, type PanelData } from "../../query/panel";
import { isSourceGone, lookAtSources } from "../../query/sources";
import { useAddress } from "../../state/location";
import { makePlan } from "./plan";
import { Content, describeError } from "./PanelViewContent";
import { usePanelEntries } from "./PanelViewEntries";
import { hintFor } from "./PanelViewHint";
import { answerKeys } from "./PanelViewKeys";
import { inspect, useSurroundings } from "./PanelViewScope";

const Inspector = lazy(() => import("../../inspect/Inspector"));
const DataLinks = lazy(() => import("../../links/DataLinks"));

interface PanelViewProps {
  panel: Panel;
  raw: RawRange;
  /** Shown alone, as large as the page. */
  alone: boolean;
}

/** The module of a panel type; undefined while its chunk is on the way, an error when that failed. */
function useModule(type: PanelType, wanted: boolean): AnyModule | Error | undefined {
  const [loaded, setLoaded] = useState<{ type: PanelType; module: AnyModule | Error }>();
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    const set = (module: AnyModule | Error): void => {
      if (current) setLoaded({ type, module });
    };
    Promise.resolve(type.load()).then(set, () => set(new Error(CHUNK_LOST)));
    return () => {
      current = false;
    };
  }, [type, wanted]);
  return loaded?.type === type ? loaded.module : undefined;
}

const CHUNK_LOST =
  "A part of this page could not be loaded. Reload the page: the server may have been updated.";

/** The page says that a source is gone as soon as a panel meets it. */
function useSourceLook(error: Error | null): void {
  const client = useQueryClient();
  const gone = error !== null && isSourceGone(error);
  useEffect(() => {
    if (gone) lookAtSources(client);
  }, [gone, client]);
}

/** What is to be warned of: each thing once, as two queries may say the same. */
function warningsOf(panel: Panel, data: PanelData, known: boolean): string[] {
  const old = data.error !== null && data.frames.length > 0 ? [describeError(data.error)] : [];
  return [
    ...new Set([
      ...(known ? [] : [`Panels of type “${panel.type}” are shown as a table.`]),
      ...panel.notes,
      ...data.shaped.notes,
      ...old,
      ...data.frames.flatMap(({ warnings }) => warnings),
    ]),
  ];
}

/** What was translated of this panel; copies of one that repeats have the notes of that one. */
function useNotes({ id, raw }: Panel) {
  const notes = useSurroundings()?.notes ?? [];
  return notes
    .filter(({ panelId }) => panelId !== null && (panelId === id || panelId === raw.id))
    .map(({ path, message, rule }) => ({ path, message, lost: rule.startsWith("unsupported-") }));
}

interface Behind {
  /** Which tab of the inspector is open; undefined while it is closed. */
  tab: string | undefined;
  asTable: boolean;
  links: boolean;
  set: (change: { asTable?: boolean; links?: boolean }) => void;
}

/** What is open of a panel besides its drawing. */
function useBehind({ id }: Panel): Behind {
  const { params } = useAddress();
  const [state, setState] = useState({ asTable: false, links: false });
  const open = params.get("inspect") === String(id);
  return {
    ...state,
    tab: open ? (params.get("inspectTab") ?? "data") : undefined,
    set: (change) => setState((was) => ({ ...was, ...change })),
  };
}

const hasDataLinks = ({ fields }: Panel): boolean =>
  fields.defaults.links.length > 0 ||
  fields.overrides.some(({ properties }) => properties.some(({ id }) => id === "links"));

/** The keys `e` and `i` mean the panel that the page finds under the pointer or the focus. */
function useKeys({ id }: Panel, run: Readonly<Record<"explore" | "inspect", () => void>>): void {
  const onKey = useEffectEvent((what: "explore" | "inspect") => run[what]());
  useEffect(() => answerKeys(String(id), (what) => onKey(what)), [id]);
}

/** Makes the menu when it is wanted. Where a panel is edited, the page has tools of its own. */
function useMenu(
  props: PanelViewProps,
  queries: boolean,
  data: PanelData,
  behind: Behind,
  frame: RefObject<HTMLElement | null>,
): (() => Promise<MenuGroups>) | undefined {
  const { panel, raw, alone } = props;
  const added = usePanelEntries(panel);
  const inside = useSurroundings() !== undefined;
  if (!inside) return undefined;
  const context = {
    panel,
    raw,
    alone,
    queries,
    data,
    asTable: behind.asTable,
    dataLinks: queries && hasDataLinks(panel),
    frame: () => frame.current!,
    onTable: () => behind.set({ asTable: !behind.asTable }),
    onDataLinks: () => behind.set({ links: true }),
  };
  return async () => (await import("./PanelViewMenu")).panelMenu(context, added);
}

function Panelled(props: PanelViewProps) {
  const { panel, raw } = props;
  const frame = useRef<HTMLElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const known = findPanelType(panel.type);
  const type = known ?? FALLBACK;
  const behind = useBehind(panel);
  const visibility = useVisibility(body);
  const size = useSize(body);
  const module = useModule(type, visibility.seen);
  const wanted = visibility.visible || behind.tab !== undefined;
  const data = usePanelData(makePlan(panel, props, size?.width, wanted));
  const queries = type.needs !== "none";
  const menu = useMenu(props, queries, data, behind, frame);
  const hint = hintFor(panel, data, raw, type.anchor);
  const failed = data.error !== null;
  useSourceLook(data.error);
  useKeys(panel, {
    explore: () => void import("./PanelViewMenu").then(({ exploreNow }) => exploreNow(panel, raw)),
    inspect: () => queries && inspect(panel.id),
  });
  return (
    <>
      <PanelFrame
        title={panel.title}
        description={panel.description}
        hint={hint}
        warnings={warningsOf(panel, data, known !== undefined)}
        missing={useMissing(data.frames, drawsNothing(type, panel))}
        notes={useNotes(panel)}
        failed={failed && !isSourceGone(data.error!)} // what is gone, the page says
        fetching={data.fetching && data.frames.length > 0}
        dimmed={data.frames.length > 0 && (failed || hint?.stale === true)}
        flush={behind.asTable || type.flush === true}
        transparent={panel.transparent}
        menu={menu}
        frameRef={frame}
        bodyRef={body}
      >
        <ErrorBoundary title="This panel could not be drawn">
          <Content
            panel={panel}
            data={data}
            raw={raw}
            type={type}
            module={module}
            size={size}
            asTable={behind.asTable}
            onRetry={data.refetch}
            onShowQuery={() => inspect(panel.id, "query")}
          />
        </ErrorBoundary>
      </PanelFrame>
      <Suspense>
        {behind.tab !== undefined && <Inspector panel={panel} data={data} tab={behind.tab} onTab={inspect} />}
        {behind.links && (
          <DataLinks panel={panel} data={data} raw={raw} onClose={() => behind.set({ links: false })} />
        )}
      </Suspense>
    </>
  );
}

/** Draws the panel once it is near the screen, and keeps it. A fault in it leaves the others alone. */
export function PanelView(props: PanelViewProps) {
  return (
    <ErrorBoundary title="This panel could not be drawn">
      <Panelled {...props} />
    </ErrorBoundary>
  );
}
