/** Entries of panel menus that other parts of the page bring: editing, moving, removing. */

import type { MenuItem } from "../../components/Menu";
import type { Panel } from "../../model/dashboard";
import { makeStore, useStore } from "../../state/store";

/** Makes the entries for one panel; none where there is nothing to do with it. */
export type PanelEntries = (panel: Panel) => readonly MenuItem[];

const registered = makeStore<readonly PanelEntries[]>([]);

/** Adds a group of entries to the menu of every panel until the returned function is called. */
export function addPanelEntries(entries: PanelEntries): () => void {
  registered.set([...registered.get(), entries]);
  return () => registered.set(registered.get().filter((other) => other !== entries));
}

/** The groups for a panel. */
export const usePanelEntries = (panel: Panel): (readonly MenuItem[])[] =>
  useStore(registered).map((entries) => entries(panel));
