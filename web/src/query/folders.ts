/** The folders of dashboards. */

import { fetchFolders } from "../api/library";

/** Folders, also those with nothing in them. */
export const foldersQuery = {
  queryKey: ["folders"],
  queryFn: ({ signal }: { signal: AbortSignal }) => fetchFolders(signal),
  staleTime: 2000,
};
