/** What the list of dashboards shows: which, in what order, under which headings. Pure. */

import type { DashboardHit } from "../../api/catalog";
import type { Folder } from "../../api/library";
import { isAutomatic, type DashboardGroup } from "../../query/dashboards";
import { rank } from "../../model/rank";
import type { Visit } from "../../state/visits";

export const SORTS = { title: "By title", saved: "Last saved first", viewed: "Last viewed first" } as const;
export type Sort = keyof typeof SORTS;

export interface Filters {
  text: string;
  tags: readonly string[];
  starred: boolean;
  sort: Sort;
  /** Only what is in this folder. */
  folderUid?: string | undefined;
}

export interface Section {
  key: string;
  title: string;
  /** What it is that stands together. */
  kind: "folder" | "none" | "builtin" | "automatic" | "found";
  folder?: Folder;
  hits: DashboardHit[];
  /** Where more is said of what they belong to. */
  to?: string;
  /** Why there may be more to come. */
  note?: string | undefined;
}

/** What a dashboard is. */
export type Kind = "saved" | "file" | "pack" | "builtin" | "automatic";

export function kindOf(hit: DashboardHit): Kind {
  if (hit.saved === true) return hit.provisioned === true ? "file" : "saved";
  if (isAutomatic(hit)) return "automatic";
  return hit.pack === undefined ? "builtin" : "pack";
}

/** Whether it may be moved and deleted. */
export const isOwn = (hit: DashboardHit): boolean => kindOf(hit) === "saved";

/** Compares by what one wants to see first, then by title. */
function sorter(sort: Sort, visits: readonly Visit[]): (a: DashboardHit, b: DashboardHit) => number {
  const seen = new Map(visits.map(({ uid, at }) => [uid, at]));
  const value = {
    title: () => 0,
    saved: ({ updatedMs = 0 }: DashboardHit) => updatedMs,
    viewed: ({ uid }: DashboardHit) => seen.get(uid) ?? 0,
  }[sort];
  return (a, b) => value(b) - value(a) || a.title.localeCompare(b.title) || a.uid.localeCompare(b.uid);
}

export const isSearching = ({ text, tags, starred }: Filters): boolean =>
  text.trim() !== "" || tags.length > 0 || starred;

const fits = (hit: DashboardHit, { tags, starred, folderUid }: Filters): boolean =>
  tags.every((tag) => hit.tags.includes(tag)) &&
  (!starred || hit.isStarred === true) &&
  (folderUid === undefined || hit.folderUid === folderUid);

/** What is left by the filters, the best match first. */
export function findHits(
  hits: readonly DashboardHit[],
  filters: Filters,
  visits: readonly Visit[],
): DashboardHit[] {
  const compare = sorter(filters.sort, visits);
  const fitting = hits.filter((hit) => fits(hit, filters)).sort(compare);
  return rank(fitting, filters.text, compare);
}

/** Every tag with the number of dashboards that have it, the most used first. */
export function tagsOf(hits: readonly DashboardHit[]): [tag: string, count: number][] {
  const counts = new Map<string, number>();
  for (const tag of hits.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || a.localeCompare(b));
}

interface Listed {
  hits: readonly DashboardHit[];
  folders: readonly Folder[];
  /** As the navigation groups them: of these, the automatic ones. */
  groups: readonly DashboardGroup[];
}

/** The dashboards of each pack, in the pack's own order. */
function packSections(hits: readonly DashboardHit[], found: readonly DashboardHit[]): Section[] {
  const names = [...new Set(found.map(({ pack }) => pack))].filter((name) => name !== undefined);
  const shown = new Set(found);
  return names
    .map((name): Section => {
      const inside = hits.filter((hit) => hit.pack === name && shown.has(hit));
      const title = inside[0]?.folderTitle ?? name;
      return { key: `pack ${name}`, kind: "builtin", title, to: `packs/${name}`, hits: inside };
    })
    .sort((a, b) => a.title.localeCompare(b.title));
}

/** The list under its headings; while one searches, everything that was found under one. */
export function sectionsOf(
  { hits, folders, groups }: Listed,
  filters: Filters,
  visits: readonly Visit[],
): Section[] {
  const found = findHits(hits, filters, visits);
  if (isSearching(filters)) {
    return [
      {
        key: "found",
        kind: "found",
        title: found.length === 1 ? "1 dashboard" : `${found.length} dashboards`,
        hits: found,
      },
    ];
  }
  const ofFolders = [...folders]
    .filter(({ uid }) => filters.folderUid === undefined || uid === filters.folderUid)
    .sort((a, b) => a.title.localeCompare(b.title))
    .map((folder): Section => ({
      key: `folder ${folder.uid}`,
      kind: "folder",
      title: folder.title,
      folder,
      hits: found.filter(({ folderUid }) => folderUid === folder.uid),
    }));
  const ofPacks = packSections(hits, found);
  if (filters.folderUid !== undefined) return [...ofFolders, ...ofPacks];
  const known = new Set(folders.map(({ uid }) => uid));
  const loose = found.filter((hit) => hit.saved === true && !known.has(hit.folderUid ?? ""));
  const builtin = found.filter((hit) => kindOf(hit) === "builtin");
  return [
    ...ofFolders,
    {
      key: "none",
      kind: "none" as const,
      title: folders.length > 0 ? "Without a folder" : "Saved",
      hits: loose,
    },
    ...ofPacks,
    { key: "builtin", kind: "builtin" as const, title: "Built in", hits: builtin },
    ...groups
      .filter(({ automatic }) => automatic)
      .map((group): Section => ({
        key: group.title,
        kind: "automatic",
        title: group.title,
        hits: found.filter((hit) => group.hits.some(({ uid }) => uid === hit.uid)),
        note: group.note,
      })),
  ].filter(
    ({ kind, hits: inside, note }: Section) => kind === "folder" || inside.length > 0 || note !== undefined,
  );
}
