import { expect, test } from "vitest";
import type { RouteNode } from "./api";
import { changedGrouping, changedTiming, groupingOf, readLabels, timingOf } from "./routing";

const NODE: RouteNode = {
  id: "{}",
  receiver: "team",
  matchers: [],
  groupBy: ["alertname"],
  groupWait: 30_000,
  groupInterval: 300_000,
  repeatInterval: 14_400_000,
  continue: false,
  muteTimes: [],
  activeTimes: [],
  line: 3,
  routes: [],
};

test.each([
  ["severity=critical system=fluxai", { severity: "critical", system: "fluxai" }],
  ['severity="critical", system="my app"', { severity: "critical", system: "my app" }],
  ["{a=b}", { a: "b" }],
  ["", {}],
])("%s is read", (text, labels) => {
  expect(readLabels(text)).toEqual(labels);
});

test.each(["severity", "severity!=critical", "a=~b", "a=b c"])("%s is no list of labels", (text) => {
  expect(readLabels(text)).toBeUndefined();
});

test("a route says what it has of its own", () => {
  expect(timingOf(NODE)).toBe("waits 30s, news after 5m, again after 4h");
  expect(changedTiming(NODE, undefined)).toBe(timingOf(NODE));
  expect(changedTiming({ ...NODE, repeatInterval: 3_600_000 }, NODE)).toBe("again after 1h");
  expect(changedTiming(NODE, NODE)).toBe("");
  expect(changedGrouping(NODE, NODE)).toBe("");
  expect(
    [
      { ...NODE, groupBy: null },
      { ...NODE, groupBy: [] },
    ].map(groupingOf),
  ).toEqual(["every alert by itself", "all alerts together"]);
});
