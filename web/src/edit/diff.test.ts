import { expect, test } from "vitest";
import { describeChanges, type Change } from "./diff";
import { setAt } from "./tree";

const DOC = {
  uid: "u",
  version: 3,
  title: "T",
  tags: ["a"],
  templating: { list: [{ name: "job", query: "label_values(up, job)" }] },
  panels: [
    {
      id: 1,
      type: "timeseries",
      title: "CPU",
      gridPos: { x: 0, y: 0, w: 12, h: 8 },
      fieldConfig: { defaults: { unit: "s" }, overrides: [] },
      targets: [{ refId: "A", expr: "up" }],
    },
  ],
};

const say = ({ kind, where, what, before, after }: Change): string =>
  `${kind} ${where}${what === "" ? "" : `: ${what}`}${before === undefined ? "" : ` ${before}`}${after === undefined ? "" : ` → ${after}`}`;
const changes = (after: object): string[] => describeChanges(DOC, after as typeof DOC).map(say);

test("nothing has changed, whatever number the server gave", () => {
  expect(changes({ ...DOC, version: 9, id: 4 })).toEqual([]);
});

test.each([
  [["title"], "New", "changed Dashboard: title T → New"],
  [["tags"], ["a", "b"], "changed Dashboard: tags a → a, b"],
  [["panels", 0, "fieldConfig", "defaults", "unit"], "ms", "changed Panel “CPU”: unit s → ms"],
  [["panels", 0, "targets", 0, "expr"], "up == 1", "changed Panel “CPU”: query A up → up == 1"],
  [["panels", 0, "targets", 0, "legendFormat"], "{{job}}", "changed Panel “CPU”: legend A none → {{job}}"],
  [["panels", 0, "targets", 1], { refId: "B", expr: "1" }, "added Panel “CPU”: query B → 1"],
  [["panels", 0, "gridPos", "x"], 4, "changed Panel “CPU”: place column 1, line 1 → column 5, line 1"],
  [["panels", 0, "gridPos", "h"], 4, "changed Panel “CPU”: size 12 × 8 → 12 × 4"],
  [["panels", 1], { id: 2, type: "row", title: "R" }, "added Row “R”"],
  [
    ["panels", 0, "fieldConfig", "overrides", 0],
    { matcher: { id: "byName", options: "up" }, properties: [{ id: "unit", value: "ms" }] },
    "changed Panel “CPU”: overrides 1 none → byName, up, unit, ms",
  ],
  [["panels", 0], undefined, "removed Panel “CPU”"],
  [["templating", "list", 0, "multi"], true, "changed Variable “job”: multi none → yes"],
  [["templating", "list", 1], { name: "env" }, "added Variable “env”"],
])("%j", (path, value, said) => {
  expect(changes(setAt(DOC, path, value))).toEqual([said]);
});

test("thresholds are said as colours with the value from which they hold", () => {
  const steps = [
    { value: null, color: "green" },
    { value: 5, color: "red" },
  ];
  const path = ["panels", 0, "fieldConfig", "defaults", "thresholds", "steps"];
  expect(changes(setAt(DOC, path, steps))).toEqual([
    "changed Panel “CPU”: thresholds none → green, red from 5",
  ]);
});

test("long values are cut", () => {
  const [change] = describeChanges(DOC, setAt(DOC, ["title"], "x".repeat(5000)));
  expect(change!.after!.length).toBe(400);
});
