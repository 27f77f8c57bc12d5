import { expect, test } from "vitest";
import { firstAfterGap } from "./begins";

const frame = (...rows: number[][]) => ({
  times: Float64Array.from([0, 1000, 2000]),
  step: 1000,
  warnings: [],
  series: rows.map((row) => ({ labels: {}, values: Float64Array.from(row) })),
});

test.each<[string, number[][], number | undefined]>([
  ["a gap and then samples", [[NaN, NaN, 3]], 2000],
  [
    "the earliest of all series",
    [
      [NaN, NaN, 3],
      [NaN, 2, 3],
    ],
    1000,
  ],
  ["samples from the first point on", [[1, 2, 3]], undefined],
  ["no samples at all", [[NaN, NaN, NaN]], undefined],
  ["no series at all", [], undefined],
])("%s", (_, rows, expected) => expect(firstAfterGap(frame(...rows))).toBe(expected));
