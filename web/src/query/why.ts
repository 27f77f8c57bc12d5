/** Why a panel is empty: the metric does not exist, its target is down, or there was nothing in the range. */

import type { QueryClient } from "@tanstack/react-query";
import { fetchMetricNames } from "../api/catalog";
import { jobNames, metricNames } from "../model/expr";
import { targetsQuery } from "./targets";

export interface Why {
  /** The metric to look at, when one is known. */
  metric?: string;
  text: string;
}

/** Many empty panels ask the same at once. */
const FRESH_MS = 10_000;

/** Explains an empty answer of the given expressions; the likeliest reason first. */
export async function explainEmpty(client: QueryClient, exprs: readonly string[]): Promise<Why> {
  const [known, targets] = await Promise.all([
    client.query({
      queryKey: ["metric-names"],
      queryFn: ({ signal }) => fetchMetricNames(signal),
      staleTime: FRESH_MS,
    }),
    client.query(targetsQuery),
  ]);
  const metrics = exprs.flatMap(metricNames);
  const jobs = new Set(exprs.flatMap(jobNames));
  const down = targets.activeTargets.find(
    ({ health, labels }) => health === "down" && jobs.has(labels.job ?? ""),
  );
  if (down !== undefined)
    return { text: `Target ${down.labels.instance ?? down.scrapeUrl} is down: ${down.lastError}` };
  const missing = metrics.find((name) => !known.includes(name));
  if (missing !== undefined) return { metric: missing, text: "No metric of this name has been collected." };
  const text = "Nothing matches with samples in this range.";
  return metrics[0] === undefined ? { text } : { metric: metrics[0], text };
}
