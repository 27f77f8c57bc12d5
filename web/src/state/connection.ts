/** Whether the server answers. While it does not, it is asked every few seconds; then all that is on the page is asked again. */

import { makeStore, useStore } from "./store";

/** ms: since when there is no answer; undefined while there is one. */
const lostSince = makeStore<number | undefined>(undefined);
const RETRY_MS = 2000;
const PATIENCE_MS = 5000;

const returned = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

export const useLostSince = (): number | undefined => useStore(lostSince);

/** Calls `run` each time the server is back. */
export function onReturn(run: () => void): void {
  returned.add(run);
}

/** An answer came: whatever it says, the server is there. */
export function markAnswered(): void {
  if (lostSince.get() === undefined) return;
  lostSince.set(undefined);
  clearTimeout(timer);
  for (const run of returned) run();
}

/** No answer came. */
export function markLost(): void {
  if (lostSince.get() !== undefined) return;
  lostSince.set(Date.now());
  timer = setTimeout(() => void tryAgain(), RETRY_MS);
}

/** Asks the server for a sign of life now. */
export async function tryAgain(): Promise<void> {
  clearTimeout(timer);
  try {
    await fetch("-/healthy", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    markAnswered();
  } catch {
    timer = setTimeout(() => void tryAgain(), RETRY_MS);
  }
}

/** Follows what the browser itself knows of the network. */
export function watchNetwork(): void {
  window.addEventListener("online", () => lostSince.get() !== undefined && void tryAgain());
}
