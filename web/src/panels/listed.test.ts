import { expect, test } from "vitest";
import { parseFieldRules } from "../model/field";
import { hiddenAtFirst, inLegend, legendOrder } from "./listed";
import type { NamedSeries } from "./series";

const one = (name: string, values: number[], hideFrom: object = {}): NamedSeries => ({
  name,
  refId: "A",
  field: parseFieldRules({ defaults: { custom: { hideFrom } } }).defaults,
  series: { labels: {}, values: Float64Array.from(values) },
  frame: { times: new Float64Array(), series: [], step: 1, warnings: [] },
  range: [0, 1],
  color: "",
  dash: [],
});

const ALL = [
  one("b", [1, 5], { viz: true }),
  one("a10", [NaN, NaN]),
  one("a9", [4, 2], { legend: true }),
  one("c", [9, 3]),
];
const names = (series: readonly NamedSeries[]): string[] => series.map(({ name }) => name);

test("series that a field hides wait in the legend; those kept from the legend are drawn", () => {
  expect([...hiddenAtFirst(ALL)]).toEqual(["b"]);
  expect(names(inLegend(ALL, undefined))).toEqual(["b", "a10", "c"]);
});

test.each([
  [{ sortBy: "Max", sortDesc: true }, ["c", "b", "a10"]],
  [{ sortBy: "Last *", sortDesc: false }, ["c", "b", "a10"]],
  [{ sortBy: "mean", sortDesc: false }, ["b", "c", "a10"]],
  [{ sortBy: "Name", sortDesc: false }, ["a10", "b", "c"]],
  [{ sortBy: "Stars", sortDesc: true }, ["b", "a10", "c"]],
  [{}, ["b", "a10", "c"]],
])("a legend is sorted as %j says, what has no value last", (legend, expected) => {
  expect(names(inLegend(ALL, legendOrder(legend)))).toEqual(expected);
});
