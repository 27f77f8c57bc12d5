/** Saving: title, folder and a word on why, beside what changed; and joining with what somebody else saved meanwhile. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState, type SyntheticEvent } from "react";
import { ApiError } from "../../api/http";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { asText } from "../../model/json";
import { describeChanges } from "../../edit/diff";
import type { Doc } from "../../edit/doc";
import {
  createFolder,
  fetchEditable,
  fetchFolders,
  saveDashboard,
  SaveConflict,
  type Refused,
  type SaveAnswer,
} from "../../edit/save";
import { ChangeList } from "./ChangeList";
import { ConflictView } from "./ConflictView";
import { ChoiceField, TextField } from "./fields";
import { useEditing } from "./session";
import styles from "./SaveDialog.module.css";

interface SaveDialogProps {
  /** Saved under a title of its own, beside the one that it was made from. */
  asCopy: boolean;
  onSaved: (answer: SaveAnswer, title: string) => void;
  onClose: () => void;
}

const NEW_FOLDER = "+";
const LOST = "Your changes are kept in this browser: try again when the server answers.";

/** A copy is a new dashboard: it has none of the numbers of the one that it was made from. */
function asNew(doc: Doc): Doc {
  const { id: _id, uid: _uid, version: _version, ...rest } = doc;
  return rest;
}

const sayError = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof ApiError && error.unreachable ? `${message} ${LOST}` : message;
};

export function SaveDialog({ asCopy, onSaved, onClose }: SaveDialogProps) {
  const client = useQueryClient();
  const { doc, opened } = useEditing();
  const own = asText(doc.title) ?? "";
  const isNew = opened.uid === "";
  const unnamed = asCopy && own === asText(opened.base.title);
  const [title, setTitle] = useState(unnamed ? `${own} (copy)` : own);
  const [message, setMessage] = useState("");
  const [folder, setFolder] = useState(asCopy ? "" : opened.folderUid);
  const [folderTitle, setFolderTitle] = useState("");
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const [taken, setTaken] = useState<string>();
  const [conflict, setConflict] = useState<{ refused: Refused; theirs: Doc }>();
  const folders = useQuery({ queryKey: ["folders"], queryFn: ({ signal }) => fetchFolders(signal) });
  const changes = useMemo(() => describeChanges(opened.base, doc), [opened.base, doc]);

  const onConflict = async (error: SaveConflict): Promise<void> => {
    if (error.refused.kind === "taken") {
      setTaken("There is a dashboard of this title in that folder already.");
      return;
    }
    const { doc: theirs, meta } = await fetchEditable(opened.uid);
    if (folder === opened.folderUid) setFolder(asText(meta.folderUid) ?? ""); // it may have been moved meanwhile
    setConflict({ refused: error.refused, theirs });
  };

  /** Sends what is to be saved; what is refused is told, and nothing is lost by it. */
  const send = async (what: Doc, copy = asCopy): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    setTaken(undefined);
    try {
      const folderUid = folder === NEW_FOLDER ? (await createFolder(folderTitle.trim())).uid : folder;
      if (folder === NEW_FOLDER) setFolder(folderUid);
      const answer = await saveDashboard({
        doc: copy ? asNew(what) : what,
        folderUid,
        message: message.trim(),
      });
      void client.invalidateQueries({ queryKey: ["folders"] });
      onSaved(answer, asText(what.title) ?? "");
    } catch (error) {
      if (error instanceof SaveConflict)
        await onConflict(error).catch((failure: unknown) => setFault(sayError(failure)));
      else setFault(sayError(error));
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (title.trim() === "") setTaken("A dashboard needs a title.");
    else void send({ ...doc, title: title.trim() });
  };
  if (conflict !== undefined) {
    return (
      <Dialog title="Somebody else has saved this dashboard" wide onClose={onClose}>
        <ConflictView
          {...conflict}
          mine={{ ...doc, title: title.trim() }}
          base={opened.base}
          busy={busy}
          fault={fault}
          onMerge={(merged) => {
            setConflict(undefined);
            void send(merged);
          }}
          onCopy={() => {
            setConflict(undefined);
            void send({ ...doc, title: `${title.trim()} (copy)` }, true);
          }}
          onClose={onClose}
        />
      </Dialog>
    );
  }
  return (
    <Dialog title={asCopy ? "Save a copy" : "Save the dashboard"} wide onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <div className={styles.fields}>
          {opened.copyOnly !== undefined && <p className={styles.note}>{opened.copyOnly}</p>}
          <TextField
            label="Title"
            value={title}
            fault={taken}
            autoFocus={isNew || asCopy}
            onChange={setTitle}
          />
          <ChoiceField
            label="Folder"
            value={folder}
            choices={[
              ["", "General"],
              ...(folders.data ?? []).map((one) => [one.uid, one.title] as const),
              [NEW_FOLDER, "A new folder…"],
            ]}
            onChange={setFolder}
          />
          {folder === NEW_FOLDER && (
            <TextField label="Title of the folder" value={folderTitle} onChange={setFolderTitle} />
          )}
          <TextField
            label="Why"
            rows={2}
            value={message}
            placeholder="Kept in the history (optional)"
            autoFocus={!isNew && !asCopy}
            onChange={setMessage}
          />
        </div>
        <div className={styles.changes}>
          <h3>{changes.length === 1 ? "1 change" : `${changes.length} changes`}</h3>
          <ChangeList changes={changes} />
        </div>
        {fault !== undefined && (
          <p role="alert" className={styles.fault}>
            {fault}
          </p>
        )}
        <footer className={styles.foot}>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            primary
            type="submit"
            disabled={busy || (folder === NEW_FOLDER && folderTitle.trim() === "")}
          >
            {busy ? "Saving…" : asCopy ? "Save the copy" : "Save"}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
