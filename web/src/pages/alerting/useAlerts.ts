/** What is asked about alerts, again and again while the page is seen. */

import {
  keepPreviousData,
  useQuery,
  useQueryClient,
  type QueryClient,
  type UseQueryResult,
} from "@tanstack/react-query";
import { ApiError } from "../../api/http";
import { alertCountsQuery } from "../../query/firing";
import { usePageVisible } from "../../state/visibility";
import { listAlerts, type AlertRow } from "./alerts";
import { fetchAlertingRules, fetchRouted, fetchWithoutData, type RoutedAlert, type WithoutData } from "./api";

const REFRESH_MS = 5000;
const NONE: readonly WithoutData[] = [];
/** With more alerts than this the page is in a storm: what is asked is large. */
export const STORM = 1000;
export const STORM_REFRESH_MS = 30_000;

/** How often to ask again; never while nobody looks. */
export function useRefreshMs(ms = REFRESH_MS): number | false {
  return usePageVisible() && ms;
}

export interface Alerts {
  rows: AlertRow[];
  /** How many rules there are that could raise one. */
  rules: number;
  /** Why nobody knows what becomes of them; empty where that is known. */
  unrouted: string;
}

async function askAlerts(client: QueryClient, signal: AbortSignal): Promise<Alerts> {
  const [groups, routed] = await Promise.all([fetchAlertingRules(signal), askRouted(client, signal)]);
  return {
    rows: listAlerts(groups, routed.alerts),
    rules: groups.reduce((sum, { rules }) => sum + rules.length, 0),
    unrouted: routed.why,
  };
}

/** Alerts are shown also where the routing does not answer. */
async function askRouted(
  client: QueryClient,
  signal: AbortSignal,
): Promise<{ alerts: RoutedAlert[]; why: string }> {
  const { routing } = await client.query(alertCountsQuery);
  if (!routing) return { alerts: [], why: "no alertmanager.yml is configured." };
  try {
    return { alerts: await fetchRouted(signal), why: "" };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { alerts: [], why: error.message };
  }
}

const NO_DATA_REFRESH_MS = 60_000;

/** Rules that are quiet for want of data; none while that is not known. */
export function useWithoutData(): readonly WithoutData[] {
  const { data } = useQuery({
    queryKey: ["alerting", "no-data"],
    queryFn: ({ signal }) => fetchWithoutData(signal),
    refetchInterval: useRefreshMs(NO_DATA_REFRESH_MS),
    retry: false,
  });
  return data ?? NONE;
}

export function useAlerts(): UseQueryResult<Alerts> {
  const client = useQueryClient();
  const refreshMs = useRefreshMs();
  return useQuery({
    queryKey: ["alerting", "alerts"],
    queryFn: ({ signal }) => askAlerts(client, signal),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) =>
      refreshMs !== false && (data?.rows.length ?? 0) > STORM ? STORM_REFRESH_MS : refreshMs,
  });
}
