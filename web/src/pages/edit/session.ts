/** The document under the user's hands: what was done to it, what can be undone, and its draft in the browser. */

import { createContext, use, useCallback, useEffect, useMemo, useReducer, useRef } from "react";
import { browserShelf, dropDraft, keepDraft } from "../../edit/drafts";
import type { Doc } from "../../edit/doc";
import { equal } from "../../edit/tree";
import { begin, bringBack, discard, record, redo, undo, type Timeline } from "../../edit/undo";
import { showToast } from "../../state/toasts";

/** What editing begins with. */
export interface Opened {
  /** Empty for a dashboard that has never been saved. */
  uid: string;
  /** The name of its draft. */
  draft: string;
  /** As it was read: what changes are told against, and merged over. */
  base: Doc;
  doc: Doc;
  folderUid: string;
  /** Why it can only be saved as a copy; absent where it can be saved. */
  copyOnly?: string;
  /** Panels that had to be translated to the current form. */
  translated: number;
  /** ms: when the draft that is continued was kept. */
  draftMs?: number;
  /** Somebody has saved since that draft was begun. */
  behind: boolean;
}

/** A change with the words that say it, and a key by which changes of one field count as one. */
export type Apply = (label: string, change: (doc: Doc) => Doc, key?: string) => void;

export interface Session {
  opened: Opened;
  doc: Doc;
  apply: Apply;
  undo: () => void;
  redo: () => void;
  /** What would be undone and done again; undefined where there is nothing. */
  undoes: string | undefined;
  redoes: string | undefined;
  dirty: boolean;
  /** Goes back to what was read, and forgets the draft; gives what brings both back. */
  discard: () => () => void;
  /** Forgets the draft: it is saved. */
  forget: () => void;
}

type Action =
  | { do: "apply"; label: string; change: (doc: Doc) => Doc; key: string; atMs: number }
  | { do: "undo" | "redo" }
  | { do: "discard" | "bring back"; base: Doc; doc: Doc; atMs: number };

function step(line: Timeline<Doc>, action: Action): Timeline<Doc> {
  switch (action.do) {
    case "apply": {
      const { label, change, key, atMs } = action;
      return record(line, { value: change(line.now.value), label, key, atMs });
    }
    case "undo":
      return undo(line);
    case "redo":
      return redo(line);
    case "discard":
      return discard(line, action.base, action.atMs);
    case "bring back":
      return bringBack(line, action.base, action.doc, action.atMs);
  }
}

const KEEP_MS = 400;
const NOT_KEPT =
  "The browser keeps no draft of this dashboard: it is too large, or there is no room. Save before you leave.";

interface Kept {
  doc: Doc;
  dirty: boolean;
  /** Saved: what comes now is not kept any more. */
  done: boolean;
}

/** Writes the draft, or forgets it where there is nothing unsaved. */
function write(name: string, { doc, dirty, done }: Kept): void {
  if (done) return;
  if (!dirty) {
    dropDraft(browserShelf, name);
    return;
  }
  const draft = { uid: name, version: Number(doc.version ?? 0), atMs: Date.now(), doc };
  if (!keepDraft(browserShelf, draft)) showToast(NOT_KEPT, "error");
}

/** Keeps the draft a moment after each change, and at once when the page goes away. Gives what forgets it. */
function useDraft(name: string, doc: Doc, dirty: boolean): (done: boolean) => void {
  const latest = useRef<Kept>({ doc, dirty, done: false });
  useEffect(() => {
    latest.current = { ...latest.current, doc, dirty };
    const timer = setTimeout(() => write(name, latest.current), KEEP_MS);
    return () => clearTimeout(timer);
  }, [name, doc, dirty]);
  useEffect(() => {
    const keep = (): void => {
      if (latest.current.dirty) write(name, latest.current);
    };
    window.addEventListener("pagehide", keep);
    return () => {
      window.removeEventListener("pagehide", keep);
      keep();
    };
  }, [name]);
  return useCallback(
    (done) => {
      latest.current = { ...latest.current, dirty: false, done };
      dropDraft(browserShelf, name);
    },
    [name],
  );
}

export function useSession(opened: Opened): Session {
  const [line, dispatch] = useReducer(step, opened.doc, begin);
  const doc = line.now.value;
  const dirty = useMemo(() => !equal(doc, opened.base), [doc, opened.base]);
  const drop = useDraft(opened.draft, doc, dirty);
  return useMemo(() => {
    const base = opened.base;
    return {
      opened,
      doc,
      dirty,
      forget: () => drop(true),
      apply: (label, change, key = "") => dispatch({ do: "apply", label, change, key, atMs: Date.now() }),
      undo: () => dispatch({ do: "undo" }),
      redo: () => dispatch({ do: "redo" }),
      undoes: line.past.length > 0 ? line.now.label : undefined,
      redoes: line.future[0]?.label,
      discard: () => {
        drop(false);
        dispatch({ do: "discard", base, doc, atMs: Date.now() });
        return () => {
          const atMs = Date.now();
          // Kept at once: the editor may have been left, or stand behind the list of drafts.
          keepDraft(browserShelf, { uid: opened.draft, version: Number(doc.version ?? 0), atMs, doc });
          window.dispatchEvent(new StorageEvent("storage"));
          dispatch({ do: "bring back", base, doc, atMs });
        };
      },
    } satisfies Session;
  }, [opened, doc, dirty, drop, line]);
}

export const SessionContext = createContext<Session | null>(null);

/** The session around a part of the editor. */
export function useEditing(): Session {
  const session = use(SessionContext);
  if (session === null) throw new Error("a part of the editor stands outside of it");
  return session;
}
