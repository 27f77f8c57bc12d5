import { expect, test } from "vitest";
import { addStep, modeOf, removeStep, setMode, setStep, stepsOf } from "./thresholds";

const GIVEN = {
  mode: "absolute",
  own: "kept",
  steps: [
    { value: null, color: "green" },
    { value: 80, color: "red" },
  ],
};

const said = (raw: unknown): string =>
  stepsOf(raw)
    .map(({ value, color }) => `${color}:${value}`)
    .join(" ");

test("a new step lies above the others, in a colour that is not taken", () => {
  expect(said(addStep({}))).toBe("green:null orange:80");
  expect(said(addStep(GIVEN))).toBe("green:null red:80 orange:100");
});

test("steps are kept in order, and the base has no value", () => {
  expect(said(setStep(addStep(GIVEN), 2, { value: 10 }))).toBe("green:null orange:10 red:80");
  expect(said(setStep(GIVEN, 0, { value: 5, color: "blue" }))).toBe("blue:null red:80");
});

test("the base cannot be removed", () => {
  expect(said(removeStep(GIVEN, 1))).toBe("green:null");
  expect(said(removeStep(GIVEN, 0))).toBe("green:null red:80");
});

test("the mode changes and everything else stays", () => {
  const changed = setMode(GIVEN, "percentage");

  expect(modeOf(changed)).toBe("percentage");
  expect(said(changed)).toBe(said(GIVEN));
  expect(changed).toMatchObject({ own: "kept" });
});
