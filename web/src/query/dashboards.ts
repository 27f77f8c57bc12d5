/** The list of dashboards, as navigation and list page share it. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { fetchDashboards, type DashboardHit, type DataSource } from "../api/catalog";
import { formatMoment } from "../model/clock";
import { useElsewhere } from "./sources";

/** How often the list is asked for; sooner while it is looked at, or a server elsewhere has just begun to answer. */
const REFRESH_MS = { steady: 15_000, watched: 4000, arriving: 3000 } as const;
const ARRIVING_MS = 60_000;

export const dashboardsQuery = {
  queryKey: ["dashboards"],
  queryFn: ({ signal }: { signal: AbortSignal }) => fetchDashboards(signal),
  refetchInterval: REFRESH_MS.steady, // automatic dashboards come with new targets
  staleTime: 5000,
};

/** Tag of the dashboards that the server makes from what a target exposes. */
const AUTOMATIC = "automatic";

/** Where the metrics of an automatic dashboard are, said by its second tag where there are several places. */
const originOf = ({ tags }: DashboardHit): string => tags.find((tag) => tag !== AUTOMATIC) ?? "";

/** Whether the server makes a dashboard from what a target exposes. */
export const isAutomatic = ({ tags, saved }: DashboardHit): boolean =>
  saved !== true && tags.includes(AUTOMATIC);

export interface DashboardGroup {
  title: string;
  automatic: boolean;
  hits: DashboardHit[];
  /** Why there may be more to come. */
  note?: string | undefined;
}

/** The tag of dashboards whose metrics are on a server elsewhere. */
const tagOf = ({ name }: DataSource): string => `from ${name}`;

const isListed = (source: DataSource, hits: readonly DashboardHit[]): boolean =>
  hits.some((hit) => originOf(hit) === tagOf(source));

/** What is to be said of the dashboards of a server elsewhere; nothing where they are all there. */
function noteOf(source: DataSource, listed: boolean): string | undefined {
  const { name, watchglass } = source;
  if (watchglass.state === "down") {
    const gone = `${name} has not answered since ${formatMoment(watchglass.since, Date.now())}.`;
    return listed ? gone : `${gone} Its dashboards come as soon as it does.`;
  }
  if (listed) return undefined;
  return watchglass.state === "unknown"
    ? `Asking ${name} for its jobs.`
    : `${name} answers, and has told no job yet.`;
}

/** Whether dashboards of a server elsewhere are to be expected any moment. */
export function isArriving(
  source: DataSource | undefined,
  hits: readonly DashboardHit[],
  nowMs: number,
): boolean {
  if (source?.watchglass.state !== "up") return false;
  return !isListed(source, hits) || nowMs - source.watchglass.since < ARRIVING_MS;
}

/** By folder, in the order of their titles. */
function folderGroups(hits: readonly DashboardHit[]): DashboardGroup[] {
  const titles = new Map(hits.map(({ folderUid, folderTitle = "" }) => [folderUid, folderTitle]));
  return [...titles]
    .filter(([uid]) => uid !== undefined)
    .sort(([, a], [, b]) => a.localeCompare(b))
    .map(([uid, title]) => ({
      title,
      automatic: false,
      hits: hits.filter(({ folderUid }) => folderUid === uid),
    }));
}

/** Dashboards without a folder, those of each folder, then automatic ones; empty groups without a note are left out. */
export function groupDashboards(hits: readonly DashboardHit[], source?: DataSource): DashboardGroup[] {
  const automatic = hits.filter(isAutomatic);
  const others = hits.filter((hit) => !isAutomatic(hit));
  const origins = new Set([...(source === undefined ? [] : [tagOf(source)]), ...automatic.map(originOf)]);
  return [
    {
      title: "Dashboards",
      automatic: false,
      hits: others.filter(({ folderUid }) => folderUid === undefined),
    },
    ...folderGroups(others),
    ...[...origins].map((origin) => ({
      title: origin === "" ? "Automatic" : `Automatic, ${origin}`,
      automatic: true,
      hits: automatic.filter((hit) => originOf(hit) === origin),
      ...(source !== undefined &&
        origin === tagOf(source) && { note: noteOf(source, isListed(source, automatic)) }),
    })),
  ].filter(({ hits: inside, note }) => inside.length > 0 || note !== undefined);
}

/** The list, kept up to date: soon after a server elsewhere has begun to answer, its dashboards are in it. */
export function useDashboards(watched = false) {
  const client = useQueryClient();
  const source = useElsewhere();
  const state = source?.watchglass.state;
  const before = useRef(state);
  const list = useQuery({
    ...dashboardsQuery,
    refetchInterval: ({ state: { data = [] } }) =>
      isArriving(source, data, Date.now()) ? REFRESH_MS.arriving : REFRESH_MS[watched ? "watched" : "steady"],
  });
  useEffect(() => {
    if (before.current !== state && state === "up") void client.invalidateQueries(dashboardsQuery);
    before.current = state;
  }, [state, client]);
  return { ...list, source, groups: list.data === undefined ? [] : groupDashboards(list.data, source) };
}
