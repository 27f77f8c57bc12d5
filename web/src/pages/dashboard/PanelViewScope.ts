/** What panels know of the dashboard around them, beyond what they draw with. */

import { createContext, use } from "react";
import type { Note } from "../../api/catalog";
import type { Dashboard } from "../../model/dashboard";
import { setParams } from "../../state/location";

export interface Surroundings {
  dashboard: Dashboard;
  /** What was translated to show the dashboard. */
  notes: readonly Note[];
}

export const SurroundingsContext = createContext<Surroundings | undefined>(undefined);

/** Undefined where a panel stands by itself. */
export const useSurroundings = (): Surroundings | undefined => use(SurroundingsContext);

/** Opens what lies behind a panel; the address says so, so that it can be sent to somebody. Without an id, closes it. */
export const inspect = (id: number | undefined, tab?: string): void =>
  setParams({ inspect: id === undefined ? undefined : String(id), inspectTab: tab }, id === undefined);
