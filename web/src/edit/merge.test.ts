import { expect, test } from "vitest";
import type { Doc } from "./doc";
import { merge } from "./merge";
import { equal, getAt, setAt } from "./tree";

const BASE: Doc = {
  uid: "u",
  version: 1,
  title: "T",
  own: { kept: 1 },
  templating: { list: [{ name: "job" }], extra: 1 },
  panels: [
    { id: 1, type: "stat", title: "A", gridPos: { x: 0, y: 0, w: 12, h: 8 } },
    { id: 2, type: "stat", title: "B", gridPos: { x: 12, y: 0, w: 12, h: 8 } },
  ],
};

const without = (doc: Doc, at: number): Doc => setAt(doc, ["panels", at], undefined);
const titles = (doc: Doc): unknown[] => (doc.panels as { title: string }[]).map(({ title }) => title);

test("changes of different panels, variables and settings are joined without a question", () => {
  const mine = setAt(setAt(BASE, ["panels", 0, "title"], "Mine"), ["templating", "list", 1], { name: "env" });
  const theirs = setAt(
    setAt(setAt(BASE, ["panels", 1, "title"], "Theirs"), ["title"], "Renamed"),
    ["version"],
    2,
  );
  const { conflicts, join } = merge(BASE, mine, theirs);

  expect(conflicts).toEqual([]);
  const joined = join({});
  expect(titles(joined)).toEqual(["Mine", "Theirs"]);
  expect(joined).toMatchObject({ title: "Renamed", version: 2, own: { kept: 1 } });
  expect(getAt(joined, ["templating"])).toEqual({ list: [{ name: "job" }, { name: "env" }], extra: 1 });
});

test("where only one side changed something, joining gives that side", () => {
  const theirs = setAt(setAt(BASE, ["panels", 1, "title"], "New"), ["version"], 2);
  expect(equal(merge(BASE, BASE, theirs).join({}), theirs)).toBe(true);
  expect(equal(merge(BASE, theirs, { ...BASE, version: 2 }).join({}), theirs)).toBe(true);
});

test("a panel that both changed differently is asked for, with what each did", () => {
  const mine = setAt(BASE, ["panels", 0, "title"], "Mine");
  const theirs = setAt(BASE, ["panels", 0, "title"], "Theirs");
  const { conflicts, join } = merge(BASE, mine, theirs);

  expect(conflicts).toHaveLength(1);
  expect(conflicts[0]).toMatchObject({
    key: "panel 1",
    title: "Panel “Mine”",
    mine: [{ after: "Mine" }],
    theirs: [{ after: "Theirs" }],
  });
  expect(titles(join({ "panel 1": "theirs" }))[0]).toBe("Theirs");
  expect(titles(join({ "panel 1": "mine" }))[0]).toBe("Mine");
});

test("the same change by both is no conflict", () => {
  const same = setAt(BASE, ["panels", 0, "title"], "Same");
  expect(merge(BASE, same, structuredClone(same)).conflicts).toEqual([]);
});

test("a panel that one removed and the other changed is asked for; one that nobody else touched just goes", () => {
  const changed = setAt(BASE, ["panels", 0, "title"], "Changed");
  const { conflicts, join } = merge(BASE, without(BASE, 0), changed);

  expect(conflicts).toMatchObject([{ title: "Panel “Changed”", removed: "mine" }]);
  expect(titles(join({ "panel 1": "mine" }))).toEqual(["B"]);
  expect(titles(join({ "panel 1": "theirs" }))).toEqual(["Changed", "B"]);
  expect(titles(merge(BASE, without(BASE, 0), BASE).join({}))).toEqual(["B"]);
});

test("panels that both added under one number are both kept, and do not lie over one another", () => {
  const add = (title: string): Doc =>
    setAt(BASE, ["panels", 2], { id: 3, type: "stat", title, gridPos: { x: 0, y: 8, w: 12, h: 8 } });
  const { conflicts, join } = merge(BASE, add("Mine"), add("Theirs"));

  expect(conflicts).toEqual([]);
  const joined = join({});
  expect(new Set(titles(joined))).toEqual(new Set(["A", "B", "Mine", "Theirs"]));
  expect(
    (joined.panels as { id: number; gridPos: { y: number } }[]).map(({ id, gridPos }) => [id, gridPos.y]),
  ).toEqual(
    expect.arrayContaining([
      [3, expect.any(Number)],
      [4, expect.any(Number)],
    ]),
  );
  const tops = (joined.panels as { gridPos: { y: number } }[]).slice(2).map(({ gridPos }) => gridPos.y);
  expect(new Set(tops).size).toBe(2);
});

test("a panel that one moved and the other changed is moved and changed", () => {
  const mine = setAt(BASE, ["panels", 0, "gridPos"], { x: 0, y: 8, w: 24, h: 8 });
  const theirs = setAt(BASE, ["panels", 0, "title"], "Theirs");
  const joined = merge(BASE, mine, theirs).join({});

  expect(getAt(joined, ["panels", 0])).toMatchObject({ title: "Theirs", gridPos: { w: 24 } });
});

test("panels without numbers are refused, not taken for one another", () => {
  const theirs = { ...BASE, panels: [{ title: "A" }, { title: "B" }] };
  expect(() => merge(BASE, BASE, theirs)).toThrow("without a number");
});

test("what the current form adds empty is nobody's change", () => {
  const added = (doc: Doc): Doc => setAt(doc, ["panels", 0, "fieldConfig"], { defaults: {}, overrides: [] });
  const theirs = setAt(added(BASE), ["panels", 0, "title"], "Theirs");
  expect(merge(BASE, added(BASE), theirs).conflicts).toEqual([]);
});
