import { expect, test } from "vitest";
import {
  addPanel,
  addRow,
  duplicatePanel,
  everyPanel,
  findPanel,
  idOf,
  moveSection,
  placeOf,
  removePanel,
  removeSection,
  setPanel,
  titleOf,
  toggleRow,
  type Doc,
} from "./doc";

const grid = (x: number, y: number, w: number, h: number) => ({ x, y, w, h });

/** A panel, then two rows with two panels each; things that nobody here knows are everywhere. */
const DOC: Doc = {
  title: "Own",
  "x-own": { kept: [1, 2] },
  panels: [
    { id: 1, type: "stat", title: "Top", gridPos: grid(0, 0, 24, 4), plugin: { deep: { a: 1 } } },
    { id: 2, type: "row", title: "One", collapsed: false, panels: [], gridPos: grid(0, 4, 24, 1) },
    { id: 3, type: "timeseries", title: "A", gridPos: { ...grid(0, 5, 12, 8), static: true } },
    { id: 4, type: "timeseries", title: "B", gridPos: grid(12, 5, 12, 8) },
    { id: 5, type: "row", title: "Two", collapsed: false, panels: [], gridPos: grid(0, 13, 24, 1) },
    { id: 6, type: "table", title: "C", gridPos: grid(0, 14, 24, 6) },
  ],
};

const order = (doc: Doc): string =>
  everyPanel(doc)
    .map((panel) => ({ title: titleOf(panel), ...placeOf(panel) }))
    .sort((a, b) => a.y - b.y || a.x - b.x)
    .map(({ title, y }) => `${title}@${y}`)
    .join(" ");

test("a change of one panel leaves all others and every unknown key as they were", () => {
  const changed = setPanel(DOC, 3, ["fieldConfig", "defaults", "unit"], "s");

  expect(changed["x-own"]).toBe(DOC["x-own"]);
  expect(findPanel(changed, 1)).toBe(findPanel(DOC, 1));
  expect(findPanel(changed, 3)).toMatchObject({ title: "A", fieldConfig: { defaults: { unit: "s" } } });
});

test("a panel is added below with the next number", () => {
  const { doc, id } = addPanel(DOC, { type: "stat", title: "New" }, { w: 6, h: 4 });

  expect(id).toBe(7);
  expect(findPanel(doc, 7)).toMatchObject({ gridPos: grid(0, 20, 6, 4), title: "New" });
});

test("the number of a panel that was removed is not given to another", () => {
  expect(addPanel(removePanel(DOC, 6), { type: "stat" }, { w: 6, h: 4 }, DOC).id).toBe(7);
  expect(duplicatePanel(removePanel(DOC, 6), 1, DOC).id).toBe(7);
  expect(addRow(removePanel(DOC, 6), "R", DOC).id).toBe(7);
});

test("what is below a removed panel rises", () => {
  expect(order(removePanel(DOC, 1))).toBe("One@0 A@1 B@1 Two@9 C@10");
});

test("a copy stands beside its panel where there is room, else below, with everything that it has", () => {
  const beside = duplicatePanel(DOC, 3);
  expect(placeOf(findPanel(beside.doc, beside.id)!)).toMatchObject({ x: 12, w: 12 });

  const below = duplicatePanel(DOC, 1);
  expect(findPanel(below.doc, below.id)).toMatchObject({ title: "Top (copy)", plugin: { deep: { a: 1 } } });
  expect(order(below.doc)).toBe("Top@0 Top (copy)@4 One@8 A@9 B@9 Two@17 C@18");
});

test("folding a row and opening it again gives the same page", () => {
  const folded = toggleRow(DOC, 2);
  expect(findPanel(folded, 2)).toMatchObject({ collapsed: true });
  expect(placeOf(findPanel(folded, 5)!).y).toBe(5);
  expect(findPanel(folded, 3)).toMatchObject({ title: "A" });

  expect(order(toggleRow(folded, 2))).toBe(order(DOC));
  expect(findPanel(toggleRow(folded, 2), 3)).toMatchObject({ gridPos: { static: true } });
});

test("a panel inside of a folded row is changed and removed there", () => {
  const folded = toggleRow(DOC, 2);

  expect(titleOf(findPanel(setPanel(folded, 4, ["title"], "Bee"), 4)!)).toBe("Bee");
  expect(findPanel(removePanel(folded, 4), 4)).toBeUndefined();
  expect(everyPanel(removePanel(folded, 4))).toHaveLength(5);
  const copy = duplicatePanel(folded, 4);
  expect(titleOf(findPanel(copy.doc, copy.id)!)).toBe("B (copy)");
});

test("a removed row leaves its panels; a removed section takes them along", () => {
  expect(order(removePanel(toggleRow(DOC, 2), 2))).toBe("Top@0 A@4 B@4 Two@12 C@13");
  expect(order(removeSection(DOC, 2))).toBe("Top@0 Two@4 C@5");
  expect(order(removeSection(toggleRow(DOC, 2), 2))).toBe("Top@0 Two@4 C@5");
});

test("sections change places with everything under them", () => {
  expect(order(moveSection(DOC, 5, -1))).toBe("Top@0 Two@4 C@5 One@11 A@12 B@12");
  expect(moveSection(DOC, 5, 1)).toBe(DOC);
});

test("a new row stands at the end", () => {
  const { doc, id } = addRow(DOC, "Three");

  expect(placeOf(findPanel(doc, id)!)).toMatchObject({ y: 20, w: 24 });
  expect(everyPanel(doc).map(idOf)).toHaveLength(7);
});
