import type { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import { ApiError } from "../api/http";
import { parseDashboard } from "../model/dashboard";
import { atOneMoment, eagerMs, prefetchPanel, type PanelFrame } from "./panel";

afterEach(() => vi.unstubAllGlobals());

type State = Parameters<typeof eagerMs>[0];
const stateOf = (state: Partial<State>): State => ({
  data: undefined,
  error: null,
  dataUpdateCount: 1,
  ...state,
});
const AWAITED = { series: [], awaited: true } as unknown as State["data"];
const EMPTY = { series: [] } as unknown as State["data"];

test("what is not collected yet is asked for ever less often, and not forever", () => {
  const delays = Array.from({ length: 40 }, (_, at) =>
    eagerMs(stateOf({ data: AWAITED, dataUpdateCount: at + 1 }), "now", 0),
  );

  expect(delays.slice(0, 3)).toEqual([150, 225, 337.5]);
  expect(delays.at(-1)).toBe(2000);
  expect(eagerMs(stateOf({ data: AWAITED }), "now", 20_000)).toBe(false);
});

test.each<[string, Partial<State>]>([
  ["failed in the server", { error: new ApiError("down", 503, "unavailable") }],
  ["failed after it was empty", { data: AWAITED, error: new ApiError("broken", 500, "internal") }],
  ["is wrong", { error: new ApiError("parse error", 400, "bad_data") }],
  ["is empty elsewhere", { data: EMPTY }],
  ["is under way", {}],
])("a query that %s is not asked again at once", (_, state) => {
  expect(eagerMs(stateOf(state), "now", 0)).toBe(false);
});

test("what a panel asks of one moment has one time; what it asks of a range keeps its own", () => {
  const frame = (instant: boolean, ...times: number[]): PanelFrame =>
    ({ query: { instant }, times: Float64Array.from(times), series: [] }) as unknown as PanelFrame;
  const frames = atOneMoment([frame(true, 1000), frame(true, 1003), frame(true), frame(false, 500, 5000)]);

  expect(frames.map(({ times }) => [...times])).toEqual([[1003], [1003], [], [500, 5000]]);
});

/** The paths that a panel of one query asks. */
async function pathsOf(type: string, target: object): Promise<string[]> {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (address: string) => {
    asked.push(/query(_range)?(?=\?|$)/.exec(address)?.[0] ?? address);
    return Promise.resolve(new Response("[]", { status: 500 }));
  });
  const client = {
    query: ({ queryFn }: { queryFn: (context: object) => Promise<unknown> }) =>
      queryFn({ client, signal: new AbortController().signal }),
    getQueryData: () => [],
  } as unknown as QueryClient;
  const document = { panels: [{ type, targets: [{ expr: "up", ...target }] }] };
  const { panels, time: raw } = parseDashboard(document);
  void prefetchPanel(client, { panel: panels[0]!, raw, points: 400, anchor: "now", enabled: true });
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(0));
  return asked.filter((path) => path.startsWith("query"));
}

test.each<[object, string]>([
  [{ format: "time_series" }, "query_range"],
  [{ format: "table" }, "query_range"],
  [{ format: "table", instant: false }, "query_range"],
  [{ range: true }, "query_range"],
  [{ format: "table", instant: true }, "query"],
])("a table whose query says %j asks %s", async (target, path) => {
  expect(await pathsOf("table", target)).toEqual([path]);
});
