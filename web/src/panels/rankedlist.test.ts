import { expect, it } from "vitest";
import { rank } from "./rankedlist";

const values = [2, NaN, 6, -1].map((value) => ({ value }));

it("puts the largest first and what is absent last", () => {
  expect(rank(values, false).map(({ value }) => value)).toEqual([6, 2, -1, NaN]);
  expect(rank(values, true).map(({ value }) => value)).toEqual([-1, 2, 6, NaN]);
});

it("gives each its share of all", () =>
  expect(rank(values, false).map(({ share }) => share)).toEqual([0.75, 0.25, 0, 0]));
