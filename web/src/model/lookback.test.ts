import { expect, test } from "vitest";
import { chooseLookback } from "./lookback";

const INTERVALS = new Map([
  ["node", 15_000],
  ["slow", 600_000],
]);

test.each<[string, number, number | undefined]>([
  ['m{job="node"}', 5000, 37_500],
  ['m{job="node"}', 60_000, 150_000],
  ['m{job="slow"}', 5000, 300_000],
  ['m{job="node"} / n{job="elsewhere"}', 5000, undefined],
  ["m", 5000, undefined],
])("%s at a step of %s ms looks back %s ms", (expr, stepMs, lookbackMs) => {
  expect(chooseLookback(expr, stepMs, INTERVALS)).toBe(lookbackMs);
});
