/** Asks for the events of a page, list by list. */

import { useQueries } from "@tanstack/react-query";
import { useEffect } from "react";
import { queryRange } from "../api/frames";
import type { ChartEvent } from "../charts/events";
import type { Dashboard } from "../model/dashboard";
import { interpolate, type Variables } from "../model/interpolate";
import { chooseStep, expandMacros, makeGrid } from "../model/step";
import { rangeAt, type RawRange } from "../model/timerange";
import type { Annotating } from "./context";
import { eventsOfAlerts } from "./alertmarks";
import { fetchKept } from "./api";
import type { EventList, QueryList } from "./definitions";
import { eventOfKept, eventsOfFrame } from "./events";

/** Steps enough that no event is missed on a usual screen. */
const MOST_POINTS = 1000;
const SCRAPE_MS = 15_000;

export interface Page {
  dashboard: Dashboard;
  raw: RawRange;
  variables: Variables;
}

async function askQuery(
  list: QueryList,
  { raw, variables }: Page,
  signal: AbortSignal,
): Promise<ChartEvent[]> {
  const range = rangeAt(raw, Date.now());
  const grid = makeGrid(range, chooseStep(range, MOST_POINTS, list.stepMs), "step");
  const expr = expandMacros(interpolate(list.expr, variables, "promql"), grid, range, SCRAPE_MS);
  const source = interpolate(list.source, variables, "raw");
  const answer = queryRange(source.includes("$") ? "default" : source, expr, grid, signal);
  const frame = await answer.catch(async (error: unknown) => {
    throw (await import("../query/why")).asTyped(error, list.expr, expr);
  });
  return list.concerns === undefined ? eventsOfFrame(list, frame) : eventsOfAlerts(list, frame);
}

async function askList(list: EventList, page: Page, signal: AbortSignal): Promise<ChartEvent[]> {
  if (list.kind === "query") return askQuery(list, page, signal);
  const tags = list.tags.map((tag) => interpolate(tag, page.variables, "raw"));
  const range = rangeAt(page.raw, Date.now());
  const kept = await fetchKept({ ...list, tags }, page.dashboard.uid, range, signal);
  return kept.map((one) => eventOfKept(list, one));
}

const variablesKey = (variables: Variables): string[] =>
  Object.entries(variables).map(([name, { values }]) => `${name}=${values.join(",")}`);

const exprOf = (list: EventList): string => (list.kind === "query" ? list.expr : "");

/** A refresh of the panels asks for these, too. */
export const EVENTS_KEY = ["panel", "annotations"];

export interface ListState {
  list: EventList;
  on: boolean;
  count: number;
  error: Error | null;
}

/** Events of the lists that are on; they go to the charts, and the state of each list to the bar. */
export function useEvents(
  lists: readonly EventList[],
  isOn: (list: EventList) => boolean,
  page: Page,
  { shown }: Annotating,
): ListState[] {
  const { raw, dashboard, variables } = page;
  const answers = useQueries({
    queries: lists.map((list) => ({
      queryKey: [
        ...EVENTS_KEY,
        dashboard.uid,
        list.name,
        exprOf(list),
        raw.from,
        raw.to,
        ...variablesKey(variables),
      ],
      queryFn: ({ signal }: { signal: AbortSignal }) => askList(list, page, signal),
      enabled: isOn(list),
      retry: false,
      staleTime: 4000,
    })),
  });
  const events = lists.flatMap((list, at) => (isOn(list) ? (answers[at]?.data ?? []) : []));
  const same = JSON.stringify(events);
  useEffect(() => shown.set({ lists, events: JSON.parse(same) as ChartEvent[] }), [shown, lists, same]);
  return lists.map((list, at) => ({
    list,
    on: isOn(list),
    count: answers[at]?.data?.length ?? 0,
    error: answers[at]?.error ?? null,
  }));
}
