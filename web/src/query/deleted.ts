/** The dashboards that were deleted and can be had back. */

import { fetchDeleted } from "../api/library";

export const deletedQuery = {
  queryKey: ["deleted"],
  queryFn: ({ signal }: { signal: AbortSignal }) => fetchDeleted(signal),
  staleTime: 2000,
};
