/** What is said of an alert that is opened, beyond what its line says. Pure. */

import type { AlertRow } from "./alerts";

/** When it began to fire, which is later than its condition began to hold; undefined where nobody knows. */
export const firingSince = ({ state, routed }: AlertRow): number | undefined =>
  state === "firing" ? routed?.startsMs : undefined;

/** Labels that the alert was given on its way to the routing. */
export const addedLabels = ({ labels, routed }: AlertRow): [string, string][] =>
  Object.entries(routed?.labels ?? {}).filter(([name]) => !(name in labels));

/** Where the target is listed that its labels name. */
export function targetAddress({ labels: { job, instance = "" } }: AlertRow): string {
  const params = new URLSearchParams({ ...(job !== undefined && { pool: job }), search: instance });
  return `targets?${params.toString()}`;
}
