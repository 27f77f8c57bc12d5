/** What is said of dashboards that were deleted: where they were, how long they are kept, what came of bringing one back. Pure. */

import type { DeletedDashboard, Folder, Restored } from "../../api/library";
import { describeAge, UNIT_MS } from "../../model/timerange";

const DAY_MS = UNIT_MS.d!;
const HOUR_MS = UNIT_MS.h!;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** `30 days`, `6 hours`; `a while` before it is known. */
export function keptFor(ms: number | undefined): string {
  if (ms === undefined) return "a while";
  if (ms >= DAY_MS) return counted(Math.round(ms / DAY_MS), "day");
  return ms >= HOUR_MS ? counted(Math.round(ms / HOUR_MS), "hour") : describeAge(ms);
}

/** `29 d left`; the last hours and minutes round down, so that nothing is promised. */
export function leftOf({ goneMs }: DeletedDashboard, nowMs: number): string {
  const left = goneMs - nowMs;
  if (left >= 2 * DAY_MS) return `${describeAge(left)} left`;
  const unit = left >= HOUR_MS ? HOUR_MS : UNIT_MS.m!;
  return left < unit ? "goes any moment" : `${describeAge(Math.floor(left / unit) * unit)} left`;
}

interface Place {
  text: string;
  /** The folder is not there any more. */
  gone: boolean;
}

/** Where it was, under the name that the folder has now. */
export function placeOf({ folderUid, folderTitle }: DeletedDashboard, folders: readonly Folder[]): Place {
  if (folderUid === "") return { text: "No folder", gone: false };
  const folder = folders.find(({ uid }) => uid === folderUid);
  if (folder !== undefined) return { text: folder.title, gone: false };
  return { text: folderTitle === "" ? "A folder that is gone" : `${folderTitle} (gone)`, gone: true };
}

/** What came of it, with what is not as it was. */
export function restoredText(title: string, { status, title: other, notes = [] }: Restored): string {
  if (status === "uid-exists") {
    const who = other === title ? "another dashboard of that title" : `“${other}”`;
    return `“${title}” was not restored: ${who} has its address now.`;
  }
  return notes.length === 0 ? `“${title}” is back.` : `“${title}” is back: ${notes.join("; ")}.`;
}
