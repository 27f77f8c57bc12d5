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

/** Where the metrics of an automatic dashboard are, said by its second tag where there are several places. */
const originOf = ({ tags }: DashboardHit): string => tags.find((tag) => tag !== AUTOMATIC) ?? "";

export interface DashboardGroup {
  title: string;
  automatic: boolean;
  hits: DashboardHit[];
}

/** Built-in dashboards, then automatic ones; empty groups are left out. */
export function groupDashboards(hits: readonly DashboardHit[]): DashboardGroup[] {
  const automatic = hits.filter(({ tags }) => tags.includes(AUTOMATIC));
  const others = hits.filter(({ tags }) => !tags.includes(AUTOMATIC));
  const origins = new Set(automatic.map(originOf));
  return [
    { title: "Dashboards", automatic: false, hits: others },
    ...[...origins].map((origin) => ({
      title: origin === "" ? "Automatic" : `Automatic, ${origin}`,
      automatic: true,
      hits: automatic.filter((hit) => originOf(hit) === origin),
    })),
  ].filter((group) => group.hits.length > 0);
}
