/** Something that is done to the server: whether it is under way, what came of it, and the lists as they are after it. */

import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { IconName } from "../../components/icons";
import { dashboardsQuery } from "../../query/dashboards";
import { deletedQuery } from "../../query/deleted";
import { foldersQuery } from "../../query/folders";

export interface Notice {
  kind: "done" | "failed";
  text: string;
  /** What one may want next. */
  action?: { label: string; icon: IconName; run: () => void };
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const LISTS = [dashboardsQuery, deletedQuery, foldersQuery];

export const refresh = (client: QueryClient): Promise<unknown> =>
  Promise.all(LISTS.map(({ queryKey }) => client.invalidateQueries({ queryKey })));

/** What came of it; undefined says nothing. */
type Work = () => Promise<Notice | undefined>;

export function useWork() {
  const client = useQueryClient();
  const [notice, setNotice] = useState<Notice>();
  const [busy, setBusy] = useState(false);
  return {
    notice,
    busy,
    say: setNotice,
    dismiss: () => setNotice(undefined),
    /** Does something, then shows the lists as they are; `failed` says what was not done. */
    run: async (failed: string, work: Work): Promise<void> => {
      setBusy(true);
      try {
        setNotice(await work());
      } catch (error) {
        setNotice({ kind: "failed", text: `${failed}: ${messageOf(error)}` });
      }
      await refresh(client);
      setBusy(false);
    },
  };
}
