/** Which dashboards the navigation shows: all of them where they are few, else those that one goes to. Pure. */

import type { DashboardHit } from "../api/catalog";
import { isAutomatic, type DashboardGroup } from "../query/dashboards";
import type { Visit } from "../state/visits";

/** So many can be looked through. */
const FEW = 16;
const [MOST_STARRED, MOST_RECENT, MOST_AUTOMATIC] = [8, 6, 8];

export interface NavGroup {
  title: string;
  hits: readonly DashboardHit[];
  /** Why there may be more to come. */
  note?: string | undefined;
  /** How many there are of which some are left out: all of them are on a page. */
  of?: number;
}

/** Starred ones, then those that were looked at, the latest first, then the others. */
export function nearest(hits: readonly DashboardHit[], visits: readonly Visit[]): DashboardHit[] {
  const place = new Map(visits.map(({ uid }, at) => [uid, at]));
  const far = ({ uid, isStarred }: DashboardHit): number =>
    isStarred === true ? -1 : (place.get(uid) ?? visits.length);
  return [...hits].sort((a, b) => far(a) - far(b));
}

/** What tells dashboards of one title apart: the folder, or what else they are; nothing where there is only one. */
export function apart(hits: readonly DashboardHit[]): (hit: DashboardHit) => string | undefined {
  const counts = new Map<string, number>();
  for (const { title } of hits) counts.set(title, (counts.get(title) ?? 0) + 1);
  return ({ title, folderTitle, saved, tags }) => {
    if (folderTitle !== undefined) return folderTitle;
    if (counts.get(title) === 1) return undefined;
    if (saved === true) return "No folder";
    return tags.includes("automatic") ? (tags.find((tag) => tag !== "automatic") ?? "Automatic") : "Built in";
  };
}

/** The start page of each pack, called as the pack is. */
function startPages(hits: readonly DashboardHit[]): DashboardHit[] {
  const first = new Map<string, DashboardHit>();
  for (const hit of hits) if (hit.pack !== undefined && !first.has(hit.pack)) first.set(hit.pack, hit);
  return [...first.values()].map((hit) => ({ ...hit, title: hit.folderTitle ?? hit.title }));
}

const cut = (group: DashboardGroup): NavGroup => ({
  title: group.title,
  hits: group.hits.slice(0, MOST_AUTOMATIC),
  note: group.note,
  ...(group.hits.length > MOST_AUTOMATIC && { of: group.hits.length }),
});

/** The groups of the navigation. */
export function navGroups(groups: readonly DashboardGroup[], visits: readonly Visit[]): NavGroup[] {
  const all = groups.flatMap(({ hits }) => hits);
  if (all.length <= FEW) return groups.map(({ title, hits, note }) => ({ title, hits, note }));
  const starred = all.filter(({ isStarred }) => isStarred === true);
  const byUid = new Map(all.map((hit) => [hit.uid, hit]));
  const starts = startPages(all);
  const listed = new Set(starts.map(({ uid }) => uid));
  const recent = visits
    .flatMap(({ uid }) => byUid.get(uid) ?? [])
    .filter((hit) => hit.isStarred !== true && !listed.has(hit.uid));
  const near = new Set([...starred.slice(0, MOST_STARRED), ...recent.slice(0, MOST_RECENT)]);
  const builtin = all.filter(
    (hit) => hit.saved !== true && !isAutomatic(hit) && hit.pack === undefined && !near.has(hit),
  );
  return [
    { title: "Starred", hits: starred.slice(0, MOST_STARRED) },
    { title: "Recent", hits: recent.slice(0, MOST_RECENT) },
    { title: "Packs", hits: starts },
    { title: "Dashboards", hits: builtin, of: all.length },
    ...groups.filter(({ automatic }) => automatic).map(cut),
  ].filter(({ hits, note, of }: NavGroup) => hits.length > 0 || note !== undefined || of !== undefined);
}
