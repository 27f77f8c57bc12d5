import { expect, test } from "vitest";
import type { Answer } from "./ask";
import { chartPanel, exactTable, panelFrames } from "./result";

const range = { fromMs: 0, toMs: 1000 };
const answer = (expr: string, ...series: [Record<string, string>, number][]): Answer => ({
  expr,
  range,
  warnings: [],
  frame: {
    times: Float64Array.of(1000),
    step: 0,
    warnings: [],
    series: series.map(([labels, value]) => ({ labels, values: Float64Array.of(value) })),
  },
});

test("queries that say something of the same labels share rows; names are kept", () => {
  const panel = chartPanel([{ letter: "A", expr: "a" }], "lines", "default");
  const table = exactTable(
    [
      { letter: "A", answer: answer("a", [{ job: "x" }, 1], [{ __name__: "up", job: "y" }, 2]) },
      { letter: "B", answer: answer("b", [{ job: "x" }, 3]) },
    ],
    panel.fields.defaults,
  );

  expect(table.columns.map(({ name }) => name)).toEqual(["Metric", "job", "Value #A", "Value #B"]);
  expect(table.rows).toEqual([
    ["", "x", 1, 3],
    ["up", "y", 2, ""],
  ]);
});

test("one query has one value column, and its panel the unit of its metric", () => {
  const panel = chartPanel([{ letter: "A", expr: "memory_bytes" }], "stacked", "embedded");
  expect(panel.fields.defaults.unit).toBe("bytes");
  expect(panel.queries[0]).toMatchObject({ refId: "A", source: "embedded" });
  const frames = panelFrames([{ letter: "A", answer: answer("memory_bytes", [{}, 5]) }], panel);
  expect(frames[0]!.query.refId).toBe("A");
});

test("panels of several units have none", () => {
  const queries = [
    { letter: "A", expr: "a_bytes" },
    { letter: "B", expr: "a_seconds" },
  ];
  expect(chartPanel(queries, "lines", "default").fields.defaults.unit).toBeUndefined();
});
