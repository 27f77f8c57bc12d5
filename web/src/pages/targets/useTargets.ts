/** What the Targets page asks, again and again while it is seen. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { dashboardsQuery } from "../../query/dashboards";
import { usePageVisible } from "../../state/visibility";
import { fetchAll, fetchDiscoveryTrouble, fetchSamples, type Answer } from "./targets";

export interface Targets {
  /** Undefined until the first answer. */
  answer: Answer | undefined;
  error: Error | null;
  /** Samples of the last scrape, by job and instance. */
  samples: ReadonlyMap<string, number> | undefined;
  /** What discovery complains of; empty where it does not. */
  trouble: string;
  refresh: () => void;
}

/** The targets, asked for again every `refreshMs`; 0 is never. */
export function useTargets(refreshMs: number): Targets {
  const visible = usePageVisible();
  const refetchInterval = refreshMs === 0 || !visible ? (false as const) : refreshMs;
  const { data, error, refetch } = useQuery({
    queryKey: ["targets", "any"],
    queryFn: ({ signal }) => fetchAll(signal),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
  const samples = useQuery({
    queryKey: ["targets", "samples"],
    queryFn: ({ signal }) => fetchSamples(signal),
    retry: false,
    refetchInterval,
  });
  const trouble = useQuery({
    queryKey: ["targets", "discovery"],
    queryFn: ({ signal }) => fetchDiscoveryTrouble(signal),
    retry: false,
    refetchInterval,
  });
  return {
    answer: data,
    error,
    samples: samples.data,
    trouble: trouble.data ?? "",
    refresh: () => void refetch(),
  };
}

/** The automatic dashboard of a job, where there is one. */
export function useDashboards(): (job: string) => string | undefined {
  const { data = [] } = useQuery(dashboardsQuery);
  return (job) =>
    data
      .find(
        ({ uid, title, tags }) =>
          [`auto-${job}`, `auto-embedded-${job}`].includes(uid) ||
          (title === job && tags.includes("automatic")),
      )
      ?.url.replace(/^\//, "");
}
