/** The dialogs over an edited dashboard: adding a panel, its settings, saving, and leaving with changes. */

import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import type { RawRange } from "../../model/timerange";
import { asViewed } from "../../edit/viewed";
import type { SaveAnswer } from "../../edit/save";
import { currentAddress, guardLeaving, navigate } from "../../state/location";
import { showToast } from "../../state/toasts";
import { useLeaving } from "./guard";
import { KindList } from "./KindPicker";
import { SaveDialog } from "./SaveDialog";
import { useEditing, type Session } from "./session";
import styles from "./Editor.module.css";

/** All forms of a dashboard as a whole: many panels are edited without them. */
const SettingsDialog = lazy(async () => ({ default: (await import("./SettingsDialog")).SettingsDialog }));

export type Box = "add" | "settings" | "save";

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
    navigate(asViewed(answer.url, currentAddress().params));
  };
}

interface EditBoxesProps {
  /** The one that is open. */
  box: Box | undefined;
  raw: RawRange;
  onAdd: (type: string) => void;
  onSave: () => void;
  onClose: () => void;
}

export function EditBoxes({ box, raw, onAdd, onSave, onClose }: EditBoxesProps) {
  const session = useEditing();
  const saved = useSaved(session);
  return (
    <>
      {box === "add" && (
        <Dialog title="Add a panel" wide onClose={onClose}>
          <KindList onChoose={onAdd} />
        </Dialog>
      )}
      <Suspense>{box === "settings" && <SettingsDialog raw={raw} onClose={onClose} />}</Suspense>
      {box === "save" && (
        <SaveDialog
          asCopy={session.opened.copyOnly !== undefined}
          onSaved={(answer, name) => void saved(answer, name)}
          onClose={onClose}
        />
      )}
      <LeaveDialog onSave={onSave} />
    </>
  );
}

/** Asks, where somebody leaves with changes that are not saved. */
function LeaveDialog({ onSave }: { onSave: () => void }) {
  const { opened, dirty, discard } = useEditing();
  const leaving = useLeaving(dirty);
  const discardThem = (): void => {
    discard();
    leaving.leave();
  };
  const save = (): void => {
    leaving.stay();
    onSave();
  };
  if (leaving.to === undefined) return null;
  return (
    <Dialog title="Leave with unsaved changes?" onClose={leaving.stay}>
      <p>
        They are not saved. This browser keeps them as a draft, and offers it the next time that you
        {opened.uid === "" ? " make a new dashboard." : " edit this dashboard."}
      </p>
      <footer className={styles.foot}>
        <Button onClick={discardThem}>Discard them</Button>
        <Button onClick={leaving.leave}>Leave</Button>
        <Button onClick={save}>{opened.copyOnly === undefined ? "Save" : "Save a copy"}</Button>
        <Button primary onClick={leaving.stay}>
          Stay
        </Button>
      </footer>
    </Dialog>
  );
}
