/** The editor of a dashboard: the page with its panels or one panel of it, a bar of tools, and saving. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { ColorRegistry } from "../../model/colors";
import { asText } from "../../model/json";
import { UNSAID_RANGE, type RawRange } from "../../model/timerange";
import { DashboardContext, type DashboardScope } from "../../panels/module";
import { refreshPanels } from "../../query/panel";
import { addPanel, addRow, findPanel, titleOf, type Doc } from "../../edit/doc";
import { kindOf, newPanel } from "../../edit/kinds";
import { useEscape } from "../../state/keys";
import { setParams, useAddress } from "../../state/location";
import { setRange, usePageRange, widenRange, type RangeDefaults } from "../../state/range";
import { showToast } from "../../state/toasts";
import { useInterval } from "../../state/visibility";
import { useTimesOf } from "../../state/zone";
import { Variables } from "../dashboard/Variables";
import { Page } from "../Page";
import { EditBar } from "./EditBar";
import { EditBoxes, type Box } from "./EditBoxes";
import { EditControls } from "./EditControls";
import { EditGrid } from "./EditGrid";
import { Notices } from "./Notices";
import { PanelEditor } from "./PanelEditor";
import { SessionContext, useEditing, useSession, type Opened, type Session } from "./session";
import { usePanels, type Drawn } from "./usePanels";

/** Links of the dashboard lead away from what is being edited. */
const NO_LINKS: readonly [] = [];

const openPanel = (id: number): void => setParams({ editPanel: String(id) });
const closePanel = (): void => setParams({ editPanel: undefined });

/** How the document is drawn, and over which range: the same objects as long as they say the same. */
function useDrawn(uid: string, doc: Doc): { drawn: Drawn; raw: RawRange; refreshMs: number } {
  const [first, setFirst] = useState<RangeDefaults>(() => ({
    time: UNSAID_RANGE,
    refreshMs: 0,
  }));
  const { raw: asked, refreshMs } = usePageRange(first);
  const { from, to } = asked;
  const raw = useMemo(() => ({ from, to }), [from, to]);
  const drawn = usePanels(uid, doc, raw);
  const { time, refreshMs: ownMs } = drawn.dashboard;
  if (first.time.from !== time.from || first.time.to !== time.to || first.refreshMs !== ownMs)
    setFirst({ time, refreshMs: ownMs });
  return { drawn, raw, refreshMs };
}

function useScope(uid: string, raw: RawRange): DashboardScope {
  return useMemo(
    () => ({
      colors: new ColorRegistry(),
      syncKey: `editing ${uid}`,
      zoom: (fromMs, toMs) => setRange({ from: String(fromMs), to: String(toMs) }),
      zoomOut: () => widenRange(raw),
      editing: true,
    }),
    [uid, raw],
  );
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Ctrl Z and Ctrl Shift Z, unless somebody types, where they belong to the text; Ctrl S always. */
function useEditKeys({ undo, redo }: Session, save: () => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || document.querySelector("dialog[open]") !== null)
      return;
    const key = event.key.toLowerCase();
    if (key === "s") save();
    else if (isTyping(event.composedPath()[0] ?? null)) return;
    else if (key === "y" || (key === "z" && event.shiftKey)) redo();
    else if (key === "z") undo();
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}

/** The focus goes to the page where what had it is gone, as the button is that led here: the next Tab begins there. */
function useFocusOnPage(shown: string | null): void {
  useEffect(() => {
    const now = document.activeElement;
    if (now === null || now === document.body)
      document.getElementById("main")?.focus({ preventScroll: true });
  }, [shown]);
}

interface EditorProps {
  opened: Opened;
  /** New dashboards: begins anew instead of going back to what was read. */
  onRestart?: () => void;
}

export function Editor({ opened, onRestart }: EditorProps) {
  const session = useSession(opened);
  return (
    <SessionContext value={session}>
      <Editing {...(onRestart === undefined ? {} : { onRestart })} />
    </SessionContext>
  );
}

/** What is done to the document from outside of its panels. */
function useWork(onRestart: (() => void) | undefined, close: () => void) {
  const { opened, doc, apply, discard } = useEditing();
  const [newRow, setNewRow] = useState<number>();
  return {
    newRow,
    addPanel: (type: string): void => {
      close();
      const kind = kindOf(type)!;
      const made = addPanel(doc, newPanel(type, `New ${kind.name.toLowerCase()}`), kind.size, opened.base);
      apply(`Added a ${kind.name.toLowerCase()}`, () => made.doc);
      openPanel(made.id);
    },
    addRow: (): void => {
      const made = addRow(doc, "New row", opened.base);
      apply("Added a row", () => made.doc);
      setNewRow(made.id);
    },
    discard: (): void => {
      const bringBack = discard();
      onRestart?.();
      closePanel();
      showToast("Your changes are discarded.", "info", { label: "Undo", run: bringBack });
    },
  };
}

function Editing({ onRestart }: Pick<EditorProps, "onRestart">) {
  const client = useQueryClient();
  const session = useEditing();
  const { opened, doc } = session;
  const { params } = useAddress();
  const { drawn, raw, refreshMs } = useDrawn(opened.uid, doc);
  const scope = useScope(opened.uid, raw);
  const [box, setBox] = useState<Box>();
  const close = (): void => setBox(undefined);
  const save = (): void => setBox("save");
  const work = useWork(onRestart, close);
  const chosen = params.get("editPanel");
  useFocusOnPage(chosen);
  useTimesOf(doc);
  useInterval(refreshMs, () => void refreshPanels(client));
  useEditKeys(session, save);
  useEscape(chosen !== null, closePanel);
  return (
    <>
      <Page title={titleOfPage(doc, chosen)} controls={<EditControls raw={raw} onSave={save} />}>
        <EditBar
          inPanel={chosen !== null}
          onBack={closePanel}
          onAdd={() => setBox("add")}
          onAddRow={work.addRow}
          onSettings={() => setBox("settings")}
          onDiscard={work.discard}
        />
        <Notices onDiscard={work.discard} />
        <Variables page={drawn.page} links={NO_LINKS} />
        <DashboardContext value={scope}>
          {chosen === null ? (
            <EditGrid
              {...{ drawn, raw }}
              newRow={work.newRow}
              onOpen={openPanel}
              onAdd={() => setBox("add")}
            />
          ) : (
            <PanelEditor key={chosen} id={Number(chosen)} drawn={drawn} raw={raw} onBack={closePanel} />
          )}
        </DashboardContext>
      </Page>
      <EditBoxes box={box} raw={raw} onAdd={work.addPanel} onSave={save} onClose={close} />
    </>
  );
}

function titleOfPage(doc: Doc, chosen: string | null): string {
  const title = asText(doc.title) ?? "Untitled";
  if (chosen === null) return `Edit: ${title}`;
  return `${title} / ${titleOf(findPanel(doc, Number(chosen)) ?? {})}`;
}
