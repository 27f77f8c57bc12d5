/** Dashboards that were looked at in this browser, the latest first. */

import { makeStored } from "./stored";
import { useStore } from "./store";

export interface Visit {
  uid: string;
  /** ms */
  at: number;
}

const MOST = 30;
const LONGEST_UID = 200;

const isVisit = (entry: unknown): entry is Visit => {
  const { uid, at } = (entry ?? {}) as Partial<Record<keyof Visit, unknown>>;
  return typeof uid === "string" && uid.length <= LONGEST_UID && typeof at === "number";
};

const visits = makeStored<readonly Visit[]>("visits", (stored) =>
  (Array.isArray(stored) ? (stored as unknown[]) : []).filter(isVisit).slice(0, MOST),
);

export const useVisits = (): readonly Visit[] => useStore(visits);

/** Remembers a visit. */
export const rememberVisit = (uid: string, nowMs: number): void =>
  visits.set([{ uid, at: nowMs }, ...visits.get().filter((visit) => visit.uid !== uid)].slice(0, MOST));
