/** What one does with dashboards and folders of the list, what came of it, and how it is undone. */

import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { DashboardHit } from "../../api/catalog";
import * as library from "../../api/library";
import { dashboardsQuery } from "../../query/dashboards";
import { foldersQuery } from "../../query/folders";
import { exportAsSaved, exportForGrafana, exportSeveral } from "./transfer";

export interface Notice {
  kind: "done" | "failed";
  text: string;
  undo?: () => void;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `"A"`, or how many. */
const named = (hits: readonly DashboardHit[]): string =>
  hits.length === 1 ? `“${hits[0]!.title}”` : `${hits.length} dashboards`;

function refresh(client: QueryClient): Promise<unknown> {
  return Promise.all([client.invalidateQueries(dashboardsQuery), client.invalidateQueries(foldersQuery)]);
}

/** Shows a star before the server has answered. */
function showStar(client: QueryClient, uid: string, isStarred: boolean): void {
  client.setQueryData<DashboardHit[]>(dashboardsQuery.queryKey, (hits) =>
    hits?.map((hit) => (hit.uid === uid ? { ...hit, isStarred } : hit)),
  );
}

/** Deletes one after the other; `gone` is what was done. */
async function deleteAll(hits: readonly DashboardHit[], gone: DashboardHit[]): Promise<void> {
  for (const hit of hits) {
    await library.deleteDashboard(hit.uid);
    gone.push(hit);
  }
}

async function bringBack(hits: readonly DashboardHit[]): Promise<void> {
  for (const { uid } of hits) await library.undeleteDashboard(uid);
}

/** Moves each into the folder that `folderOf` names. */
async function moveAll(
  hits: readonly DashboardHit[],
  folderOf: (hit: DashboardHit) => string,
  message: string,
  moved: DashboardHit[] = [],
): Promise<void> {
  for (const hit of hits) {
    const text = await library.fetchOriginal(hit.uid);
    await library.saveDocument(text, { uid: hit.uid, folderUid: folderOf(hit), message });
    moved.push(hit);
  }
}

/** Why it stopped on the way; thrown where nothing was done before. */
const faultOf = (work: Promise<void>, done: readonly unknown[]): Promise<string | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => {
      if (done.length === 0) throw error;
      return messageOf(error);
    },
  );

const outcome = (done: string, failure: string | undefined): Notice =>
  failure === undefined
    ? { kind: "done", text: `${done}.` }
    : { kind: "failed", text: `${done}, no more: ${failure}` };

export function useActions() {
  const client = useQueryClient();
  const [notice, setNotice] = useState<Notice>();
  const [busy, setBusy] = useState(false);

  /** Does something, then shows the lists as they are; `done` says what came of it, a failure what did not. */
  const run = async (failed: string, work: () => Promise<Notice | undefined>): Promise<void> => {
    setBusy(true);
    try {
      setNotice(await work());
    } catch (error) {
      setNotice({ kind: "failed", text: `${failed}: ${messageOf(error)}` });
    }
    await refresh(client);
    setBusy(false);
  };
  const undoing = (text: string, work: () => Promise<unknown>) => (): void =>
    void run("It could not be undone", async () => {
      await work();
      return { kind: "done", text };
    });

  return {
    notice,
    busy,
    dismiss: () => setNotice(undefined),
    star: ({ uid, isStarred = false }: DashboardHit): void => {
      showStar(client, uid, !isStarred);
      void run("The star was not kept", async () => {
        await library.setStar(uid, !isStarred);
        return notice;
      });
    },
    remove: (hits: readonly DashboardHit[]): Promise<void> =>
      run(`${named(hits)} not deleted`, async () => {
        const gone: DashboardHit[] = [];
        const failure = await faultOf(deleteAll(hits, gone), gone);
        return {
          ...outcome(`${named(gone)} deleted`, failure),
          undo: undoing(`${named(gone)} brought back.`, () => bringBack(gone)),
        };
      }),
    move: (hits: readonly DashboardHit[], folder: library.Folder | undefined): Promise<void> =>
      run(`${named(hits)} not moved`, async () => {
        const to = folder === undefined ? "out of its folder" : `to ${folder.title}`;
        const moved: DashboardHit[] = [];
        const failure = await faultOf(
          moveAll(hits, () => folder?.uid ?? "", `Moved ${to}`, moved),
          moved,
        );
        const back = () => moveAll(moved, ({ folderUid = "" }) => folderUid, "Moved back");
        return { ...outcome(`${named(moved)} moved ${to}`, failure), undo: undoing("Moved back.", back) };
      }),
    makeFolder: async (title: string): Promise<library.Folder> => {
      const folder = await library.createFolder(title);
      await refresh(client);
      return folder;
    },
    renameFolder: async ({ uid, title: before }: library.Folder, title: string): Promise<void> => {
      await library.renameFolder(uid, title);
      const undo = undoing("Renamed back.", () => library.renameFolder(uid, before));
      setNotice({ kind: "done", text: `“${before}” is now “${title}”.`, undo });
      await refresh(client);
    },
    removeFolder: (folder: library.Folder): Promise<void> =>
      run(`The folder “${folder.title}” was not deleted`, async () => {
        await checkEmpty(client, folder);
        await library.deleteFolder(folder.uid);
        const undo = undoing(`The folder “${folder.title}” is back.`, () =>
          library.createFolder(folder.title, folder.uid),
        );
        return { kind: "done", text: `The folder “${folder.title}” was deleted.`, undo };
      }),
    exportOne: (hit: DashboardHit, form: "saved" | "grafana"): void => {
      if (form === "saved") exportAsSaved(hit);
      else void run("It could not be exported", () => exportForGrafana(hit).then(() => notice));
    },
    exportSeveral: (hits: readonly DashboardHit[]): void =>
      void run("They could not be exported", () => exportSeveral(hits).then(() => notice)),
  };
}

export type Actions = ReturnType<typeof useActions>;

/** The server would delete what is in it too, also what somebody has just put there. */
async function checkEmpty(client: QueryClient, { uid }: library.Folder): Promise<void> {
  const hits = await client.query({ ...dashboardsQuery, staleTime: 0 });
  const inside = hits.filter(({ folderUid }) => folderUid === uid);
  if (inside.length > 0) throw new Error(`it holds ${named(inside)}`);
}
