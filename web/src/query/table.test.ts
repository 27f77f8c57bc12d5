import { describe, expect, test } from "vitest";
import { parseDashboard } from "../model/dashboard";
import type { Field } from "../model/frame";
import { fieldFor } from "../model/field";
import type { PanelFrame } from "./panel";
import { seriesTable, tableData } from "./table";
import { column, frameOf } from "./transforms/kinds";

const frame = (refId: string, ...series: [Record<string, string>, number[]][]): PanelFrame => ({
  times: Float64Array.from([0, 1000]),
  series: series.map(([labels, values]) => ({ labels, values: Float64Array.from(values) })),
  step: 0,
  warnings: [],
  query: { refId, expr: "x", instant: true, legend: "{{m}}", source: "default" },
  expr: "x",
  range: { fromMs: 0, toMs: 1000 },
});

const panel = (fieldConfig: object = {}) => parseDashboard({ panels: [{ fieldConfig }] }).panels[0]!;

const frames = [
  frame(
    "A",
    [{ __name__: "size", m: "/", d: "sda" }, [NaN, 10]],
    [{ __name__: "size", m: "/b", d: "sdb" }, [NaN, 20]],
  ),
];

describe("tableData", () => {
  const table = (fieldConfig: object, ...fields: Field[]) => {
    const { fields: rules } = panel(fieldConfig);
    const configured = fields.map((field) => ({
      ...field,
      config: fieldFor(rules, { name: field.name, refId: "A", type: field.type }),
    }));
    return tableData(frameOf("A", configured));
  };
  const AT = new Date(2026, 10, 21, 9, 30).getTime();

  test("numbers stay numbers; texts, truth values and times are written", () => {
    const made = table(
      { defaults: { mappings: [{ type: "value", options: { a: { text: "first" } } }] } },
      column("Time", "time", [AT, NaN]),
      column("t", "string", ["a", null]),
      column("b", "boolean", [true, false]),
      column("n", "number", [1, NaN]),
    );

    expect(made.columns.map(({ numeric }) => numeric)).toEqual([false, false, false, true]);
    expect(made.rows).toEqual([
      ["2026-11-21 09:30:00", "first", "true", 1],
      ["", "", "false", NaN],
    ]);
  });

  test("the unit of the panel's values is not that of their times", () => {
    const made = table({ defaults: { unit: "bytes", decimals: 1 } }, column("Time", "time", [AT]));

    expect(made.rows).toEqual([["2026-11-21 09:30:00"]]);
  });

  test("a time with a unit is written by it; a hidden column is left out", () => {
    const overrides = [
      { matcher: { id: "byType", options: "time" }, properties: [{ id: "unit", value: "dateTimeFromNow" }] },
      { matcher: { id: "byName", options: "n" }, properties: [{ id: "custom.hidden", value: true }] },
    ];
    const made = table({ overrides }, column("Time", "time", [AT]), column("n", "number", [1]));

    expect(made.columns.map(({ name, numeric }) => [name, numeric])).toEqual([["Time", true]]);
    expect(made.rows).toEqual([[AT]]);
  });

  test("a trend stands for its last value, or for what the panel chose", () => {
    const trend = frameOf("A", [column("Value", "number", [3, 1])]);
    const made = table({ defaults: { custom: { stat: "max" } } }, column("Trend", "other", [trend]));

    expect(made.rows).toEqual([[3]]);
  });
});

test("a chart as a table has the names and units that overrides give", () => {
  const overrides = [
    {
      matcher: { id: "byName", options: "/b" },
      properties: [
        { id: "unit", value: "percent" },
        { id: "displayName", value: "Load" },
      ],
    },
  ];
  const table = seriesTable([frames[0]!], panel({ defaults: { unit: "bytes" }, overrides }));

  expect(table.rows.map(([name]) => name)).toEqual(["/", "Load"]);
  expect(table.columns[1]!.fields!.map(({ unit }) => unit)).toEqual(["bytes", "percent"]);
});

test("a chart as a table has one row a series", () => {
  const table = seriesTable([frames[0]!], panel());

  expect(table.columns.map(({ name }) => name)).toEqual(["Series", "last", "min", "mean", "max"]);
  expect(table.rows).toEqual([
    ["/", 10, 10, 10, 10],
    ["/b", 20, 20, 20, 20],
  ]);
});
