/** Alertmanager's addresses, which notifications link to, as ours. Pure. */

import { readMatchers, writeMatcher } from "./matchers";
import { newSilenceAddress } from "./silences";

const searching = (page: string, words: string): string =>
  words === "" ? page : `${page}?search=${encodeURIComponent(words)}`;

/** `#/alerts?filter={…}`, `#/silences/new?filter={…}`, `#/silences/ID`, `#/status`; undefined for any other. */
export function translateHash(hash: string): string | undefined {
  const [path = "", query = ""] = hash.replace(/^#\//, "").split("?");
  const matchers = readMatchers(new URLSearchParams(query).get("filter") ?? "") ?? [];
  if (path === "alerts") return searching("alerts", matchers.map(writeMatcher).join(" "));
  if (path === "status") return "routing";
  if (path === "silences/new") return newSilenceAddress(matchers);
  const silence = /^silences(?:\/([\w-]+))?$/.exec(path);
  return silence === null ? undefined : searching("silences", silence[1] ?? "");
}
