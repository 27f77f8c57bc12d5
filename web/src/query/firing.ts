/** How many alerts fire, for all pages. */

import { useQuery } from "@tanstack/react-query";
import { getData } from "../api/http";
import { usePageVisible } from "../state/visibility";

export interface AlertCounts {
  /** Alerts that fire, those that are kept quiet left out. */
  firing: number;
  pending: number;
  quiet: number;
  /** An alertmanager.yml is in force. */
  routing: boolean;
}

const REFRESH_MS = 15_000;

export const alertCountsQuery = {
  queryKey: ["alerting", "summary"],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    getData<AlertCounts>("api/v1/watchglass/alerting/summary", {}, signal),
  staleTime: REFRESH_MS,
};

/** Undefined while that is not known. */
export function useAlertCounts(): AlertCounts | undefined {
  const { data } = useQuery({ ...alertCountsQuery, refetchInterval: usePageVisible() && REFRESH_MS });
  return data;
}
