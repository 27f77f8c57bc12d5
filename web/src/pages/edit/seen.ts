/** What the data of the panel that is edited have: names of fields, labels and queries, for the forms to offer. */

import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { createContext, use, useCallback, useMemo, useSyncExternalStore } from "react";
import type { Panel } from "../../model/dashboard";
import { nameOf, type DataFrame } from "../../model/frame";
import type { PanelFrame } from "../../query/panel";
import { oneTable, rawTables } from "../../query/frames";
import { transformFrames } from "../../query/transforms";

export interface Seen {
  /** As people see them; none while there is no answer. */
  fields: readonly string[];
  labels: readonly string[];
  queries: readonly string[];
}

const NOTHING: Seen = { fields: [], labels: [], queries: [] };

export const SeenContext = createContext<Seen>(NOTHING);

/** What the data around a form have. */
export const useSeen = (): Seen => use(SeenContext);

/** More names than these are typed rather than chosen. */
const MOST_NAMES = 200;

/** The newest answer to each of the panel's queries: the panel itself has asked for them. */
function answersTo(client: QueryClient, panel: Panel): { at: number; frame: PanelFrame }[] {
  const answers = client.getQueryCache().findAll({ queryKey: ["panel"] });
  return panel.queries.flatMap((query) => {
    const own = answers.filter(
      ({ queryKey, state }) =>
        queryKey[1] === query.source && queryKey[2] === query.expr && state.data !== undefined,
    );
    const newest = own.toSorted((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt)[0];
    if (newest === undefined) return [];
    return [{ at: newest.state.dataUpdatedAt, frame: { ...(newest.state.data as PanelFrame), query } }];
  });
}

/** The answers that the panel draws, kept up to date. */
export function useAnswers(panel: Panel): PanelFrame[] {
  const client = useQueryClient();
  const subscribe = useCallback((tell: () => void) => client.getQueryCache().subscribe(tell), [client]);
  const moment = useSyncExternalStore(subscribe, () =>
    answersTo(client, panel)
      .map(({ at }) => at)
      .join(),
  );
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the moment says that there are others
  return useMemo(() => answersTo(client, panel).map(({ frame }) => frame), [client, panel, moment]);
}

const unique = (names: readonly string[]): string[] => [...new Set(names)].slice(0, MOST_NAMES);

const namesIn = (tables: readonly DataFrame[]): string[] =>
  unique(tables.flatMap(({ fields }) => fields.map(nameOf)));

/** A panel without what renames its columns: options mean names as they are before that. */
const unnamed = (panel: Panel): Panel => ({ ...panel, fields: { ...panel.fields, overrides: [] } });

/** What a panel has after the first so many of its transformations. */
export function seenAfter(frames: readonly PanelFrame[], panel: Panel, steps: number): Seen {
  const { frames: tables } = transformFrames(rawTables(frames, panel), panel.transformations.slice(0, steps));
  const shown = steps === panel.transformations.length && panel.type === "table";
  const drawn = shown ? oneTable(tables, unnamed(panel)) : undefined;
  return {
    fields: namesIn(drawn === undefined ? tables : [drawn, ...tables]),
    labels: unique(
      tables.flatMap(({ fields }) => fields.flatMap((field) => Object.keys(field.labels ?? {}))),
    ),
    queries: unique(panel.queries.map(({ refId }) => refId)),
  };
}
