import { expect, test } from "vitest";
import type { RawPanel } from "./doc";
import { addStep, modeOf, removeStep, setMode, setStep, stepsOf } from "./thresholds";

const PANEL = {
  fieldConfig: {
    defaults: {
      unit: "s",
      thresholds: {
        mode: "absolute",
        steps: [
          { value: null, color: "green" },
          { value: 80, color: "red" },
        ],
      },
    },
  },
};

const said = (panel: RawPanel): string =>
  stepsOf(panel)
    .map(({ value, color }) => `${color}:${value}`)
    .join(" ");

test("a new step lies above the others, in a colour that is not taken", () => {
  expect(said(addStep({}))).toBe("green:null orange:80");
  expect(said(addStep(PANEL))).toBe("green:null red:80 orange:100");
});

test("steps are kept in order, and the base has no value", () => {
  expect(said(setStep(addStep(PANEL), 2, { value: 10 }))).toBe("green:null orange:10 red:80");
  expect(said(setStep(PANEL, 0, { value: 5, color: "blue" }))).toBe("blue:null red:80");
});

test("the base cannot be removed", () => {
  expect(said(removeStep(PANEL, 1))).toBe("green:null");
  expect(said(removeStep(PANEL, 0))).toBe("green:null red:80");
});

test("the mode changes and everything else of the field stays", () => {
  const changed = setMode(PANEL, "percentage");

  expect(modeOf(changed)).toBe("percentage");
  expect(said(changed)).toBe(said(PANEL));
  expect(changed).toMatchObject({ fieldConfig: { defaults: { unit: "s" } } });
});
