/** Drafts that the browser keeps until they are saved: few, not too large, and not for ever. */

import { parseExact } from "../api/exact";
import { asNumber, asObject, asText } from "../model/json";
import type { Doc } from "./doc";

export interface Draft {
  /** Of the dashboard; a name of its own for one that has never been saved. */
  uid: string;
  /** The version it was made from. */
  version: number;
  atMs: number;
  doc: Doc;
}

export const DRAFT_PREFIX = "watchglass.draft.";
const INDEX_KEY = "watchglass.drafts";

/** Bounds on what is kept. */
export interface DraftLimits {
  most: number;
  /** Characters of one draft. */
  longest: number;
  oldestMs: number;
}

export const DRAFT_LIMITS: DraftLimits = { most: 6, longest: 1_500_000, oldestMs: 30 * 86_400_000 };

export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The browser's own. Where people forbid it, already naming it fails: so that happens in each call. */
export const browserShelf: Shelf = {
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, value),
  removeItem: (key) => localStorage.removeItem(key),
};

interface Entry {
  uid: string;
  atMs: number;
}

function parse(text: string | null): unknown {
  try {
    return parseExact(text ?? "null");
  } catch {
    return null; // somebody else wrote there
  }
}

function index(shelf: Shelf): Entry[] {
  const listed = parse(shelf.getItem(INDEX_KEY));
  return (Array.isArray(listed) ? (listed as unknown[]) : []).map((entry) => {
    const { uid, atMs } = asObject(entry);
    return { uid: asText(uid) ?? "", atMs: asNumber(atMs) ?? 0 };
  });
}

/** Forgets a draft. */
export function dropDraft(shelf: Shelf, uid: string): void {
  try {
    shelf.removeItem(DRAFT_PREFIX + uid);
    shelf.setItem(INDEX_KEY, JSON.stringify(index(shelf).filter((entry) => entry.uid !== uid)));
  } catch {
    // storage is forbidden: nothing was kept
  }
}

/** Writes a draft beside the others that are kept, of which the oldest go where there is no room; false where it has none. */
function write(shelf: Shelf, draft: Draft, text: string, kept: readonly Entry[]): boolean {
  try {
    shelf.setItem(DRAFT_PREFIX + draft.uid, text);
    shelf.setItem(INDEX_KEY, JSON.stringify([{ uid: draft.uid, atMs: draft.atMs }, ...kept]));
    return true;
  } catch {
    const oldest = kept.at(-1); // full, or forbidden
    if (oldest === undefined) return false;
    dropDraft(shelf, oldest.uid);
    return write(shelf, draft, text, kept.slice(0, -1));
  }
}

/** The other drafts, the last first; undefined where storage is forbidden. */
function othersThan(shelf: Shelf, uid: string): Entry[] | undefined {
  try {
    return index(shelf)
      .filter((entry) => entry.uid !== uid)
      .sort((a, b) => b.atMs - a.atMs);
  } catch {
    return undefined;
  }
}

/** Keeps a draft, and forgets the oldest where there are too many; false where it cannot be kept. */
export function keepDraft(shelf: Shelf, draft: Draft, limits: DraftLimits = DRAFT_LIMITS): boolean {
  const text = JSON.stringify(draft);
  const others = othersThan(shelf, draft.uid);
  if (text.length > limits.longest || others === undefined) return false;
  const kept = others.slice(0, limits.most - 1).filter(({ atMs }) => draft.atMs - atMs < limits.oldestMs);
  for (const entry of others) if (!kept.includes(entry)) dropDraft(shelf, entry.uid);
  return write(shelf, draft, text, kept);
}

/** The draft of a dashboard, if there is one that can be used. */
export function readDraft(
  shelf: Shelf,
  uid: string,
  nowMs: number,
  limits = DRAFT_LIMITS,
): Draft | undefined {
  let stored: unknown;
  try {
    stored = parse(shelf.getItem(DRAFT_PREFIX + uid));
  } catch {
    return undefined;
  }
  const { uid: own, version, atMs, doc } = asObject(stored);
  const at = asNumber(atMs) ?? 0;
  const usable = own === uid && Array.isArray(asObject(doc).panels) && nowMs - at < limits.oldestMs;
  return usable ? { uid, version: asNumber(version) ?? 0, atMs: at, doc: asObject(doc) } : undefined;
}

/** No uid has a colon. Before there were several, the one was called `new`, as a dashboard may be that has been saved. */
const NEW = "new";

/** Whether it is the name of a draft of a dashboard that has never been saved. */
export const isNewDraft = (name: string): boolean => name === NEW || name.startsWith(`${NEW}:`);

/** A name that no other draft has: two pages that each make a dashboard do not overwrite each other's. */
export const newDraftName = (): string => `${NEW}:${Math.random().toString(36).slice(2, 12)}`;

/** The drafts of dashboards that have never been saved, the last first. */
export function newDrafts(shelf: Shelf, nowMs: number, limits = DRAFT_LIMITS): Draft[] {
  try {
    return index(shelf)
      .filter(({ uid }) => isNewDraft(uid))
      .flatMap(({ uid }) => readDraft(shelf, uid, nowMs, limits) ?? [])
      .filter(({ version }) => version === 0)
      .sort((a, b) => b.atMs - a.atMs);
  } catch {
    return []; // storage is forbidden
  }
}
