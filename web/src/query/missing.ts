/** What a panel that is drawn asks for in vain: the metrics of those of its queries that answered nothing. */

import { useQuery } from "@tanstack/react-query";
import type { PanelFrame } from "./panel";

const NONE: readonly string[] = [];
const isEmpty = ({ series }: PanelFrame): boolean => series.length === 0;

/**
 * Names of metrics that the source does not have; none where nothing was answered, which says more itself, unless
 * `drawsNothing`: the panel draws words of its own then.
 */
export function useMissing(frames: readonly PanelFrame[], drawsNothing: boolean): readonly string[] {
  const empty = frames.filter(isEmpty);
  const exprs = empty.map(({ expr }) => expr);
  const source = empty[0]?.query.source;
  const asks = source !== undefined && (drawsNothing || empty.length < frames.length);
  const { data } = useQuery({
    queryKey: ["missing", source, ...exprs],
    queryFn: async ({ client }) => (await import("./why")).findUnknown(client, source!, exprs),
    enabled: asks,
    staleTime: Infinity, // a metric that comes after all empties no query any more
  });
  return (asks ? data : undefined) ?? NONE; // another panel may have asked the same
}
