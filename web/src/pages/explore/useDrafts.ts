/** The queries as they stand in the editors, which may differ from what was run: that is in the address. */

import { useState } from "react";
import type { ExploreQuery } from "./address";

export interface Draft extends ExploreQuery {
  id: number;
}

let nextId = 1;
const draftOf = (query: ExploreQuery): Draft => ({ ...query, id: nextId++ });

const isSame = (a: readonly ExploreQuery[], b: readonly ExploreQuery[]): boolean =>
  a.length === b.length &&
  a.every(({ expr, hidden }, at) => b[at]!.expr === expr && b[at]!.hidden === hidden);

export interface Drafts {
  drafts: readonly Draft[];
  /** They differ from what was run. */
  dirty: boolean;
  change: (id: number, expr: string) => void;
  add: () => void;
  /** The list with `expr` in the first empty row, or in a new one. */
  with: (expr: string) => ExploreQuery[];
  /** The list after one query has been hidden (or shown again), or removed. */
  without: (id: number, how: "hide" | "remove") => ExploreQuery[];
}

/** Begins again whenever the address names other queries; rows that stay keep their editors. */
export function useDrafts(ran: readonly ExploreQuery[]): Drafts {
  const [from, setFrom] = useState(ran);
  const [drafts, setDrafts] = useState<readonly Draft[]>(() => ran.map(draftOf));
  if (from !== ran && !isSame(from, ran)) {
    setFrom(ran);
    const kept = drafts.length === ran.length ? drafts : undefined;
    const byExpr = new Map(drafts.map((draft) => [draft.expr, draft.id]));
    setDrafts(
      ran.map((query, at) => {
        const id = kept?.[at]?.id ?? byExpr.get(query.expr);
        byExpr.delete(query.expr);
        return id === undefined ? draftOf(query) : { ...query, id };
      }),
    );
  }
  return {
    drafts,
    dirty: !isSame(drafts, ran),
    change: (id, expr) =>
      setDrafts((was) => was.map((draft) => (draft.id === id ? { ...draft, expr } : draft))),
    add: () => setDrafts((was) => [...was, draftOf({ expr: "", hidden: false })]),
    with: (expr) => {
      const free = drafts.find((draft) => draft.expr.trim() === "");
      const query = { expr, hidden: false };
      return free === undefined
        ? [...drafts, query]
        : drafts.map((draft) => (draft === free ? query : draft));
    },
    without: (id, how) =>
      how === "hide"
        ? drafts.map((draft) => (draft.id === id ? { ...draft, hidden: !draft.hidden } : draft))
        : drafts.filter((draft) => draft.id !== id),
  };
}
