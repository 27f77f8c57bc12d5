import { expect, test } from "vitest";
import { numberOf, splitComparison } from "./comparison";

test.each([
  ["up == 0", "up", "==", 0],
  ["rate(errors_total[5m]) > 0.05", "rate(errors_total[5m])", ">", 0.05],
  ["(sum by (job) (x) / sum by (job) (y)) >= 0.9", "sum by (job) (x) / sum by (job) (y)", ">=", 0.9],
  ["((x > 5))", "x", ">", 5],
  ["5 < x", "x", ">", 5],
  ["x > bool 5", "x", ">", 5],
  ["x < 10 * 1024 * 1024", "x", "<", 10_485_760],
  ["time() - x > 1h", "time() - x", ">", 3600],
  ["x > 1e3", "x", ">", 1000],
  ["x > -2^2", "x", ">", -4],
  ["x > 1 # more than { one", "x", ">", 1],
  ['x{a=~"b > 3 or c"} > 2', 'x{a=~"b > 3 or c"}', ">", 2],
  ["x > 5 and on (job) y > 100", "x", ">", 5],
  ["x > 5 unless y", "x", ">", 5],
  [
    'histogram_quantile(0.95, sum by (le) (rate(a_bucket{job="x"}[5m]))) > 2',
    'histogram_quantile(0.95, sum by (le) (rate(a_bucket{job="x"}[5m])))',
    ">",
    2,
  ],
  ["x != 0x10", "x", "!=", 16],
])("%s", (text, expr, operator, limit) => {
  expect(splitComparison(text)).toEqual({ expr, operator, limit });
});

test.each([
  "x",
  "absent(up)",
  "x > y",
  "x > 5 or y > 5",
  "1 < x < 5",
  "x > on (job) 5",
  "3 > 2",
  "x > scalar(y)",
  "",
])("%s has no limit", (text) => {
  expect(splitComparison(text)).toBeUndefined();
});

test.each([
  ["1 + 2 * 3", 7],
  ["(1 + 2) * 3", 9],
  ["2 ^ 3 ^ 2", 512],
  ["-(1)", -1],
  ["1.5e-3", 0.0015],
  [".5", 0.5],
  ["1h30m", 5400],
  ["Inf", Infinity],
  ["7 % 4", 3],
])("%s is a number", (text, value) => {
  expect(numberOf(text)).toBe(value);
});

test.each(["", "x", "1 +", "(1", "1)", "1 2", "up + 1"])("%s is none", (text) => {
  expect(numberOf(text)).toBeUndefined();
});
