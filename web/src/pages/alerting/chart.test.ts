import { expect, test } from "vitest";
import type { Frame } from "../../api/frames";
import { drawnOf, limitPanel, rangeOfData, seriesOf, spanFor } from "./chart";

const stepsOf = (expr: string) => limitPanel(drawnOf(expr), "x").fields.defaults.thresholds.steps;

test("what fires above its limit is tinted above it", () => {
  expect(stepsOf("x > 5")).toEqual([
    { value: -Infinity, color: "transparent" },
    { value: 5, color: "red" },
  ]);
});

test("what fires below its limit is tinted below it, and the line is drawn", () => {
  const [base, limit, next] = stepsOf("x < 5");
  expect([base!.color, limit, next!.color]).toEqual(["red", { value: 5, color: "red" }, "transparent"]);
  expect(next!.value).toBeGreaterThan(5);
  expect(next!.value).toBeCloseTo(5);
  expect(stepsOf("up == 0").map(({ color }) => color)).toEqual(["transparent", "red", "transparent"]);
});

test("the measured part is drawn, with its unit and room for the limit", () => {
  const drawn = drawnOf("rate(a_seconds_sum[5m]) > 100");
  const { unit, custom } = limitPanel(drawn, "x").fields.defaults;
  expect(drawn.expr).toBe("rate(a_seconds_sum[5m])");
  expect(custom.axisSoftMax).toBeGreaterThan(100);
  expect(custom.thresholdsStyle).toEqual({ mode: "dashed+area" });
  expect(unit).toBeDefined();
});

test("an expression without a limit is drawn whole", () => {
  expect(drawnOf("absent(up)")).toEqual({ expr: "absent(up)", comparison: undefined });
  expect(limitPanel(drawnOf("absent(up)"), "x").fields.defaults.custom.thresholdsStyle).toBeUndefined();
});

test("the alert's own series are found, whatever its rule adds", () => {
  const series = ["a", "b"].map((instance) => ({
    labels: { __name__: "up", instance, severity: "none" },
    values: new Float64Array(1),
  }));
  const frame: Frame = { times: new Float64Array(1), series, step: 1, warnings: [] };
  const labels = { alertname: "Down", instance: "b", severity: "critical" };
  expect(seriesOf(frame, labels, { severity: "critical" })).toEqual([series[1]]);
  expect(seriesOf(frame, labels, {})).toEqual([]);
  expect(seriesOf(frame, { alertname: "Down", instance: "b" }, {})).toEqual([series[1]]);
});

test("so many hours are drawn that one sees how it began", () => {
  expect([0, 40, 60, 400, 9000].map((minutes) => spanFor(minutes * 60_000))).toEqual([1, 1, 6, 24, 24]);
});

test("a young server's hour begins with its data", () => {
  const range = { fromMs: 0, toMs: 600_000 };
  const frame = (from: number): Frame => {
    const times = Float64Array.from({ length: 11 }, (_, at) => at * 60_000);
    return {
      times,
      series: [{ labels: {}, values: times.map((time) => (time < from ? NaN : 1)) }],
      step: 60_000,
      warnings: [],
    };
  };
  expect(rangeOfData(frame(480_000), range)).toEqual({ fromMs: 420_000, toMs: 600_000 });
  expect(rangeOfData(frame(120_000), range)).toEqual(range);
  expect(rangeOfData(frame(700_000), range)).toEqual(range);
});
