import { describe, expect, test } from "vitest";
import { parseDashboard } from "../model/dashboard";
import type { PanelFrame } from "./panel";
import { labelTable, seriesTable } from "./table";
import { sortRows, transformTable } from "./transform";

const frame = (refId: string, ...series: [Record<string, string>, number[]][]): PanelFrame => ({
  times: Float64Array.from([0, 1000]),
  series: series.map(([labels, values]) => ({ labels, values: Float64Array.from(values) })),
  step: 0,
  warnings: [],
  query: { refId, expr: "x", instant: true, legend: "{{m}}", source: "default" },
  expr: "x",
  range: { fromMs: 0, toMs: 1000 },
});

const panel = (transformations: unknown[] = []) =>
  parseDashboard({ panels: [{ transformations }] }).panels[0]!;

const frames = [
  frame(
    "A",
    [{ __name__: "size", m: "/", d: "sda" }, [NaN, 10]],
    [{ __name__: "size", m: "/b", d: "sdb" }, [NaN, 20]],
  ),
  frame("B", [{ __name__: "free", d: "sda", m: "/" }, [NaN, 5]]),
];

test("rows with equal labels become one, queries become columns", () => {
  const table = labelTable(frames, panel());

  expect(table.columns.map(({ name }) => name)).toEqual(["Time", "m", "d", "Value #A", "Value #B"]);
  expect(table.rows.map((row) => row.slice(1))).toEqual([
    ["/", "sda", 10, 5],
    ["/b", "sdb", 20, NaN],
  ]);
});

describe("transformTable", () => {
  test("organize hides, orders and renames", () => {
    const options = {
      excludeByName: { Time: true, d: true },
      indexByName: { "Value #B": 0, "Value #A": 1, m: 2 },
      renameByName: { m: "Mount", "Value #A": "" },
    };
    const table = transformTable(
      labelTable(frames, panel()),
      panel([{ id: "merge" }, { id: "organize", options }]),
    );

    expect(table.columns.map(({ name }) => name)).toEqual(["Value #B", "Value #A", "Mount"]);
    expect(table.rows[0]).toEqual([5, 10, "/"]);
  });

  test("sortBy and limit", () => {
    const steps = [
      { id: "sortBy", options: { sort: [{ field: "Value #A", desc: true }] } },
      { id: "limit", options: { limitField: 1 } },
    ];

    expect(transformTable(labelTable(frames, panel()), panel(steps)).rows.map((row) => row[1])).toEqual([
      "/b",
    ]);
  });

  test("a disabled or unknown step passes the table on", () => {
    const table = labelTable(frames, panel());

    expect(
      transformTable(
        table,
        panel([{ id: "limit", disabled: true, options: { limitField: 0 } }, { id: "new" }]),
      ),
    ).toEqual(table);
  });
});

test("numbers sort by size with NaN last, texts as people count", () => {
  expect(sortRows([[2], [NaN], [10]], 0, true)).toEqual([[10], [2], [NaN]]);
  expect(sortRows([["sd10"], ["sd9"]], 0, false)).toEqual([["sd9"], ["sd10"]]);
});

test("a chart as a table has one row a series", () => {
  const table = seriesTable([frames[0]!], panel());

  expect(table.columns.map(({ name }) => name)).toEqual(["Series", "last", "min", "mean", "max"]);
  expect(table.rows).toEqual([
    ["/", 10, 10, 10, 10],
    ["/b", 20, 20, 20, 20],
  ]);
});
