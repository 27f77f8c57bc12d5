/** How far back a point of a chart may take its value from, so that a gap shows in every chart alike. Pure. */

import { jobNames } from "./expr";

/** One lost scrape is no gap; two are. */
const STEPS = 2.5;
/** Prometheus's own lookback: never more than the server would take unasked. */
const MOST_MS = 300_000;

/**
 * The lookback in ms for an expression whose jobs are all known; undefined leaves it to the server.
 * `intervalsMs` holds the longest scrape interval of each job.
 */
export function chooseLookback(
  expr: string,
  stepMs: number,
  intervalsMs: ReadonlyMap<string, number>,
): number | undefined {
  const jobs = jobNames(expr);
  if (jobs.length === 0 || !jobs.every((job) => intervalsMs.has(job))) return undefined;
  const longest = Math.max(stepMs, ...jobs.map((job) => intervalsMs.get(job)!));
  return Math.min(MOST_MS, STEPS * longest);
}
