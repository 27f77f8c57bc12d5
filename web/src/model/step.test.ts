import { describe, expect, test } from "vitest";
import { chooseStep, expandMacros, makeGrid } from "./step";

const HOUR = { fromMs: 0, toMs: 3_600_000 };

test.each<[number, number, number]>([
  [600, 1000, 10_000], // 6 s is not nice
  [60, 1000, 60_000],
  [10_000, 15_000, 15_000],
  [1, 1000, 3_600_000],
])("an hour in %s points, at least %s ms apart, has a step of %s ms", (points, least, step) => {
  expect(chooseStep(HOUR, points, least)).toBe(step);
});

describe("makeGrid", () => {
  const range = { fromMs: 12_345, toMs: 98_765 };

  test("on the step, no point moves at a refresh", () => {
    expect(makeGrid(range, 10_000, "step")).toEqual({ startMs: 20_000, endMs: 90_000, stepMs: 10_000 });
  });

  test("at now, the last point is the end of the range", () => {
    expect(makeGrid(range, 10_000, "now")).toEqual({ startMs: 18_765, endMs: 98_765, stepMs: 10_000 });
  });

  test("a step wider than the range leaves one point", () => {
    expect(makeGrid(range, 1_000_000, "step")).toEqual({ startMs: 0, endMs: 0, stepMs: 1_000_000 });
  });
});

test.each<[string, string]>([
  ["rate(x[$__rate_interval])", "rate(x[1m])"],
  ["rate(x[${__interval}])", "rate(x[10s])"],
  ["increase(x[$__range])", "increase(x[3600s])"],
  ["x * $__range_s / $__interval_ms", "x * 3600 / 10000"],
  ["x[[__interval]]", "x10s"],
  ['label_replace(x, "a", "$1", "b", "(.*)")', 'label_replace(x, "a", "$1", "b", "(.*)")'],
])("%s becomes %s", (expr, expanded) => {
  const grid = { startMs: 0, endMs: 3_600_000, stepMs: 10_000 };

  expect(expandMacros(expr, grid, HOUR, 15_000)).toBe(expanded);
});
