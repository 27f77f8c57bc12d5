import { expect, test } from "vitest";
import type { Rule, RuleGroup } from "./api";
import { countViews, listRules, timeOf, troubleOf } from "./rules";

const NOW = Date.UTC(2026, 10, 22, 12);

const rule = (name: string, more: Partial<Rule> = {}): Rule => ({
  type: "alerting",
  name,
  query: `${name.toLowerCase()} > 5`,
  labels: { severity: "critical" },
  annotations: { summary: "bad news" },
  state: "inactive",
  duration: 0,
  health: "ok",
  evaluationTime: 0.001,
  lastEvaluation: "2026-11-22T11:59:50Z",
  ...more,
});

const group = (name: string, rules: Rule[], more: Partial<RuleGroup> = {}): RuleGroup => ({
  name,
  file: `/etc/rules/${name}.yml`,
  rules,
  interval: 15,
  limit: 0,
  evaluationTime: 0.01,
  lastEvaluation: "2026-11-22T11:59:50Z",
  ...more,
});

const GROUPS = [
  group("fine", [rule("A"), rule("B", { type: "recording", labels: {} })]),
  group("slow", [rule("C")], { evaluationTime: 20 }),
  group("broken", [rule("D"), rule("E", { health: "err", lastError: "many-to-many matching" })]),
];

const names = (view: "all" | "problems" | "alerting" | "recording", search = "") =>
  listRules(GROUPS, { view, search, without: [] }, NOW).map(({ name, rules }) => [
    name,
    rules.map((one) => one.name).join(""),
  ]);

test("what is wrong stands first", () => {
  expect(names("all")).toEqual([
    ["broken", "ED"],
    ["slow", "C"],
    ["fine", "AB"],
  ]);
});

test("views narrow the list", () => {
  expect(names("problems")).toEqual([
    ["broken", "E"],
    ["slow", "C"],
  ]);
  expect(names("recording")).toEqual([["fine", "B"]]);
  expect(countViews(GROUPS, [], NOW)).toEqual({ all: 5, problems: 2, nodata: 0, alerting: 4, recording: 1 });
});

test.each([
  ["many-to", ["broken"]],
  ['severity="critical" fine', ["fine"]],
  ["bad news", ["broken", "slow", "fine"]],
])("%s is searched", (search, groups) => {
  expect(names("all", search).map(([name]) => name)).toEqual(groups);
});

test("a group that is too slow or stands still says so", () => {
  expect(troubleOf(GROUPS[0]!, NOW)).toBe("");
  expect(troubleOf(GROUPS[1]!, NOW)).toMatch(/longer than its interval/);
  expect(troubleOf(group("old", [], { lastEvaluation: "2026-11-22T11:50:00Z" }), NOW)).toMatch(
    /three intervals/,
  );
  expect(troubleOf(group("new", [], { lastEvaluation: "0001-01-01T00:00:00Z" }), NOW)).toBe("");
});

test("the year 1 is never", () => {
  expect(timeOf("0001-01-01T00:00:00Z")).toBeUndefined();
  expect(timeOf("2026-11-22T12:00:00Z")).toBe(NOW);
});

test("rules without data are found by their file, group, name and expression", () => {
  const [group] = GROUPS;
  const rule = group!.rules[0]!;
  const one = { file: group!.file, group: group!.name, name: rule.name, query: rule.query, sinceMs: null };
  expect(countViews(GROUPS, [one], NOW).nodata).toBe(1);
  expect(countViews(GROUPS, [{ ...one, query: "other" }], NOW).nodata).toBe(0);
  const listed = listRules(GROUPS, { view: "nodata", search: "", without: [one] }, NOW);
  expect(listed.map(({ name, rules }) => [name, rules.length])).toEqual([[group!.name, 1]]);
});
