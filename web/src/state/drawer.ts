/** Whether the navigation is open on a narrow screen. */

import { makeStore, useStore } from "./store";

const open = makeStore(false);

export const useDrawer = (): boolean => useStore(open);
/** Wide screens have the navigation in view: nothing opens there. */
export function openDrawer(): void {
  if (matchMedia("(width < 900px)").matches) open.set(true);
}
export const closeDrawer = (): void => open.set(false);
