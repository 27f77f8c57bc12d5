/** Where an imported dashboard goes: where it says itself, no folder, one that is there, or a new one. */

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createFolder, type Folder } from "../../api/library";
import { Button } from "../../components/Button";
import { foldersQuery } from "../../query/folders";
import { showToast } from "../../state/toasts";
import { focusOnMount } from "../../state/focus";
import styles from "./FolderSelect.module.css";

const OWN = "\u0000own";
const NEW = "\u0000new";

interface FolderSelectProps {
  folders: readonly Folder[];
  /** Undefined for its own. */
  value: string | undefined;
  /** What its own is called. */
  own: string;
  onChange: (uid: string | undefined) => void;
}

export function FolderSelect({ folders, value, own, onChange }: FolderSelectProps) {
  const [naming, setNaming] = useState(false);
  if (naming) return <NewFolder onDone={onChange} onClose={() => setNaming(false)} />;
  const choose = (uid: string): void => {
    if (uid === NEW) setNaming(true);
    else onChange(uid === OWN ? undefined : uid);
  };
  return (
    <select
      className={styles.select}
      value={value ?? OWN}
      aria-label="Folder"
      onChange={(event) => choose(event.target.value)}
    >
      <option value={OWN}>{own}</option>
      <option value="">No folder</option>
      {folders.map(({ uid, title }) => (
        <option key={uid} value={uid}>
          {title}
        </option>
      ))}
      <option value={NEW}>A new folder…</option>
    </select>
  );
}

function NewFolder({ onDone, onClose }: { onDone: (uid: string) => void; onClose: () => void }) {
  const client = useQueryClient();
  const [title, setTitle] = useState("");
  const make = async (): Promise<void> => {
    const folder = await createFolder(title.trim());
    await client.invalidateQueries(foldersQuery);
    onDone(folder.uid);
    onClose();
  };
  const submit = (): void => {
    make().catch((error: unknown) =>
      showToast(error instanceof Error ? error.message : String(error), "error"),
    );
  };
  return (
    <span className={styles.naming}>
      <input
        value={title}
        ref={focusOnMount}
        maxLength={200}
        aria-label="Name of the new folder"
        placeholder="Name of the folder"
        onChange={(event) => setTitle(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && title.trim() !== "") submit();
          else if (event.key === "Escape") onClose();
          else return;
          event.preventDefault();
        }}
      />
      <Button disabled={title.trim() === ""} onClick={submit}>
        Create
      </Button>
      <Button quiet icon="close" aria-label="No new folder" onClick={onClose} />
    </span>
  );
}
