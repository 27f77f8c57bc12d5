/** The editor of a dashboard: the page with its panels or one panel of it, a bar of tools, and saving. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { TimePicker } from "../../components/TimePicker";
import { ColorRegistry } from "../../model/colors";
import { asText } from "../../model/json";
import type { RawRange } from "../../model/timerange";
import { DashboardContext, type DashboardScope } from "../../panels/module";
import { refreshPanels } from "../../query/panel";
import { addPanel, addRow, findPanel, titleOf } from "../../edit/doc";
import { kindOf, newPanel } from "../../edit/kinds";
import type { SaveAnswer } from "../../edit/save";
import { useEscape } from "../../state/keys";
import { guardLeaving, navigate, setParams, useAddress } from "../../state/location";
import { setRange, usePageRange, widenRange } from "../../state/range";
import { showToast } from "../../state/toasts";
import { useInterval } from "../../state/visibility";
import { Variables } from "../dashboard/Variables";
import { Page } from "../Page";
import { EditBar } from "./EditBar";
import { EditGrid } from "./EditGrid";
import { useLeaving } from "./guard";
import { KindList } from "./KindPicker";
import { Notices } from "./Notices";
import { PanelEditor } from "./PanelEditor";
import { SaveDialog } from "./SaveDialog";
import { SessionContext, useSession, type Opened, type Session } from "./session";
import { SettingsDialog } from "./SettingsDialog";
import { usePanels, type Drawn } from "./usePanels";
import styles from "./Editor.module.css";

type Box = "add" | "settings" | "save" | "copy";

/** Links of the dashboard lead away from what is being edited. */
const NO_LINKS: readonly [] = [];

const openPanel = (id: number): void => setParams({ editPanel: String(id) });
const closePanel = (): void => setParams({ editPanel: undefined });

/** The page's range: the same object as long as it says the same, so that typing draws no chart anew. */
function useRange(drawn: Drawn["dashboard"]): { raw: RawRange; refreshMs: number } {
  const { raw, refreshMs } = usePageRange(drawn);
  const { from, to } = raw;
  return { raw: useMemo(() => ({ from, to }), [from, to]), refreshMs };
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

/** What there is to do once the server has the document. */
function useSaved({ opened, forget }: Session): (answer: SaveAnswer, title: string) => Promise<void> {
  const client = useQueryClient();
  return async (answer, title) => {
    forget();
    guardLeaving(undefined);
    showToast(`“${title}” is saved, as version ${answer.version}.`);
    client.removeQueries({ queryKey: ["versions", answer.uid] });
    void client.invalidateQueries({ queryKey: ["dashboards"] });
    await client.invalidateQueries({ queryKey: ["dashboard", answer.uid] });
    client.removeQueries({ queryKey: ["editing", opened.uid] });
    navigate(answer.url.replace(/^\//, ""));
  };
}

interface EditorProps {
  opened: Opened;
  /** New dashboards: begins anew instead of going back to what was read. */
  onRestart?: () => void;
}

export function Editor({ opened, onRestart }: EditorProps) {
  const client = useQueryClient();
  const session = useSession(opened);
  const { doc, apply, dirty } = session;
  const { params } = useAddress();
  const [first, setFirst] = useState(() => ({ time: { from: "now-1h", to: "now" }, refreshMs: 0 }));
  const { raw, refreshMs } = useRange(first as Drawn["dashboard"]);
  const drawn = usePanels(opened.uid, doc, raw);
  const { time, refreshMs: ownMs } = drawn.dashboard;
  if (first.time.from !== time.from || first.time.to !== time.to || first.refreshMs !== ownMs)
    setFirst({ time, refreshMs: ownMs });
  const scope = useScope(opened.uid, raw);
  const [picking, setPicking] = useState(false);
  const [box, setBox] = useState<Box>();
  const close = (): void => setBox(undefined);
  const asCopy = opened.copyOnly !== undefined;
  const save = (): void => setBox(asCopy ? "copy" : "save");
  const saved = useSaved(session);
  const leaving = useLeaving(dirty);
  const chosen = params.get("editPanel");
  const title = asText(doc.title) ?? "Untitled";
  useInterval(refreshMs, () => void refreshPanels(client));
  useEditKeys(session, save);
  useEscape(chosen !== null, closePanel);
  const add = (type: string): void => {
    close();
    const kind = kindOf(type)!;
    const made = addPanel(doc, newPanel(type, `New ${kind.name.toLowerCase()}`), kind.size, opened.base);
    apply(`Added a ${kind.name.toLowerCase()}`, () => made.doc);
    openPanel(made.id);
  };
  const leave = (): void => {
    if (opened.uid === "") navigate("dashboards");
    else setParams({ edit: undefined, editPanel: undefined });
  };
  const discard = (): void => {
    session.discard();
    onRestart?.();
    closePanel();
    showToast("Your changes are discarded.");
  };
  const controls = (
    <>
      <TimePicker value={raw} open={picking} onOpen={setPicking} onChange={setRange} />
      <Button onClick={leave} className={styles.leave}>
        {dirty ? "Close" : "Done"}
      </Button>
      <Button primary onClick={save} disabled={!dirty && opened.uid !== ""}>
        {asCopy ? "Save a copy" : "Save"}
      </Button>
    </>
  );
  const panelTitle = chosen === null ? undefined : titleOf(findPanel(doc, Number(chosen)) ?? {});
  return (
    <SessionContext value={session}>
      <Page
        title={panelTitle === undefined ? `Edit: ${title}` : `${title} / ${panelTitle}`}
        controls={controls}
      >
        <EditBar
          inPanel={chosen !== null}
          onBack={closePanel}
          onAdd={() => setBox("add")}
          onAddRow={() => apply("Added a row", () => addRow(doc, "New row", opened.base).doc)}
          onSettings={() => setBox("settings")}
          onDiscard={discard}
        />
        <Notices onDiscard={discard} />
        <Variables page={drawn.page} links={NO_LINKS} />
        <DashboardContext value={scope}>
          {chosen === null ? (
            <EditGrid drawn={drawn} raw={raw} onOpen={openPanel} onAdd={() => setBox("add")} />
          ) : (
            <PanelEditor key={chosen} id={Number(chosen)} drawn={drawn} raw={raw} onBack={closePanel} />
          )}
        </DashboardContext>
      </Page>
      {box === "add" && (
        <Dialog title="Add a panel" wide onClose={close}>
          <KindList onChoose={add} />
        </Dialog>
      )}
      {box === "settings" && <SettingsDialog raw={raw} onClose={close} />}
      {(box === "save" || box === "copy") && (
        <SaveDialog
          asCopy={box === "copy"}
          onSaved={(answer, name) => void saved(answer, name)}
          onClose={close}
        />
      )}
      {leaving.to !== undefined && (
        <Dialog title="Leave with unsaved changes?" onClose={leaving.stay}>
          <p>
            They are not saved. This browser keeps them as a draft, and offers it the next time that you
            {opened.uid === "" ? " make a new dashboard." : " edit this dashboard."}
          </p>
          <footer className={styles.foot}>
            <Button
              onClick={() => {
                session.discard();
                leaving.leave();
              }}
            >
              Discard them
            </Button>
            <Button onClick={leaving.leave}>Leave</Button>
            <Button primary onClick={leaving.stay}>
              Stay
            </Button>
          </footer>
        </Dialog>
      )}
    </SessionContext>
  );
}
