import { describe, expect, test } from "vitest";
import { exploreAddress, letterOf, readExplore, translateAddress, writeExplore } from "./address";

const paramsOf = (address: string): URLSearchParams => new URLSearchParams(address.split("?")[1]);

test("what is written is read again", () => {
  const state = {
    queries: [
      { expr: 'sum by (job) (rate(x{a="b&c=d"}[5m]))', hidden: false },
      { expr: "up + 1", hidden: true },
    ],
    view: "chart",
    style: "stacked",
    stepMs: 30_000,
    source: "embedded",
  } as const;
  const params = writeExplore(
    { ...state, queries: [...state.queries] },
    new URLSearchParams("from=now-6h&to=now&x=1"),
  );

  expect(params.get("from")).toBe("now-6h");
  expect(params.has("x")).toBe(false);
  expect(readExplore(new URLSearchParams(params.toString()))).toEqual(state);
});

test("an empty or senseless address is one empty query", () => {
  expect(readExplore(new URLSearchParams("view=odd&style=odd&step=0s"))).toEqual({
    queries: [{ expr: "", hidden: false }],
    view: "both",
    style: "lines",
    stepMs: undefined,
    source: undefined,
  });
});

test("a panel's queries have an address", () => {
  const range = { from: "now-1h", to: "now" };
  expect(exploreAddress({ queries: ["up"], range, source: "default" })).toBe(
    "explore?q=up&from=now-1h&to=now",
  );
});

test("letters go on after Z", () => {
  expect([0, 25, 26, 27].map(letterOf)).toEqual(["A", "Z", "AA", "AB"]);
});

describe("addresses of others", () => {
  test("Prometheus's graph", () => {
    const query = "g0.expr=up&g0.tab=0&g0.stacked=1&g0.range_input=2h&g0.step_input=60&g1.expr=rate(x[5m])";
    const params = paramsOf(translateAddress(new URLSearchParams(query))!);
    expect(params.getAll("q")).toEqual(["up", "rate(x[5m])"]);
    expect(readExplore(params)).toMatchObject({ view: "chart", style: "stacked", stepMs: 60_000 });
    expect([params.get("from"), params.get("to")]).toEqual(["now-2h", "now"]);
  });

  test("Prometheus's table at an end in UTC", () => {
    const query = "g0.expr=up&g0.tab=1&g0.end_input=2026-11-21 09:30:00&g0.range_input=1h";
    const params = paramsOf(translateAddress(new URLSearchParams(query))!);
    const end = Date.UTC(2026, 10, 21, 9, 30);
    expect([params.get("from"), params.get("to")]).toEqual([String(end - 3_600_000), String(end)]);
    expect(readExplore(params).view).toBe("table");
  });

  test.each([
    ['left={"queries":[{"refId":"A","expr":"up"}],"range":{"from":"now-3h","to":"now"}}', ["up"], "now-3h"],
    [
      'panes={"a":{"queries":[{"expr":"up"},{"expr":"x"}],"range":{"from":"now-2d","to":"now"}}}',
      ["up", "x"],
      "now-2d",
    ],
    ['left=["now-6h","now","Prometheus",{"expr":"up"}]', ["up"], "now-6h"],
    ["left={broken", [""], "now-1h"],
  ])("Grafana's %s", (query, queries, from) => {
    const params = paramsOf(translateAddress(new URLSearchParams(query))!);
    expect(params.getAll("q")).toEqual(queries);
    expect(params.get("from")).toBe(from);
  });

  test("our own is left alone", () => {
    expect(translateAddress(new URLSearchParams("q=up&view=table"))).toBeUndefined();
  });
});
