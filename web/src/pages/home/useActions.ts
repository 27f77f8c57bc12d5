/** What one does with dashboards and folders of the list, what came of it, and how it is undone. */

import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import type { DashboardHit } from "../../api/catalog";
import * as library from "../../api/library";
import { dashboardsQuery } from "../../query/dashboards";
import { exportAsSaved, exportForGrafana, exportSeveral } from "./transfer";
import { messageOf, refresh, useWork, type Notice } from "./useWork";

/** `"A"`, or how many. */
const named = (hits: readonly DashboardHit[]): string =>
  hits.length === 1 ? `“${hits[0]!.title}”` : `${hits.length} dashboards`;

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
  const { notice, busy, run, say, dismiss } = useWork();
  const undoing = (text: string, work: () => Promise<unknown>): Pick<Notice, "action"> => {
    const undo = (): void =>
      void run("It could not be undone", async () => {
        await work();
        return { kind: "done", text };
      });
    return { action: { label: "Undo", icon: "history", run: undo } };
  };

  return {
    notice,
    busy,
    dismiss,
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
          ...undoing(`${named(gone)} brought back.`, () => bringBack(gone)),
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
        return { ...outcome(`${named(moved)} moved ${to}`, failure), ...undoing("Moved back.", back) };
      }),
    makeFolder: async (title: string): Promise<library.Folder> => {
      const folder = await library.createFolder(title);
      await refresh(client);
      return folder;
    },
    renameFolder: async ({ uid, title: before }: library.Folder, title: string): Promise<void> => {
      await library.renameFolder(uid, title);
      const undo = undoing("Renamed back.", () => library.renameFolder(uid, before));
      say({ kind: "done", text: `“${before}” is now “${title}”.`, ...undo });
      await refresh(client);
    },
    removeFolder: (folder: library.Folder): Promise<void> =>
      run(`The folder “${folder.title}” was not deleted`, async () => {
        await checkEmpty(client, folder);
        await library.deleteFolder(folder.uid);
        const undo = undoing(`The folder “${folder.title}” is back.`, () =>
          library.createFolder(folder.title, folder.uid),
        );
        return { kind: "done", text: `The folder “${folder.title}” was deleted.`, ...undo };
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
