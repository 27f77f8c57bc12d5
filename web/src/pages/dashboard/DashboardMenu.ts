/** The menu of a dashboard: its history, a copy, files of it, and taking it away. */

import type { QueryClient } from "@tanstack/react-query";
import type { DashboardHit } from "../../api/catalog";
import { deleteDashboard, setStar, undeleteDashboard } from "../../api/library";
import type { MenuGroups, MenuItem } from "../../components/Menu";
import { saveDashboard } from "../../edit/save";
import type { Dashboard } from "../../model/dashboard";
import { dashboardsQuery } from "../../query/dashboards";
import { toggleFullscreen } from "../../state/fullscreen";
import { navigate, setParams } from "../../state/location";
import { showToast } from "../../state/toasts";
import { exportAsSaved, exportForGrafana } from "../home/transfer";
import { messageOf, refresh } from "../home/useWork";

/** Does something to the server, and has the lists as they are after it. */
function run(client: QueryClient, failed: string, work: () => Promise<unknown>): void {
  void work()
    .catch((error: unknown) => showToast(`${failed}: ${messageOf(error)}`, "error"))
    .then(() => refresh(client));
}

/** The document under a title and uid of its own; it opens to be edited. */
async function copy({ raw, title }: Dashboard, folderUid: string): Promise<void> {
  const { id: _id, uid: _uid, version: _version, ...rest } = raw;
  const doc = { ...rest, title: `${title} (copy)` };
  const { url } = await saveDashboard({ doc, folderUid, message: `Copied from ${title}` });
  navigate(`${url.replace(/^\//, "")}?edit=`);
}

async function remove(client: QueryClient, { uid, title }: Dashboard): Promise<void> {
  await deleteDashboard(uid);
  navigate("dashboards");
  const undo = async (): Promise<void> => {
    await undeleteDashboard(uid);
    navigate(`d/${encodeURIComponent(uid)}`);
  };
  showToast(`“${title}” is deleted.`, "info", {
    label: "Undo",
    run: () => run(client, `“${title}” was not brought back`, undo),
  });
}

/** What only a dashboard has that somebody saved here. */
const ofSaved = (client: QueryClient, dashboard: Dashboard, hit: DashboardHit): MenuItem[] => [
  { label: "History", icon: "history", run: () => setParams({ editview: "versions" }) },
  {
    label: hit.isStarred === true ? "Take the star off" : "Star",
    icon: "star",
    run: () => run(client, "The star was not kept", () => setStar(dashboard.uid, hit.isStarred !== true)),
  },
];

/** The groups of the menu. */
export async function dashboardMenu(client: QueryClient, dashboard: Dashboard): Promise<MenuGroups> {
  const { uid, title } = dashboard;
  const hits = await client.query(dashboardsQuery).catch(() => []);
  const hit = hits.find((one) => one.uid === uid);
  const isSaved = hit?.saved === true;
  const isOwn = isSaved && hit.provisioned !== true;
  const make = (): Promise<void> => copy(dashboard, hit?.folderUid ?? "");
  const exported = { ...hit, uid, title } as DashboardHit;
  return [
    [
      { label: "Full screen", icon: "expand", keys: "f", run: toggleFullscreen },
      ...(isSaved ? ofSaved(client, dashboard, hit) : []),
      { label: "Make a copy", icon: "copy", run: () => run(client, "It could not be copied", make) },
    ],
    [
      ...(isSaved
        ? [
            {
              label: "Export as it was saved",
              icon: "download",
              run: () => exportAsSaved(exported),
            } satisfies MenuItem,
          ]
        : []),
      {
        label: "Export as Grafana JSON",
        icon: "download",
        run: () => run(client, "It could not be exported", () => exportForGrafana(exported)),
      },
    ],
    isOwn
      ? [
          {
            label: "Delete",
            icon: "trash",
            run: () => run(client, `“${title}” not deleted`, () => remove(client, dashboard)),
          },
        ]
      : [],
  ];
}
