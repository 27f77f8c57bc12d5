/** Saving: title, folder and a word on why, beside what changed; and joining with what somebody else saved meanwhile. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo, useRef, useState, type SyntheticEvent } from "react";
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
import { ChoiceField, TextField, untakenNow } from "./fields";
import { useEditing } from "./session";
import styles from "./SaveDialog.module.css";

interface SaveDialogProps {
  /** Saved under a title of its own, beside the one that it was made from. */
  asCopy: boolean;
  onSaved: (answer: SaveAnswer, title: string) => void;
  onClose: () => void;
}

/** Seldom needed, and all of merging comes with it. */
const ConflictView = lazy(async () => ({ default: (await import("./versions")).ConflictView }));

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

/** What is filled in, and sent. */
interface Fields {
  title: string;
  message: string;
  /** A uid, or `NEW_FOLDER`. */
  folder: string;
  folderTitle: string;
}

function useFields(asCopy: boolean): [Fields, (change: Partial<Fields>) => void] {
  const { doc, opened } = useEditing();
  const [fields, setFields] = useState((): Fields => {
    const own = asText(doc.title) ?? "";
    const unnamed = asCopy && own === asText(opened.base.title);
    return {
      title: unnamed ? `${own} (copy)` : own,
      message: "",
      folder: asCopy ? "" : opened.folderUid,
      folderTitle: "",
    };
  });
  return [fields, (change) => setFields((was) => ({ ...was, ...change }))];
}

/** Where the dashboard goes; a folder that is not there yet is made. */
async function folderOf({ folder, folderTitle }: Fields): Promise<string> {
  return folder === NEW_FOLDER ? (await createFolder(folderTitle.trim())).uid : folder;
}

interface Trouble {
  /** Why nothing was saved. */
  fault?: string;
  /** The same, where it is the title. */
  taken?: string;
  conflict?: { refused: Refused; theirs: Doc };
}

/** Sending what is to be saved; what is refused is told, and nothing is lost by it. */
function useSending(
  fields: Fields,
  set: (change: Partial<Fields>) => void,
  onSaved: SaveDialogProps["onSaved"],
) {
  const client = useQueryClient();
  const { opened } = useEditing();
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>({});
  const onConflict = async ({ refused }: SaveConflict): Promise<void> => {
    if (refused.kind === "taken") {
      setTrouble({ taken: "There is a dashboard of this title in that folder already." });
      return;
    }
    const { doc: theirs, meta } = await fetchEditable(opened.uid);
    // It may have been moved meanwhile.
    if (fields.folder === opened.folderUid) set({ folder: asText(meta.folderUid) ?? "" });
    setTrouble({ conflict: { refused, theirs } });
  };
  const send = async (doc: Doc): Promise<void> => {
    setBusy(true);
    setTrouble({});
    try {
      const folderUid = await folderOf(fields);
      if (fields.folder === NEW_FOLDER) set({ folder: folderUid });
      const answer = await saveDashboard({ doc, folderUid, message: fields.message.trim() });
      void client.invalidateQueries({ queryKey: ["folders"] });
      onSaved(answer, asText(doc.title) ?? "");
    } catch (error) {
      const tell = (failure: unknown): void => setTrouble({ fault: sayError(failure) });
      if (error instanceof SaveConflict) await onConflict(error).catch(tell);
      else tell(error);
    } finally {
      setBusy(false);
    }
  };
  return { busy, trouble, setTrouble, send };
}

export function SaveDialog({ asCopy, onSaved, onClose }: SaveDialogProps) {
  const { doc, opened } = useEditing();
  const [fields, set] = useFields(asCopy);
  const { busy, trouble, setTrouble, send } = useSending(fields, set, onSaved);
  const title = fields.title.trim();
  const mine = { ...doc, title };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (title === "") setTrouble({ taken: "A dashboard needs a title." });
    else void send(asCopy ? asNew(mine) : mine);
  };
  if (trouble.conflict !== undefined) {
    return (
      <Dialog title="Somebody else has saved this dashboard" wide onClose={onClose}>
        <Suspense>
          <ConflictView
            {...trouble.conflict}
            mine={mine}
            base={opened.base}
            busy={busy}
            onMerge={(merged) => void send(merged)}
            onCopy={() => void send(asNew({ ...doc, title: `${title} (copy)` }))}
            onClose={onClose}
          />
        </Suspense>
      </Dialog>
    );
  }
  return (
    <Dialog title={asCopy ? "Save a copy" : "Save the dashboard"} wide onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <Questions {...{ asCopy, fields, set }} taken={trouble.taken} />
        <Changes />
        {trouble.fault !== undefined && (
          <p role="alert" className={styles.fault}>
            {trouble.fault}
          </p>
        )}
        <footer className={styles.foot}>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            primary
            type="submit"
            disabled={busy || (fields.folder === NEW_FOLDER && fields.folderTitle.trim() === "")}
          >
            {busy ? "Saving…" : asCopy ? "Save the copy" : "Save"}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

interface QuestionsProps {
  asCopy: boolean;
  fields: Fields;
  set: (change: Partial<Fields>) => void;
  taken: string | undefined;
}

/** Under which title, in which folder, and why. */
function Questions({ asCopy, fields, set, taken }: QuestionsProps) {
  const { opened } = useEditing();
  const named = opened.uid === "" || asCopy;
  const [untaken] = useState(untakenNow);
  const folders = useQuery({ queryKey: ["folders"], queryFn: ({ signal }) => fetchFolders(signal) });
  return (
    <div className={styles.fields}>
      {opened.copyOnly !== undefined && <p className={styles.note}>{opened.copyOnly}</p>}
      {untaken.length > 0 && (
        <p role="alert" className={styles.fault}>
          Not taken as a number, and not saved: {untaken.join(", ")}.
        </p>
      )}
      <TextField
        label="Title"
        value={fields.title}
        fault={taken}
        autoFocus={named}
        onChange={(title) => set({ title })}
      />
      <ChoiceField
        label="Folder"
        value={fields.folder}
        choices={[
          ["", "General"],
          ...(folders.data ?? []).map((one) => [one.uid, one.title] as const),
          [NEW_FOLDER, "A new folder…"],
        ]}
        onChange={(folder) => set({ folder })}
      />
      {fields.folder === NEW_FOLDER && (
        <TextField
          label="Title of the folder"
          value={fields.folderTitle}
          onChange={(folderTitle) => set({ folderTitle })}
        />
      )}
      <TextField
        label="Why"
        rows={2}
        value={fields.message}
        placeholder="Kept in the history (optional)"
        autoFocus={!named}
        onChange={(message) => set({ message })}
      />
    </div>
  );
}

/** What is different from what was opened. */
function Changes() {
  const { doc, opened } = useEditing();
  const changes = useMemo(() => describeChanges(opened.base, doc), [opened.base, doc]);
  const box = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { scrollHeight, clientHeight } = entry!.target;
      setScrolls(scrollHeight > clientHeight);
    });
    observer.observe(box.current!); // it has no height before the dialog is shown
    return () => observer.disconnect();
  }, []);
  return (
    <div
      ref={box}
      className={styles.changes}
      {...(scrolls ? { tabIndex: 0 } : {})}
      role="region"
      aria-label="Changes"
    >
      <h3>{changes.length === 1 ? "1 change" : `${changes.length} changes`}</h3>
      <ChangeList changes={changes} />
    </div>
  );
}
