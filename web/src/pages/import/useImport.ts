/** The state of an import: what was brought, what is known of each, and how far saving is. */

import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { fetchPreview, importDashboard, type Imported } from "../../api/library";
import { mayRetry } from "../../api/http";
import { makeLimit } from "../../api/limit";
import { dashboardsQuery } from "../../query/dashboards";
import { foldersQuery } from "../../query/folders";
import {
  PASTED,
  importText,
  isWanted,
  outlookOf,
  previewText,
  type Change,
  type Entry,
  type Unread,
} from "./entries";
import { takeFiles } from "./handed";
import { readFile, readText, type Read } from "./readFiles";

/** A title is asked about when one has stopped typing. */
const TYPING_MS = 300;

function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** Each is a whole document that the server has to read. */
const fewAtOnce = makeLimit(4);

/** What importing each would mean. */
function usePreviews(entries: readonly Entry[]) {
  const settled = useSettled(entries);
  const byId = new Map(settled.map((entry) => [entry.id, entry]));
  return useQueries({
    queries: entries.map((entry) => {
      const { id, folderUid, title } = byId.get(entry.id) ?? entry;
      return {
        queryKey: ["import-preview", id, folderUid ?? null, title ?? null],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          fewAtOnce(
            () => fetchPreview(previewText({ ...entry, title: title ?? undefined } as Entry), folderUid),
            signal,
          ),
        staleTime: Infinity,
        gcTime: 60_000,
        retry: mayRetry,
        placeholderData: (before: Awaited<ReturnType<typeof fetchPreview>> | undefined) => before,
      };
    }),
  });
}

const failed = (error: unknown): Imported => ({
  status: "error",
  title: "",
  uid: "",
  message: error instanceof Error ? error.message : String(error),
});

/** Saves one, as was decided. */
const send = (entry: Entry): Promise<Imported> =>
  importDashboard(
    importText(entry),
    entry.decision === "replace" || entry.decision === "copy" ? entry.decision : "ask",
    entry.folderUid,
  ).catch(failed);

export function useImport() {
  const client = useQueryClient();
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const [unread, setUnread] = useState<readonly Unread[]>([]);
  const [reading, setReading] = useState(0);
  const [sending, setSending] = useState<{ done: number; of: number }>();
  const stopped = useRef(false);
  const previews = usePreviews(entries);

  const add = async (read: Promise<Read>): Promise<void> => {
    setReading((count) => count + 1);
    const found = await read;
    setEntries((before) => [...before, ...found.entries]);
    setUnread((before) => [...before, ...found.unread]);
    setReading((count) => count - 1);
  };
  const addFiles = async (files: readonly File[]): Promise<void> => {
    for (const file of files) await add(readFile(file)); // one at a time: each may be large
  };
  const takeHanded = useEffectEvent(() => addFiles(takeFiles()));
  useEffect(() => {
    queueMicrotask(() => void takeHanded());
  }, []);

  const change = (ids: ReadonlySet<number>, changes: Change): void =>
    setEntries((before) => before.map((entry) => (ids.has(entry.id) ? { ...entry, ...changes } : entry)));
  const listed = entries.map((entry, at) => ({ entry, preview: previews[at]! }));
  const outlook = listed.map(({ entry, preview }) =>
    entry.result !== undefined || preview.data === undefined ? undefined : outlookOf(entry, preview.data),
  );
  const wanted = listed
    .filter((_, at) => outlook[at] !== undefined && isWanted(outlook[at]))
    .map(({ entry }) => entry);

  const isStopped = (): boolean => stopped.current;
  const save = async (): Promise<void> => {
    stopped.current = false;
    for (const [done, entry] of wanted.entries()) {
      if (isStopped()) break;
      setSending({ done, of: wanted.length });
      change(new Set([entry.id]), { result: await send(entry) });
    }
    setSending(undefined);
    await Promise.all([client.invalidateQueries(dashboardsQuery), client.invalidateQueries(foldersQuery)]);
  };

  return {
    listed,
    outlook,
    unread,
    wanted,
    sending,
    reading: reading > 0,
    undecided: outlook.filter((each) => each === "ask").length,
    addFiles: (files: readonly File[]): void => void addFiles(files),
    /** Whether it could be read; a text that could not is told of until the next one, which may be the same one mended. */
    addText: (text: string): boolean => {
      const read = readText(PASTED, text);
      setUnread((before) => before.filter(({ file }) => file !== PASTED));
      void add(Promise.resolve(read));
      return read.unread.length === 0;
    },
    change: (id: number, changes: Change): void => change(new Set([id]), changes),
    changeAll: (changes: Change): void =>
      change(new Set(entries.filter(({ result }) => result === undefined).map(({ id }) => id)), changes),
    decideAll: (decision: "copy" | "replace" | "skip"): void =>
      change(new Set(listed.filter((_, at) => outlook[at] === "ask").map(({ entry }) => entry.id)), {
        decision,
      }),
    remove: (id: number): void => {
      setEntries((before) => before.filter((entry) => entry.id !== id));
      setUnread((before) => before.filter((entry) => entry.id !== id));
    },
    clear: (): void => {
      setEntries([]);
      setUnread([]);
    },
    save: (): void => void save(),
    stop: (): void => void (stopped.current = true),
  };
}

export type Importing = ReturnType<typeof useImport>;
export type Listed = Importing["listed"][number];
