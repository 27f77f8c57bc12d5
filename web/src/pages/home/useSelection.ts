/** The dashboards that are selected. */

import { useState } from "react";
import type { DashboardHit } from "../../api/catalog";

/** Which are selected, of those that are there. */
export function useSelection(hits: readonly DashboardHit[]) {
  const [uids, setUids] = useState<ReadonlySet<string>>(new Set());
  return {
    uids,
    hits: hits.filter(({ uid }) => uids.has(uid)),
    clear: () => setUids(new Set()),
    toggle: ({ uid }: DashboardHit): void => {
      const next = new Set(uids);
      if (!next.delete(uid)) next.add(uid);
      setUids(next);
    },
  };
}

export type Selection = ReturnType<typeof useSelection>;
