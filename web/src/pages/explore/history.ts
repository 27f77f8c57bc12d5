/** Queries that were run before, kept in this browser only. */

import { makeStored, parseTexts, withRecent } from "../../state/stored";
import { useStore } from "../../state/store";

const MOST = 100;
const LONGEST = 4000;

const ran = makeStored<readonly string[]>("queries", parseTexts(MOST, LONGEST));

export const useHistory = (): readonly string[] => useStore(ran);

/** Remembers the queries of one run, the first of them in front. */
export function remember(exprs: readonly string[]): void {
  const worth = exprs.map((expr) => expr.trim()).filter((expr) => expr !== "" && expr.length <= LONGEST);
  ran.set(worth.toReversed().reduce((list, expr) => withRecent(list, expr, MOST), ran.get()));
}

export const forgetHistory = (): void => ran.set([]);
