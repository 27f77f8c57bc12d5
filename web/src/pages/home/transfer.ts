/** Dashboards on their way out: into files of the browser's download folder. */

import type { DashboardHit } from "../../api/catalog";
import { fetchOriginal, fetchShown, originalAddress } from "../../api/library";

/** Lets the browser download from an address, under the name that the server gives. */
export function downloadFrom(address: string, name = ""): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

/** Lets the browser keep a text as a file. */
function downloadText(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  downloadFrom(address, name);
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A file name of a title. */
export const fileName = (title: string): string =>
  `${
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .slice(0, 80)
      .replace(/^-+|-+$/g, "") || "dashboard"
  }.json`;

/** As it was saved, to the byte. */
export const exportAsSaved = ({ uid }: DashboardHit): void => downloadFrom(originalAddress(uid));

/** In the current form, which today's Grafana reads too; its number means nothing elsewhere. */
export async function exportForGrafana({ uid, title }: DashboardHit): Promise<void> {
  const { dashboard } = await fetchShown(uid);
  downloadText(fileName(title), `${JSON.stringify({ ...dashboard, id: null }, null, 2)}\n`);
}

/** Several in one document, each as it was saved; an import takes it back. */
export async function exportSeveral(hits: readonly DashboardHit[]): Promise<void> {
  const entries = [];
  for (const { uid, folderUid, folderTitle } of hits) {
    const meta = JSON.stringify({ uid, folderUid, folderTitle });
    entries.push(`{"meta":${meta},"dashboard":${await fetchOriginal(uid)}}`);
  }
  const head = `{"format":"watchglass.dashboards/1","exported":${JSON.stringify(new Date())}`;
  downloadText("dashboards.json", `${head},"dashboards":[\n${entries.join(",\n")}\n]}\n`);
}
