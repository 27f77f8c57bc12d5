/** Whether the navigation is open on a narrow screen. */

import { makeStore, useStore } from "./store";

const open = makeStore(false);

export const useDrawer = (): boolean => useStore(open);
export const openDrawer = (): void => open.set(true);
export const closeDrawer = (): void => open.set(false);
