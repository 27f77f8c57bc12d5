/** Why a panel is empty: the metric does not exist, its target is down, or there was nothing in the range. */

import type { QueryClient } from "@tanstack/react-query";
import { fetchMetricNames } from "../api/catalog";
import { jobNames, metricNames } from "../model/expr";
import type { SourceUid } from "../model/dashboard";
import { isOwn } from "./sources";
import { targetsQuery } from "./targets";

export interface Why {
  /** The metric to look at, when one is known. */
  metric?: string;
  text: string;
}

const NOT_THERE = {
  own: "No metric of this name has been collected.",
  elsewhere: "The source has no metric of this name.",
} as const;

/** Many empty panels ask the same at once. */
const FRESH_MS = 10_000;

/** Explains an empty answer of the given expressions; the likeliest reason first. */
export async function explainEmpty(
  client: QueryClient,
  source: SourceUid,
  exprs: readonly string[],
): Promise<Why> {
  const own = await isOwn(client, source);
  const [known, targets] = await Promise.all([
    client.query({
      queryKey: ["metric-names", source],
      queryFn: ({ signal }) => fetchMetricNames(source, signal),
      staleTime: FRESH_MS,
    }),
    own ? client.query(targetsQuery) : undefined,
  ]);
  const metrics = exprs.flatMap(metricNames);
  const jobs = new Set(exprs.flatMap(jobNames));
  const down = targets?.activeTargets.find(
    ({ health, labels }) => health === "down" && jobs.has(labels.job ?? ""),
  );
  if (down !== undefined)
    return { text: `Target ${down.labels.instance ?? down.scrapeUrl} is down: ${down.lastError}` };
  const missing = metrics.find((name) => !known.includes(name));
  if (missing !== undefined) return { metric: missing, text: NOT_THERE[own ? "own" : "elsewhere"] };
  const text = "Nothing matches with samples in this range.";
  return metrics[0] === undefined ? { text } : { metric: metrics[0], text };
}
