/** Importing dashboards: files, many at once, or pasted JSON; what each becomes is shown before it is saved. */

import { useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { Icon } from "../../components/icons";
import { foldersQuery } from "../../query/folders";
import { sourcesQuery } from "../../query/sources";
import { navigate } from "../../state/location";
import { Page } from "../Page";
import { focusOnMount } from "../../state/focus";
import { EntryCard } from "./EntryCard";
import type { Decision } from "./entries";
import { FolderSelect } from "./FolderSelect";
import styles from "./ImportPage.module.css";
import { useFileDrop } from "./useFileDrop";
import { useImport, type Importing } from "./useImport";
import { describeUnread, plural } from "./words";

/** What looks like JSON and is pasted outside of a field is imported. */
function usePaste(onText: (text: string) => unknown): void {
  const take = useEffectEvent((event: ClipboardEvent) => {
    const text = event.clipboardData?.getData("text/plain").trim() ?? "";
    const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select");
    if (!/^[[{]/.test(text) || typing) return;
    event.preventDefault();
    onText(text);
  });
  useEffect(() => {
    const listener = (event: ClipboardEvent): void => take(event);
    document.addEventListener("paste", listener);
    return () => document.removeEventListener("paste", listener);
  }, []);
}

function FileButton({
  text,
  folder = false,
  primary = false,
  onFiles,
}: {
  text: string;
  folder?: boolean;
  primary?: boolean;
  onFiles: (files: File[]) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button icon={folder ? "folder" : "file"} primary={primary} onClick={() => input.current!.click()}>
        {text}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        aria-label={text}
        {...(folder ? { webkitdirectory: "" } : { accept: ".json,application/json" })}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          onFiles(folder ? files.filter(({ name }) => name.toLowerCase().endsWith(".json")) : files);
          event.target.value = ""; // the same file may be chosen again
        }}
      />
    </>
  );
}

/** Stays open with a text that cannot be read, so that it can be mended. */
function Paste({ onText, onClose }: { onText: (text: string) => boolean; onClose: () => void }) {
  const [text, setText] = useState("");
  return (
    <form
      className={styles.paste}
      onKeyDown={(event) => event.key === "Escape" && text === "" && onClose()}
      onSubmit={(event) => {
        event.preventDefault();
        if (onText(text)) onClose();
      }}
    >
      <textarea
        value={text}
        ref={focusOnMount}
        rows={10}
        spellCheck={false}
        aria-label="JSON of a dashboard"
        placeholder='{"title": "…", "panels": […]}'
        onChange={(event) => setText(event.target.value)}
      />
      <div className={styles.buttons}>
        <Button type="submit" primary disabled={text.trim() === ""}>
          Look at it
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  );
}

interface BringProps {
  small: boolean;
  over: boolean;
  onFiles: (files: File[]) => void;
  /** Tells whether the text could be read. */
  onText: (text: string) => boolean;
}

/** Where files go in. */
function Bring({ small, over, onFiles, onText }: BringProps) {
  const [pasting, setPasting] = useState(false);
  const button = useRef<HTMLSpanElement>(null);
  const close = (): void => {
    setPasting(false);
    button.current!.querySelector("button")!.focus();
  };
  return (
    <section
      className={`${small ? styles.small : styles.zone} ${over ? styles.over : ""}`}
      aria-label="Bring dashboards"
    >
      {!small && (
        <>
          <Icon name="upload" size={28} />
          <h2>{over ? "Let go to look at them" : "Drop dashboards here"}</h2>
          <p>
            JSON from Grafana in any of its forms, from grafana.com, or an export of Watchglass: one file or
            many. Nothing is saved before you have seen what becomes of it.
          </p>
        </>
      )}
      <div className={styles.buttons}>
        <FileButton text={small ? "More files" : "Choose files"} primary={!small} onFiles={onFiles} />
        <FileButton text="Choose a folder" folder onFiles={onFiles} />
        <span ref={button}>
          <Button icon="copy" aria-expanded={pasting} onClick={() => setPasting(!pasting)}>
            Paste JSON
          </Button>
        </span>
      </div>
      {pasting && <Paste onText={onText} onClose={close} />}
    </section>
  );
}

/** What is decided for many at once. */
function ForAll({ importing }: { importing: Importing }) {
  const { listed, undecided, changeAll, decideAll } = importing;
  const { data: folders = [] } = useQuery(foldersQuery);
  const [folderUid, setFolderUid] = useState<string>();
  const box = useRef<HTMLDivElement>(null);
  const decide = (decision: Decision): void => {
    box.current!.querySelector<HTMLElement>("select, input")!.focus(); // the buttons go away
    decideAll(decision);
  };
  if (listed.filter(({ entry }) => entry.result === undefined).length < 2) return null;
  return (
    <div ref={box} className={styles.all} role="group" aria-label="For all of them">
      <label>
        All into
        <FolderSelect
          folders={folders}
          value={folderUid}
          own="Where each belongs"
          onChange={(uid) => {
            setFolderUid(uid);
            changeAll({ folderUid: uid });
          }}
        />
      </label>
      {undecided > 0 && (
        <span className={styles.decide}>
          {plural(undecided, "is", "are")} here already:
          <Button onClick={() => decide("copy")}>Keep both</Button>
          <Button onClick={() => decide("replace")}>Replace</Button>
          <Button onClick={() => decide("skip")}>Skip</Button>
        </span>
      )}
    </div>
  );
}

/** What saving would do now, and how far it is. */
function Footer({ importing }: { importing: Importing }) {
  const { listed, wanted, undecided, sending, save, stop, clear, unread } = importing;
  const results = listed.flatMap(({ entry }) => (entry.result === undefined ? [] : [entry.result]));
  const saved = results.filter(({ status }) => ["created", "updated", "unchanged"].includes(status)).length;
  const open = results.length - saved;
  if (sending !== undefined) {
    return (
      <footer className={styles.footer}>
        <progress value={sending.done} max={sending.of} aria-label="Import" />
        <span role="status">
          {sending.done + 1} of {sending.of}
        </span>
        <Button onClick={stop}>Stop</Button>
      </footer>
    );
  }
  const looking = listed.some(({ preview }) => preview.isPending);
  const done = results.length > 0 && wanted.length === 0;
  return (
    <footer className={styles.footer}>
      <span role="status" className={styles.said}>
        {results.length > 0 && `${plural(saved, "dashboard")} imported${open > 0 ? `, ${open} not` : ""}. `}
        {looking && "Looking at them…"}
        {undecided > 0 && `${plural(undecided, "dashboard")} to decide about.`}
        {results.length === 0 && !looking && undecided === 0 && wanted.length > 0 && "Nothing is saved yet."}
        {unread.length > 0 && listed.length === 0 && describeUnread(unread)}
      </span>
      <span className={styles.ways}>
        <Button onClick={clear}>{done ? "Import more" : "Clear"}</Button>
        {done ? (
          <Button primary onClick={() => navigate("dashboards")}>
            All dashboards
          </Button>
        ) : (
          <Button primary icon="upload" disabled={wanted.length === 0} onClick={save}>
            {wanted.length === 0 ? "Import" : `Import ${plural(wanted.length, "dashboard")}`}
          </Button>
        )}
      </span>
    </footer>
  );
}

export function ImportPage() {
  const importing = useImport();
  const { listed, outlook, unread, reading, addFiles, addText, change, remove } = importing;
  const { data: sources = [] } = useQuery(sourcesQuery);
  const { data: folders = [] } = useQuery(foldersQuery);
  const over = useFileDrop(addFiles);
  usePaste(addText);
  const any = listed.length + unread.length > 0;
  return (
    <Page title="Import" parent={{ title: "Dashboards", to: "dashboards" }}>
      <div className={styles.page}>
        <Bring small={any} over={over} onFiles={addFiles} onText={addText} />
        {reading && (
          <p className={styles.reading} role="status">
            Reading…
          </p>
        )}
        {unread.map(({ id, file, message }) => (
          <article key={id} className={styles.unread} role="alert">
            <Icon name="warning" />
            <div>
              <strong>{file}</strong>
              <p>{message}</p>
            </div>
            <Button quiet icon="close" aria-label={`Take ${file} off the list`} onClick={() => remove(id)} />
          </article>
        ))}
        <ForAll importing={importing} />
        {listed.map(({ entry, preview }, at) => (
          <EntryCard
            key={entry.id}
            entry={entry}
            preview={preview.data}
            error={preview.error}
            outlook={outlook[at]}
            alone={listed.length === 1}
            folders={folders}
            sources={sources}
            onChange={(changes) => change(entry.id, changes)}
            onRemove={() => remove(entry.id)}
          />
        ))}
        {any && <Footer importing={importing} />}
      </div>
    </Page>
  );
}
