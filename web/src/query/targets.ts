/** The list of targets, as everything that asks for it shares it. */

import { fetchTargets } from "../api/catalog";

/** Many panels ask the same at once. */
const FRESH_MS = 10_000;

export const targetsQuery = {
  queryKey: ["targets"],
  queryFn: ({ signal }: { signal: AbortSignal }) => fetchTargets(signal),
  staleTime: FRESH_MS,
};
