/** Annotations that the server keeps. */

import { getJson, send } from "../api/http";
import type { TimeRange } from "../model/timerange";
import type { KeptList } from "./definitions";
import type { Kept } from "./events";

/** What somebody marks. */
export interface NewEvent {
  dashboardUID: string;
  /** 0 for all panels. */
  panelId: number;
  time: number;
  timeEnd: number;
  text: string;
  tags: readonly string[];
}

export function fetchKept(
  list: KeptList,
  dashboardUID: string,
  { fromMs, toMs }: TimeRange,
  signal: AbortSignal,
): Promise<Kept[]> {
  const params = new URLSearchParams({
    from: String(Math.floor(fromMs)),
    to: String(Math.ceil(toMs)),
    limit: String(list.limit),
    ...(list.byTags ? { matchAny: String(list.anyTag) } : { dashboardUID }),
  });
  for (const tag of list.byTags ? list.tags : []) params.append("tags", tag);
  return getJson(`api/annotations?${params.toString()}`, {}, signal);
}

export const addEvent = (event: NewEvent): Promise<unknown> =>
  send("POST", "api/annotations", { text: JSON.stringify(event) });

export const changeEvent = (id: number, event: NewEvent): Promise<unknown> =>
  send("PUT", `api/annotations/${id}`, { text: JSON.stringify(event) });

export const deleteEvent = (id: number): Promise<unknown> => send("DELETE", `api/annotations/${id}`);
