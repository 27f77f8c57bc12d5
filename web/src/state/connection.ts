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

let looking = false;

/** A request had no answer: the server is asked at once whether it is there, since one request may fail alone. */
export function markSilent(): void {
  if (lostSince.get() === undefined && !looking) void tryAgain();
}

/** Asks the server for a sign of life now, and again until there is one. */
export async function tryAgain(): Promise<void> {
  clearTimeout(timer);
  looking = true;
  try {
    await fetch("-/healthy", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    markAnswered();
  } catch {
    if (lostSince.get() === undefined) lostSince.set(Date.now());
    timer = setTimeout(() => void tryAgain(), RETRY_MS);
  } finally {
    looking = false;
  }
}

/** Follows what the browser itself knows of the network. */
export function watchNetwork(): void {
  window.addEventListener("online", () => lostSince.get() !== undefined && void tryAgain());
}
