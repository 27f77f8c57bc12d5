import { expect, test } from "vitest";
import { calcKeepsUnit, reduce } from "./reduce";

test.each<[string, number]>([
  ["lastNotNull", 3],
  ["firstNotNull", 4],
  ["mean", 8 / 3],
  ["min", 1],
  ["max", 4],
  ["sum", 8],
  ["count", 3],
  ["range", 3],
  ["diff", -1],
  ["median", 3],
])("%s leaves out what is absent", (calc, expected) => {
  expect(reduce(calc, [NaN, 4, 1, NaN, 3, NaN])).toBeCloseTo(expected);
});

test("there is no number without a sample, nor for an unknown calc", () => {
  expect(reduce("mean", [NaN])).toBeNaN();
  expect(reduce("nonsense", [1])).toBeNaN();
});

test("a count is no longer in the unit", () => {
  expect(calcKeepsUnit("count")).toBe(false);
  expect(calcKeepsUnit("mean")).toBe(true);
});
