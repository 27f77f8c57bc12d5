/** Where panels ask: this process's own metrics, or a server elsewhere and whether that answers. */

import { useQuery, type Query, type QueryClient } from "@tanstack/react-query";
import { fetchSources, type DataSource } from "../api/catalog";
import { ApiError } from "../api/http";
import type { SourceUid } from "../model/dashboard";

/** A server that is gone may be back at any moment; one that is not there will hardly come. */
const REFRESH_MS = { down: 2000, up: 5000, none: 60_000 } as const;

export const sourcesQuery = {
  queryKey: ["sources"],
  queryFn: ({ signal }: { signal: AbortSignal }) => fetchSources(signal),
  staleTime: REFRESH_MS.up,
};

/** The server elsewhere that is asked by default, if there is one. */
export const elsewhere = (sources: readonly DataSource[] | undefined): DataSource | undefined =>
  sources?.find(({ isDefault, watchglass }) => isDefault && watchglass.kind !== "embedded");

function refreshMs({ state }: Query<DataSource[]>): number {
  const source = elsewhere(state.data);
  if (source === undefined) return REFRESH_MS.none;
  return source.watchglass.state === "up" ? REFRESH_MS.up : REFRESH_MS.down;
}

/** Whether a query failed because its data source is gone; the text says which, since when and why. */
export const isSourceGone = (error: Error): boolean =>
  error instanceof ApiError && error.status === 502 && error.errorType === "unavailable";

/** The server elsewhere, kept up to date. */
export function useElsewhere(): DataSource | undefined {
  return elsewhere(useQuery({ ...sourcesQuery, refetchInterval: refreshMs }).data);
}

/** Looks at once whether a source is gone that did not answer, so that the page says it when its panels do. */
export function lookAtSources(client: QueryClient): void {
  const known = elsewhere(client.getQueryData<DataSource[]>(sourcesQuery.queryKey));
  if (known?.watchglass.state === "down") return;
  void client.refetchQueries({ queryKey: sourcesQuery.queryKey }, { cancelRefetch: false });
}

/** Whether what a panel asks is kept by this process, whose targets then tell more about it. */
export async function isOwn(client: QueryClient, source: SourceUid): Promise<boolean> {
  if (source === "embedded") return true;
  const known = client.getQueryData<DataSource[]>(sourcesQuery.queryKey); // the page keeps it up to date
  const sources = known ?? (await client.query(sourcesQuery).catch(() => undefined));
  const asked = sources?.find(({ uid }) => uid === source) ?? sources?.find(({ isDefault }) => isDefault);
  return asked === undefined || asked.watchglass.kind === "embedded";
}
