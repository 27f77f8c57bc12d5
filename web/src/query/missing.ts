/** What a panel that is drawn asks for in vain: the metrics of those of its queries that answered nothing. */

import { useQuery } from "@tanstack/react-query";
import type { PanelFrame } from "./panel";

const NONE: readonly string[] = [];
const isEmpty = ({ series }: PanelFrame): boolean => series.length === 0;

/** Names of metrics that the source does not have; none while nothing at all is drawn, which says more itself. */
export function useMissing(frames: readonly PanelFrame[]): readonly string[] {
  const empty = frames.filter(isEmpty);
  const exprs = empty.map(({ expr }) => expr);
  const source = empty[0]?.query.source;
  const { data } = useQuery({
    queryKey: ["missing", source, ...exprs],
    queryFn: async ({ client }) => (await import("./why")).findUnknown(client, source!, exprs),
    enabled: source !== undefined && empty.length < frames.length,
    staleTime: Infinity, // a metric that comes after all empties no query any more
  });
  return data ?? NONE;
}
