/** Time ranges of one's own that were used lately. */

import type { RawRange } from "../model/timerange";
import { makeStored } from "./stored";
import { useStore } from "./store";

const MOST = 4;
const LONGEST = 40;

const isRange = (entry: unknown): entry is RawRange =>
  typeof entry === "object" &&
  entry !== null &&
  ["from", "to"].every((key) => {
    const text = (entry as Record<string, unknown>)[key];
    return typeof text === "string" && text.length <= LONGEST;
  });

const recent = makeStored<readonly RawRange[]>("ranges", (stored) =>
  (Array.isArray(stored) ? (stored as unknown[]) : []).filter(isRange).slice(0, MOST),
);

export const useRecentRanges = (): readonly RawRange[] => useStore(recent);

/** Remembers a range. */
export function rememberRange({ from, to }: RawRange): void {
  const others = recent.get().filter((range) => range.from !== from || range.to !== to);
  recent.set([{ from, to }, ...others].slice(0, MOST));
}
