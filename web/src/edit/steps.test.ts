import { expect, test } from "vitest";
import { inUse } from "./options";
import {
  addStep,
  changeOptions,
  moveStep,
  queryOfStep,
  removeStep,
  setQueryOfStep,
  stepsOf,
  toggleStep,
} from "./steps";
import { TRANSFORMS, transformOf } from "./transformlist";

const PANEL = {
  type: "table",
  transformations: [
    { id: "merge", options: {}, own: "kept" },
    { id: "of tomorrow", options: { deep: [1] }, filter: { id: "byName", options: "x" } },
  ],
};

const ids = (panel: object): unknown[] => stepsOf(panel as typeof PANEL).map(({ id }) => id);

test("steps are added at the end, ordered and removed; the last one leaves no empty list", () => {
  const more = addStep(PANEL, "limit");

  expect(ids(more)).toEqual(["merge", "of tomorrow", "limit"]);
  expect(ids(moveStep(more, 2, -1))).toEqual(["merge", "limit", "of tomorrow"]);
  expect(removeStep(removeStep(PANEL, 0), 0)).toEqual({ type: "table" });
});

test("a step is left out and taken in again as it was", () => {
  expect(stepsOf(toggleStep(PANEL, 0))[0]).toMatchObject({ disabled: true, own: "kept" });
  expect(toggleStep(toggleStep(PANEL, 0), 0)).toEqual(PANEL);
});

test("what is not known here is kept unchanged by everything around it", () => {
  const changed = moveStep(
    changeOptions(addStep(PANEL, "sortBy"), 2, () => ({ sort: [] })),
    1,
    -1,
  );

  expect(stepsOf(changed)[0]).toBe(PANEL.transformations[1]);
});

test("a step is for the answers of one query or of all", () => {
  expect(queryOfStep(PANEL.transformations[0]!)).toBe("");
  expect(queryOfStep(PANEL.transformations[1]!)).toBeUndefined();
  const one = setQueryOfStep(PANEL, 0, "B");
  expect(stepsOf(one)[0]).toMatchObject({ filter: { id: "byRefId", options: "B" } });
  expect(setQueryOfStep(one, 0, "")).toEqual(PANEL);
});

test("options are offered where they are of use", () => {
  const { options } = transformOf("calculateField")!;
  const labels = (mode: string): string[] => inUse(options, { mode }).map(({ label }) => label);

  expect(labels("binary")).toEqual(["By", "Left", "Operator", "Right", "Name", "Without the other fields"]);
  expect(labels("index")).toContain("As a share of all");
  expect(inUse(options, {}).map(({ label }) => label)).toContain("Calculation");
});

test("an older name is the same transformation, and no name is there twice", () => {
  expect(transformOf("seriesToColumns")).toBe(transformOf("joinByField"));
  expect(new Set(TRANSFORMS.map(({ id }) => id)).size).toBe(TRANSFORMS.length);
});
