/** Whether the server has been upgraded since this page was loaded: its page then has another build. */

import { makeStore, useStore } from "./store";

const LOOK_MS = 60_000;
const outdated = makeStore(false);

/** The build of this page; empty where the server does not say it, as in development. */
export const BUILD = document.querySelector<HTMLMetaElement>("meta[name=watchglass-build]")?.content ?? "";

export const useOutdated = (): boolean => useStore(outdated);

/** Asks the server for the build that it has now. */
export async function lookForUpgrade(): Promise<void> {
  if (BUILD === "" || outdated.get()) return;
  const answer = await fetch("./", { method: "HEAD", cache: "no-store" }).catch(() => undefined);
  const now = answer?.headers.get("ETag")?.replace(/^W\//, "").replaceAll('"', "");
  if (answer?.ok === true && now !== undefined && now !== BUILD) outdated.set(true);
}

/** Looks now and then, while the page is seen, and when it is seen again. */
export function watchForUpgrade(): void {
  const look = (): void => {
    if (!document.hidden) void lookForUpgrade();
  };
  setInterval(look, LOOK_MS);
  document.addEventListener("visibilitychange", look);
}
