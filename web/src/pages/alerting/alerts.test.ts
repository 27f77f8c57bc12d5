import { expect, test } from "vitest";
import {
  countStates,
  firingKind,
  goFloat,
  groupAlerts,
  isSilenced,
  listAlerts,
  passes,
  severitiesOf,
  wordsOf,
} from "./alerts";
import type { RoutedAlert, RuleAlert, RuleGroup, Texts } from "./api";

const alert = (state: "firing" | "pending", labels: Texts, activeAt = "2026-11-22T13:00:00Z"): RuleAlert => ({
  labels,
  annotations: { summary: `${labels.alertname!} on ${labels.instance ?? "all"}` },
  state,
  activeAt,
  value: "7e+00",
});

const group = (name: string, alerts: RuleAlert[]): RuleGroup => ({
  name,
  file: "rules.yml",
  interval: 15,
  limit: 0,
  evaluationTime: 0.001,
  lastEvaluation: "2026-11-22T13:26:43Z",
  rules: [
    { type: "recording", name: "a:b", query: "b", health: "ok", evaluationTime: 0, lastEvaluation: "" },
    {
      type: "alerting",
      name: alerts[0]?.labels.alertname ?? "Quiet",
      query: "x > 5",
      state: "firing",
      duration: 0,
      health: "ok",
      evaluationTime: 0,
      lastEvaluation: "",
      alerts,
    },
  ],
});

const routed = (labels: Texts, status: Partial<RoutedAlert["status"]> = {}): RoutedAlert => ({
  labels,
  annotations: {},
  startsAt: "2026-11-22T13:00:00Z",
  endsAt: "",
  updatedAt: "",
  fingerprint: Object.values(labels).join(),
  receivers: [{ name: "pager" }],
  status: { state: "active", silencedBy: [], inhibitedBy: [], ...status },
});

const DOWN_A = { alertname: "Down", instance: "a", severity: "critical", system: "api" };
const DOWN_B = { alertname: "Down", instance: "b", severity: "critical", system: "api" };
const SLOW = { alertname: "Slow", severity: "warning" };
const FOREIGN = { alertname: "Elsewhere", severity: "info", system: "api" };

const ROWS = listAlerts(
  [
    group("up", [alert("firing", DOWN_A), alert("firing", DOWN_B, "2026-11-22T13:05:00Z")]),
    group("speed", [alert("pending", SLOW)]),
    group("fine", []),
  ],
  [
    routed({ ...DOWN_A, region: "eu" }, { state: "suppressed", silencedBy: ["s1"] }),
    routed({ ...DOWN_B, region: "eu" }),
    routed(FOREIGN),
  ],
);

test("what the routing says is found by the labels that an alert had before others were added", () => {
  expect(ROWS.map(({ name, routed }) => [name, routed?.receivers, routed?.silencedBy])).toEqual([
    ["Down", ["pager"], ["s1"]],
    ["Down", ["pager"], []],
    ["Slow", undefined, undefined],
    ["Elsewhere", ["pager"], []],
  ]);
  expect(ROWS.map(isSilenced)).toEqual([true, false, false, false]);
});

test("an alert that no rule raised is listed with where it came from", () => {
  expect([ROWS[3]!.rule, ROWS[3]!.value, ROWS[3]!.sinceMs]).toEqual([
    undefined,
    undefined,
    Date.UTC(2026, 10, 22, 13),
  ]);
});

test("an alert of before a restart is its own, and one with the alert that waits again", () => {
  const own = { own: true, endsAt: "2026-11-22T13:04:00Z" };
  const rows = listAlerts(
    [group("up", [alert("pending", SLOW)])],
    [
      { ...routed({ ...SLOW, region: "eu" }), ...own },
      { ...routed(DOWN_A), ...own },
      { ...routed(FOREIGN), own: false },
    ],
  );
  const untilMs = Date.UTC(2026, 10, 22, 13, 4);
  expect(rows.map(({ name, state, group: at, leftUntilMs }) => [name, state, at, leftUntilMs])).toEqual([
    ["Slow", "pending", "up", untilMs],
    ["Down", "firing", "Left from before", untilMs],
    ["Elsewhere", "firing", "Sent by other servers", undefined],
  ]);
});

test("an alert takes the one that is most like it", () => {
  const rows = listAlerts(
    [group("up", [alert("firing", SLOW)])],
    [routed({ ...SLOW, job: "x" }, { silencedBy: ["s1"] }), routed(SLOW)],
  );
  expect(rows.map(({ labels, routed }) => [labels.job, routed?.silencedBy])).toEqual([
    [undefined, []],
    ["x", ["s1"]],
  ]);
});

test("the worst stands first, and what nobody is told of last", () => {
  const systems = groupAlerts(ROWS);
  expect(systems.map(({ name, groups }) => [name, groups.map((one) => [one.name, one.rows.length])])).toEqual(
    [
      [
        "api",
        [
          ["up", 2],
          ["Sent by other servers", 1],
        ],
      ],
      ["", [["speed", 1]]],
    ],
  );
  expect(systems[0]!.groups[0]!.rows.map(({ labels }) => labels.instance)).toEqual(["b", "a"]);
});

test("counts tell what fires from what is kept quiet", () => {
  expect(countStates(ROWS)).toEqual({ all: 4, firing: 2, pending: 1, quiet: 1 });
});

const ALL = { state: "all", severity: "", search: "" } as const;

test.each([
  [{ search: 'instance="a"' }, ["a"]],
  [{ search: "down on b" }, ["b"]],
  [{ severity: "critical", state: "firing" }, ["b"]],
  [{ state: "quiet" }, ["a"]],
] as const)("%j leaves some", (filter, instances) => {
  const found = ROWS.filter((row) => passes(row, { ...ALL, ...filter }));
  expect(found.map(({ labels }) => labels.instance)).toEqual(instances);
});

test("what fires stands out by its severity", () => {
  expect(["critical", "warning", "info", "none", "team-a", ""].map(firingKind)).toEqual([
    "crit",
    "warn",
    "info",
    "info",
    "info",
    "crit",
  ]);
});

test("severities stand in their order", () => {
  expect(severitiesOf(ROWS)).toEqual(["critical", "warning", "info"]);
});

test("numbers of Go are read", () => {
  expect(["7e+00", "+Inf", "-Inf", "1.5e-03"].map(goFloat)).toEqual([7, Infinity, -Infinity, 0.0015]);
  expect(goFloat("NaN")).toBeNaN();
});

test("the line is the summary, or the description where there is none", () => {
  const row = ROWS[0]!;
  expect(wordsOf({ ...row, annotations: { summary: "a", description: "b", runbook_url: "c" } })).toEqual({
    summary: "a",
    more: [
      ["Description", "b"],
      ["runbook_url", "c"],
    ],
  });
  expect(wordsOf({ ...row, annotations: { description: "b" } })).toEqual({ summary: "b", more: [] });
});

test("ten thousand alerts are joined with what was routed of each, by any label, though external ones were added", () => {
  const labels = (n: number): Record<string, string> => ({ alertname: "Storm", instance: `i${n}`, job: "j" });
  const count = 10_000;
  const all = Array.from({ length: count }, (_, n) => n);
  const given = all.map((n) => routed({ ...labels(n), region: "eu" })).reverse();
  const rows = listAlerts(
    [
      group(
        "storm",
        all.map((n) => alert("firing", labels(n))),
      ),
    ],
    given,
  );
  expect(rows).toHaveLength(count);
  expect(rows.every(({ routed: found }, n) => found?.labels.instance === `i${n}`)).toBe(true);
});
