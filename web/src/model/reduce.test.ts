import { expect, test } from "vitest";
import { calcKeepsUnit, calcLabel, reduce, reduceAny } from "./reduce";

test.each(["constructor", "toString", "__proto__"])("%s is no calculation", (name) => {
  expect(reduce(name, [1, 2])).toBeNaN();
  expect(calcLabel(name)).toBe(name);
});

test.each<[string, number]>([
  ["lastNotNull", 3],

  ["firstNotNull", 4],

  ["mean", 8 / 3],
  ["min", 1],
  ["max", 4],
  ["logmin", 1],
  ["sum", 8],
  ["count", 3],
  ["countAll", 6],
  ["range", 3],
  ["diff", -1],
  ["diffperc", -0.25],
  ["delta", 3], // a fall to 1 is a reset: 1, then 2 more
  ["step", -3],
  ["changeCount", 2],
  ["distinctCount", 3],
  ["median", 3],
  ["mode", 4],
  ["p5", 1.2],
  ["p99", 3.98],
  ["variance", 14 / 9],
  ["stdDev", Math.sqrt(14) / 3],
  ["allIsZero", 0],
  ["allIsNull", 0],
])("%s leaves out what is absent", (calc, expected) => {
  expect(reduce(calc, [NaN, 4, 1, NaN, 3, NaN])).toBeCloseTo(expected);
});

test("there is no number without a sample, nor for an unknown calc", () => {
  expect(reduce("mean", [NaN])).toBeNaN();
  expect(reduce("allIsNull", [NaN])).toBe(1);
  expect(reduce("nonsense", [1])).toBeNaN();
});

test("a count is no longer in the unit", () => {
  expect(calcKeepsUnit("count")).toBe(false);
  expect(calcKeepsUnit("mean")).toBe(true);
  expect(calcLabel("uniqueValues")).toBe("unique values");
});

test.each<[string, unknown[], string | number]>([
  ["uniqueValues", ["b", "a", "b"], "b, a"],
  ["allValues", [1, null, 1], "1, 1"],
  ["lastNotNull", ["a", "b", null], "b"],
  ["first", ["a", "b"], "a"],
  ["count", ["a", "b", null], 2],
  ["distinctCount", ["a", "a"], 1],
  ["mean", ["a"], NaN],
  ["mean", [1, null, 3], 2],
])("%s of %j is %s", (calc, values, expected) => {
  expect(reduceAny(calc, values)).toEqual(expected);
});

test("first and last as they stand may be absent", () => {
  expect(reduce("last", [1, NaN])).toBeNaN();
  expect(reduce("first", [1, NaN])).toBe(1);
});
