import { expect, test } from "vitest";
import { absoluteSteps, colorAt, parseThresholds } from "./thresholds";

const steps = [
  { color: "red", value: 90 },
  { color: "green", value: null },
  { color: "orange", value: "75" },
];

test("steps are put in order, and a step without a value is the base", () => {
  expect(parseThresholds({ steps }).steps).toEqual([
    { color: "green", value: -Infinity },
    { color: "orange", value: 75 },
    { color: "red", value: 90 },
  ]);
});

test.each<[number, string]>([
  [-5, "green"],
  [74.9, "green"],
  [75, "orange"],
  [1000, "red"],
])("%s is %s", (value, color) => {
  expect(colorAt(parseThresholds({ steps }).steps, value)).toBe(color);
});

test("percentages are of the distance from min to max", () => {
  const thresholds = parseThresholds({ mode: "percentage", steps: [{ color: "red", value: 50 }] });

  expect(absoluteSteps(thresholds, 100, 300)).toEqual([{ color: "red", value: 200 }]);
});

test("nonsense is no threshold", () => {
  expect(parseThresholds("80,90").steps).toEqual([]);
  expect(colorAt([], 5)).toBeUndefined();
});
