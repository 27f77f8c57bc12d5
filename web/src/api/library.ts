/** What people keep of dashboards: folders, stars, saving, importing, and what comes from files on disk. */

import type { Note } from "./catalog";
import { ApiError, get, getJson, send } from "./http";

export interface Folder {
  uid: string;
  title: string;
}

const MOST_FOLDERS = 5000;

export const fetchFolders = (signal?: AbortSignal): Promise<Folder[]> =>
  getJson("api/folders", { limit: MOST_FOLDERS }, signal);

const folderAt = (uid: string): string => `api/folders/${encodeURIComponent(uid)}`;

/** Makes a folder; with a uid, one that was there before. */
export const createFolder = (title: string, uid?: string): Promise<Folder> =>
  send("POST", "api/folders", { text: JSON.stringify({ title, uid }) });

export const renameFolder = (uid: string, title: string): Promise<Folder> =>
  send("PUT", folderAt(uid), { text: JSON.stringify({ title, overwrite: true }) });

export const deleteFolder = (uid: string): Promise<unknown> => send("DELETE", folderAt(uid));

export const setStar = (uid: string, starred: boolean): Promise<unknown> =>
  send(starred ? "POST" : "DELETE", `api/user/stars/dashboard/uid/${encodeURIComponent(uid)}`);

const shownAt = (uid: string): string => `api/v1/watchglass/dashboards/${encodeURIComponent(uid)}`;

/** Where the document of a dashboard can be had as it came. */
export const originalAddress = (uid: string): string => `${shownAt(uid)}/original`;

/** Where all saved dashboards can be had in one document. */
export const EXPORT_ADDRESS = "api/dashboards/export";

export const fetchOriginal = async (uid: string): Promise<string> =>
  (await get(originalAddress(uid), {}, {})).text();

interface Shown {
  dashboard: Record<string, unknown>;
  notes: Note[];
}

/** A dashboard in the current form, with notes on what was translated. */
export const fetchShown = (uid: string, signal?: AbortSignal): Promise<Shown> =>
  getJson(shownAt(uid), {}, signal);

export const deleteDashboard = (uid: string): Promise<unknown> =>
  send("DELETE", `api/dashboards/uid/${encodeURIComponent(uid)}`);

/** Brings back what was deleted last of that uid, with its history. */
export const undeleteDashboard = (uid: string): Promise<unknown> => send("POST", `${shownAt(uid)}/undelete`);

export interface DeletedDashboard {
  /** Of several that had the same uid each has its own. */
  id: number;
  uid: string;
  title: string;
  folderUid: string;
  /** As the folder was called; empty for none. */
  folderTitle: string;
  deletedMs: number;
  /** When it cannot be had back any more. */
  goneMs: number;
}

export interface DeletedDashboards {
  /** How long each is kept. */
  keptMs: number;
  /** Also those that are not listed. */
  total: number;
  dashboards: DeletedDashboard[];
}

const DELETED = "api/v1/watchglass/deleted_dashboards";

export const fetchDeleted = (signal?: AbortSignal): Promise<DeletedDashboards> =>
  getJson(DELETED, {}, signal);

/** Deletes one for good. */
export const forgetDashboard = (id: number): Promise<unknown> => send("DELETE", `${DELETED}/${id}`);

/** What became of one that was to come back; `uid-exists` where another dashboard has its uid. */
export interface Restored {
  status: "success" | "uid-exists";
  uid: string;
  /** Of the one that has come back, or of the one that has its uid. */
  title: string;
  url?: string;
  /** What is not as it was. */
  notes?: string[];
}

/** Brings one of them back; `copy` under a new uid, where its own is taken. */
export const restoreDashboard = ({ id, uid }: DeletedDashboard, copy: boolean): Promise<Restored> =>
  send("POST", `${shownAt(uid)}/undelete`, {
    params: { id, conflict: copy ? "copy" : "ask" },
    accepted: [412],
  });

interface Placing {
  uid: string;
  folderUid: string;
  message: string;
}

/** Saves a document as it is, under the uid and in the folder that are named. */
export function saveDocument(text: string, { uid, folderUid, message }: Placing): Promise<unknown> {
  const about = JSON.stringify({ meta: { uid }, folderUid, message, overwrite: true });
  return send("POST", "api/dashboards/db", { text: `${about.slice(0, -1)},"dashboard":${text}}` });
}

export interface Input {
  name: string;
  label?: string;
  description?: string;
  type?: string;
  pluginId?: string;
  pluginName?: string;
  value?: string;
}

/** What is there already of what is to be imported. */
export interface There {
  uid: string;
  title: string;
  url?: string;
  folderTitle?: string;
  version?: number;
  updatedMs?: number;
  updatedBy?: string;
  canSave: boolean;
  file?: string;
  same: boolean;
}

export interface PreviewPanel {
  id: number;
  title: string;
  type: string;
  row: string;
}

export interface Preview {
  title: string;
  uid: string;
  description: string;
  tags: string[];
  bytes: number;
  folderUid: string;
  folderTitle: string;
  inputs: Input[];
  panels: PreviewPanel[];
  notes: Note[];
  there: There | null;
}

/** Why a dashboard cannot be imported. */
interface Refusal {
  message: string;
}

/** Without what only says that it was refused. */
const plain = (message: string): string =>
  message.replace(/^bad request data: /, "").replace(/^[a-z]/, (letter) => letter.toUpperCase());

/** What importing the one dashboard of a text would mean; `folderUid` undefined leaves it where it says. */
export async function fetchPreview(text: string, folderUid: string | undefined): Promise<Preview> {
  const params = folderUid === undefined ? {} : { folderUid };
  const { dashboards } = await send<{ dashboards: (Preview | Refusal)[] }>(
    "POST",
    "api/dashboards/import/preview",
    { params, text },
  ).catch((error: unknown) => {
    throw error instanceof ApiError
      ? new ApiError(plain(error.message), error.status, error.errorType)
      : error;
  });
  const [first] = dashboards;
  if (first === undefined) throw new Error("There is no dashboard in it.");
  if ("message" in first) throw new Error(plain(first.message));
  return first;
}

export interface Imported {
  status: "created" | "updated" | "unchanged" | "conflict" | "error";
  title: string;
  uid: string;
  url?: string;
  version?: number;
  message?: string;
}

export type Conflict = "ask" | "replace" | "copy";

/** Imports the one dashboard of a text. */
export async function importDashboard(
  text: string,
  conflict: Conflict,
  folderUid: string | undefined,
): Promise<Imported> {
  const params = { conflict, ...(folderUid !== undefined && { folderUid }) };
  const { message, dashboards } = await send<{ message: string; dashboards?: Imported[] }>(
    "POST",
    "api/dashboards/import",
    { params, text, accepted: [400, 412] },
  );
  const [first] = dashboards ?? [{ status: "error" as const, title: "", uid: "", message }];
  if (first === undefined) return { status: "error", title: "", uid: "", message: plain(message) };
  return first.message === undefined ? first : { ...first, message: plain(first.message) };
}

export interface Provisioning {
  providers: { name: string; path: string; folder: string; files: number; dashboards: number }[];
  troubles: { file: string; message: string; uid: string }[];
}

export async function fetchProvisioning(signal?: AbortSignal): Promise<Provisioning> {
  const { troubles, ...rest } = await getJson<Provisioning>("api/v1/watchglass/provisioning", {}, signal);
  return { ...rest, troubles: troubles.map((each) => ({ ...each, message: plain(each.message) })) };
}
