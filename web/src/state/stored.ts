/** A value that the browser keeps between visits; where it may not be kept it lasts as long as the page. */

import { makeStore, type Store } from "./store";

const PREFIX = "watchglass.";

function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key) ?? "null") as unknown;
  } catch {
    return null; // storage is forbidden, or somebody wrote into it
  }
}

/** Makes a store over a key; `parse` makes something usable of whatever stands there. */
export function makeStored<T>(key: string, parse: (stored: unknown) => T): Store<T> {
  const store = makeStore(parse(read(key)));
  store.subscribe(() => {
    try {
      localStorage.setItem(PREFIX + key, JSON.stringify(store.get()));
    } catch {
      // full, or forbidden: as above
    }
  });
  return store;
}

/** Texts of a stored list, no more and no longer than allowed. */
export const parseTexts =
  (most: number, longest: number) =>
  (stored: unknown): readonly string[] =>
    (Array.isArray(stored) ? (stored as unknown[]) : [])
      .filter((text): text is string => typeof text === "string" && text.length <= longest)
      .slice(0, most);

/** The list with `text` in front, and no other of the same. */
export const withRecent = (list: readonly string[], text: string, most: number): readonly string[] =>
  [text, ...list.filter((other) => other !== text)].slice(0, most);
