import { expect, test } from "vitest";
import type { InhibitRule, RouteNode } from "./api";
import {
  changedGrouping,
  changedTiming,
  groupingOf,
  inhibitionOf,
  placeOf,
  readLabels,
  ruleAt,
  sendingOf,
  timingOf,
  intervalState,
} from "./routing";

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
  file: "/etc/alertmanager.yml",
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

const RULE: InhibitRule = {
  name: "",
  source: ['severity="critical"'],
  target: ['severity="warning"'],
  equal: ["system"],
  place: 2,
  line: 30,
  file: "/etc/alertmanager.yml",
};

test("what stands in a file says where", () => {
  expect(placeOf(NODE)).toBe("alertmanager.yml, line 3");
  expect(placeOf({ file: "packs/fluxai/routes.yaml", line: 1 })).toBe("packs/fluxai/routes.yaml, line 1");
  expect(placeOf({ file: "", line: 4 })).toBe("line 4");
  expect(placeOf({ file: "", line: 0 })).toBe("");
  expect(ruleAt(RULE)).toBe("inhibit_rules entry 2 of alertmanager.yml, line 30");
  expect(ruleAt({ ...RULE, name: "worst first" })).toBe(
    "“worst first”, inhibit_rules entry 2 of alertmanager.yml, line 30",
  );
});

test("a rule of inhibition is said in words", () => {
  expect(inhibitionOf(RULE)).toBe(
    'An alert with severity="critical" keeps those with severity="warning" quiet, where both have the same system',
  );
  expect(inhibitionOf({ ...RULE, source: [], target: [], equal: [] })).toBe(
    "Every alert keeps all others quiet",
  );
});

test.each([
  [false, [], ["none", "Tells nobody"]],
  [false, [""], ["ok", "Sends"]],
  [false, ["", "no api_url"], ["warn", "Partly disabled"]],
  [false, ["no api_url"], ["crit", "Disabled"]],
  [true, [""], ["ok", "Sends"]],
  [true, ["", "no api_url"], ["none", "Partly set up"]],
  [true, ["no api_url"], ["none", "Not set up"]],
])("a receiver, of a pack: %s, whose integrations say %j is %j", (shipped, whys, expected) => {
  const integrations = whys.map((disabled) => ({ kind: "slack", target: "", sendsResolved: true, disabled }));
  expect(sendingOf({ name: "team", shipped, integrations })).toEqual(expected);
});

test.each([
  [true, true, ["warn", "Mutes now"]],
  [false, true, ["none", "Does not mute now"]],
  [true, false, ["ok", "Active now"]],
  [false, false, ["warn", "Not active now"]],
] as const)("a time interval that holds: %s, and mutes: %s", (holds, mutes, state) => {
  expect(intervalState({ name: "nights", holds, mutes, times: [] })).toEqual(state);
});
