/** The list of dashboards, as navigation and list page share it. */

import { fetchDashboards, type DashboardHit } from "../api/catalog";

export const dashboardsQuery = {
  queryKey: ["dashboards"],
  queryFn: ({ signal }: { signal: AbortSignal }) => fetchDashboards(signal),
  refetchInterval: 15_000, // automatic dashboards come with new targets
  staleTime: 5000,
};

/** Tag of the dashboards that the server makes from what a target exposes. */
const AUTOMATIC = "automatic";

export interface DashboardGroup {
  title: string;
  automatic: boolean;
  hits: DashboardHit[];
}

/** Built-in dashboards, then automatic ones; empty groups are left out. */
export function groupDashboards(hits: readonly DashboardHit[]): DashboardGroup[] {
  const automatic = hits.filter(({ tags }) => tags.includes(AUTOMATIC));
  const others = hits.filter(({ tags }) => !tags.includes(AUTOMATIC));
  return [
    { title: "Dashboards", automatic: false, hits: others },
    { title: "Automatic", automatic: true, hits: automatic },
  ].filter((group) => group.hits.length > 0);
}
