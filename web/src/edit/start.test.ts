import { expect, test } from "vitest";
import { numbered, startOf } from "./start";

const PLACE = { x: 0, y: 0, w: 12, h: 8 };

test("what is of the current form is edited as it came", () => {
  const original = {
    title: "T",
    own: 1,
    panels: [{ id: 1, type: "stat", gridPos: PLACE, plugin: { a: 1 } }],
  };
  const shown = { title: "T", panels: [{ id: 1, type: "stat", gridPos: PLACE, options: { filled: true } }] };
  const { doc, translated } = startOf(original, shown, []);

  expect(doc).toEqual(original);
  expect(translated).toBe(0);
});

test("only panels of an old form begin as what was made of them", () => {
  const current = { id: 2, type: "stat", gridPos: PLACE, own: 1 };
  const original = { panels: [{ id: 1, type: "graph", gridPos: PLACE }, current, { type: "text" }] };
  const graph = { id: 1, type: "timeseries", gridPos: PLACE };
  const text = { id: 3, type: "text", gridPos: PLACE };
  const { doc, translated } = startOf(
    original,
    { title: "Untitled", panels: [graph, { id: 2, type: "stat", gridPos: PLACE }, text] },
    [],
  );

  expect(doc.panels).toEqual([graph, current, text]);
  expect(translated).toBe(2);
});

test("a panel that a note tells about, and a document of rows, are taken as translated", () => {
  const panel = { id: 1, type: "stat", gridPos: PLACE, fieldConfig: {} };
  const shown = { title: "T", panels: [{ ...panel, fieldConfig: { defaults: { unit: "s" } } }] };

  expect(startOf({ title: "T", panels: [panel] }, shown, [{ panelId: 1 }]).doc.panels).toEqual(shown.panels);
  expect(startOf({ title: "T", rows: [{ panels: [panel] }] }, shown, []).doc).toBe(shown);
});

test("panels inside of rows are paired too", () => {
  const inner = { id: 2, type: "stat", gridPos: PLACE, own: 1 };
  const row = { id: 1, type: "row", collapsed: true, gridPos: { ...PLACE, h: 1 }, panels: [inner] };
  const shown = { title: "T", panels: [{ ...row, panels: [{ ...inner, own: undefined }] }] };

  expect(startOf({ title: "T", panels: [row] }, shown, []).doc.panels).toEqual([row]);
});

test("panels of an old version get the numbers that the server gives", () => {
  const row = { type: "row", panels: [{ title: "inside" }] };
  const panels = [{ title: "a" }, { id: 2, title: "b" }, { id: 2, title: "c" }, row];

  expect(numbered({ panels }).panels).toEqual([
    { id: 1, title: "a" },
    { id: 2, title: "b" },
    { id: 3, title: "c" },
    { id: 4, type: "row", panels: [{ id: 5, title: "inside" }] },
  ]);
});
