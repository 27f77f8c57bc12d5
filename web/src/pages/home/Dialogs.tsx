/** What is asked before something is changed: where to, under what name, whether really. */

import { useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent, type ReactNode } from "react";
import type { DashboardHit } from "../../api/catalog";
import type { DeletedDashboard, Folder } from "../../api/library";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { deletedQuery } from "../../query/deleted";
import { focusOnMount } from "../../state/focus";
import { keptFor } from "./deleted";
import styles from "./Dialogs.module.css";

interface FormProps {
  title: string;
  action: string;
  /** It cannot be taken back altogether. */
  grave?: boolean;
  onClose: () => void;
  /** What is thrown is shown, and the dialog stays. */
  onDone: () => Promise<unknown>;
  children: ReactNode;
}

function FormDialog({ title, action, grave = false, onClose, onDone, children }: FormProps) {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setBusy(true);
    onDone().then(onClose, (fault: unknown) => {
      setError(fault instanceof Error ? fault.message : String(fault));
      setBusy(false);
    });
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit} className={styles.form}>
        {children}
        {error !== "" && (
          <p className={styles.error} role="alert">
            {error}
          </p>
        )}
        <div className={styles.buttons}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" primary disabled={busy} className={grave ? styles.grave! : ""}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const MOST_NAMED = 8;

function Names({ hits }: { hits: readonly DashboardHit[] }) {
  return (
    <ul className={styles.names}>
      {hits.slice(0, MOST_NAMED).map(({ uid, title, folderTitle }) => (
        <li key={uid}>
          {title}
          {folderTitle !== undefined && <small> in {folderTitle}</small>}
        </li>
      ))}
      {hits.length > MOST_NAMED && <li>and {hits.length - MOST_NAMED} more</li>}
    </ul>
  );
}

const counted = (hits: readonly unknown[]): string =>
  hits.length === 1 ? "this dashboard" : `${hits.length} dashboards`;

interface DeleteProps {
  hits: readonly DashboardHit[];
  onClose: () => void;
  onDelete: () => Promise<void>;
}

export function DeleteDialog({ hits, onClose, onDelete }: DeleteProps) {
  const { data } = useQuery(deletedQuery);
  return (
    <FormDialog title={`Delete ${counted(hits)}?`} action="Delete" grave onClose={onClose} onDone={onDelete}>
      <Names hits={hits} />
      <p className={styles.hint}>
        Undo brings back all of it, with its versions; so does “Recently deleted”, for {keptFor(data?.keptMs)}
        .
      </p>
    </FormDialog>
  );
}

interface ForgetProps {
  deleted: DeletedDashboard;
  onClose: () => void;
  onForget: () => Promise<void>;
}

export function ForgetDialog({ deleted: { title }, onClose, onForget }: ForgetProps) {
  return (
    <FormDialog title="Delete for good?" action="Delete for good" grave onClose={onClose} onDone={onForget}>
      <p className={styles.names}>{title}</p>
      <p className={styles.hint}>It goes with all its versions, and nothing brings it back.</p>
    </FormDialog>
  );
}

const NEW = "\u0000new";

interface MoveProps {
  hits: readonly DashboardHit[];
  folders: readonly Folder[];
  onClose: () => void;
  onMake: (title: string) => Promise<Folder>;
  onMove: (folder: Folder | undefined) => Promise<void>;
}

export function MoveDialog({ hits, folders, onClose, onMake, onMove }: MoveProps) {
  const [uid, setUid] = useState(folders.length === 0 ? NEW : "");
  const [title, setTitle] = useState("");
  const move = async (): Promise<void> => {
    await onMove(uid === NEW ? await onMake(title.trim()) : folders.find((folder) => folder.uid === uid));
  };
  return (
    <FormDialog title={`Move ${counted(hits)}`} action="Move" onClose={onClose} onDone={move}>
      <Names hits={hits} />
      <label className={styles.field}>
        To
        <select value={uid} onChange={(event) => setUid(event.target.value)}>
          <option value="">No folder</option>
          {folders.map((folder) => (
            <option key={folder.uid} value={folder.uid}>
              {folder.title}
            </option>
          ))}
          <option value={NEW}>A new folder…</option>
        </select>
      </label>
      {uid === NEW && <NameField value={title} onChange={setTitle} />}
    </FormDialog>
  );
}

function NameField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <label className={styles.field}>
      Name of the folder
      <input
        value={value}
        required
        pattern=".*\S.*"
        maxLength={200}
        ref={focusOnMount}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

interface FolderProps {
  /** Undefined for a new one. */
  folder?: Folder | undefined;
  onClose: () => void;
  onDone: (title: string) => Promise<unknown>;
}

export function FolderDialog({ folder, onClose, onDone }: FolderProps) {
  const [title, setTitle] = useState(folder?.title ?? "");
  return (
    <FormDialog
      title={folder === undefined ? "New folder" : "Rename the folder"}
      action={folder === undefined ? "Create" : "Rename"}
      onClose={onClose}
      onDone={() => onDone(title.trim())}
    >
      <NameField value={title} onChange={setTitle} />
    </FormDialog>
  );
}
