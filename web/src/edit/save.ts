/** Saving, versions and folders over HTTP, at Grafana's addresses. */

import { ApiError, getDocument, getJson, UNREACHABLE } from "../api/http";
import { asNumber, asObject, asText, type Json } from "../model/json";
import type { Doc } from "./doc";
import { startOf, type Start } from "./start";

/** Refused because somebody else saved in between, or because there is such a title already. */
export interface Refused {
  kind: "changed" | "taken";
  currentVersion: number;
  updatedBy: string;
  updatedMs: number;
}

export interface SaveAnswer {
  uid: string;
  url: string;
  version: number;
}

/** An answer of 412, which the user decides about. */
export class SaveConflict extends Error {
  readonly refused: Refused;

  constructor(message: string, refused: Refused) {
    super(message);
    this.refused = refused;
  }
}

async function send(path: string, body: Json): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => {
    throw new ApiError(UNREACHABLE, 0, "unreachable");
  });
}

/** What the server said, as an error to be shown. */
async function refuse(response: Response): Promise<never> {
  const body = asObject(await response.json().catch(() => ({})));
  const text = [asText(body.message) ?? asText(body.error), asText(body.detail)].filter(Boolean).join(": ");
  const message = text === "" ? `The server answered ${response.status} ${response.statusText}.` : text;
  if (response.status !== 412) throw new ApiError(message, response.status, asText(body.status) ?? "");
  throw new SaveConflict(message, {
    kind: body.status === "name-exists" ? "taken" : "changed",
    currentVersion: asNumber(body.currentVersion) ?? 0,
    updatedBy: asText(body.updatedBy) ?? "",
    updatedMs: asNumber(body.updatedMs) ?? 0,
  });
}

interface SaveRequest {
  doc: Doc;
  folderUid: string;
  message: string;
}

/** Saves a document; its `version` says what it was made from. */
export async function saveDashboard({ doc, folderUid, message }: SaveRequest): Promise<SaveAnswer> {
  const response = await send("api/dashboards/db", { dashboard: doc, folderUid, message, overwrite: false });
  if (!response.ok) return refuse(response);
  return (await response.json()) as SaveAnswer;
}

export interface Folder {
  uid: string;
  title: string;
}

export const fetchFolders = (signal?: AbortSignal): Promise<Folder[]> => getJson("api/folders", {}, signal);

export async function createFolder(title: string): Promise<Folder> {
  const response = await send("api/folders", { title });
  return response.ok ? ((await response.json()) as Folder) : refuse(response);
}

export interface Version {
  version: number;
  /** RFC 3339 */
  created: string;
  createdBy: string;
  message: string;
  restoredFrom: number;
}

const versionsOf = (uid: string): string => `api/dashboards/uid/${encodeURIComponent(uid)}/versions`;

export const fetchVersions = async (uid: string, signal?: AbortSignal): Promise<Version[]> =>
  (await getJson<{ versions: Version[] }>(versionsOf(uid), {}, signal)).versions;

/** The document of one version. */
export const fetchVersion = async (uid: string, version: number, signal?: AbortSignal): Promise<Doc> =>
  (await getDocument<{ data: Doc }>(`${versionsOf(uid)}/${version}`, signal)).data;

/** Makes a version the newest again; refused where that is not `over` any more. */
export async function restoreVersion(uid: string, version: number, over: number): Promise<SaveAnswer> {
  const response = await send(`api/dashboards/uid/${encodeURIComponent(uid)}/restore`, { version, over });
  return response.ok ? ((await response.json()) as SaveAnswer) : refuse(response);
}

interface Original {
  dashboard: Doc;
  meta: Json;
}

/** A dashboard in the classic form, as it came, with the numbers that it has here. */
const fetchOriginal = (uid: string, signal?: AbortSignal): Promise<Original> =>
  getDocument(`api/dashboards/uid/${encodeURIComponent(uid)}`, signal);

interface Shown {
  dashboard: Doc;
  notes: readonly unknown[];
}

/** A dashboard as pages draw it, with notes on what was translated. */
const fetchShown = (uid: string, signal?: AbortSignal): Promise<Shown> =>
  getJson(`api/v1/watchglass/dashboards/${encodeURIComponent(uid)}`, {}, signal);

interface Editable extends Start {
  meta: Json;
}

/** A dashboard as editing and joining take it: every panel has its number and the current form. */
export async function fetchEditable(uid: string): Promise<Editable> {
  const [{ dashboard, meta }, shown] = await Promise.all([fetchOriginal(uid), fetchShown(uid)]);
  return { meta, ...startOf(dashboard, shown.dashboard, shown.notes) };
}
