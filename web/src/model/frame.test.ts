import { expect, test } from "vitest";
import { compareValues, type Value } from "./frame";

const sorted = (values: readonly Value[], descending: boolean): Value[] =>
  [...values].sort((a, b) => compareValues(a, b, descending));

test("numbers sort by size with NaN last, texts as people count", () => {
  expect(sorted([2, NaN, 10], true)).toEqual([10, 2, NaN]);
  expect(sorted(["sd10", "sd9"], false)).toEqual(["sd9", "sd10"]);
});
