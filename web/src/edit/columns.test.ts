import { expect, test } from "vitest";
import {
  columnsOf,
  groupingOf,
  hideColumn,
  moveColumn,
  renameColumn,
  setAggregations,
  setOperation,
} from "./columns";

const NAMES = ["Time", "job", "Value"];
const OPTIONS = { excludeByName: { gone: true }, indexByName: { Value: 0 }, renameByName: { job: "Job" } };

test("columns stand in their order, the others behind them", () => {
  expect(columnsOf(OPTIONS, NAMES).map(({ name, renamed }) => [name, renamed])).toEqual([
    ["Value", ""],
    ["Time", ""],
    ["job", "Job"],
  ]);
});

test("a column that moves gives all of them places", () => {
  const moved = moveColumn(OPTIONS, NAMES, "job", -1);

  expect(moved.indexByName).toEqual({ Value: 0, job: 1, Time: 2 });
  expect(moveColumn(OPTIONS, NAMES, "Value", -1)).toBe(OPTIONS);
});

test("what the data no longer have stays in the options", () => {
  const changed = renameColumn(hideColumn(OPTIONS, "Time", true), "job", "");

  expect(changed).toMatchObject({ excludeByName: { gone: true, Time: true }, renameByName: {} });
  expect(hideColumn(changed, "Time", false)).toMatchObject({ excludeByName: { gone: true } });
});

test("a column groups, is calculated with a sum at first, or goes away", () => {
  const grouped = setOperation(setOperation({}, "job", "groupby"), "Value", "aggregate");

  expect(grouped).toEqual({
    fields: {
      job: { operation: "groupby", aggregations: [] },
      Value: { operation: "aggregate", aggregations: ["sum"] },
    },
  });
  expect(groupingOf(setAggregations(grouped, "Value", ["max", "min"]), NAMES)[2]!.calcs).toEqual([
    "max",
    "min",
  ]);
  expect(setOperation(grouped, "job", "")).toMatchObject({ fields: { Value: { operation: "aggregate" } } });
});
