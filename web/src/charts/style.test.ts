import { describe, expect, it } from "vitest";
import { parseFieldRules, type FieldConfig } from "../model/field";
import { axisSides, axisStyle, seriesStyle } from "./style";

const field = (custom: object, unit?: string): FieldConfig =>
  parseFieldRules({ defaults: { custom, ...(unit === undefined ? {} : { unit }) } }).defaults;

describe("seriesStyle", () => {
  it("lines are thinner among many, unless the panel says how wide", () => {
    expect([16, 17].map((count) => seriesStyle(field({}), count).lineWidth)).toEqual([1.5, 1]);
    expect(seriesStyle(field({ lineWidth: 3 }), 50).lineWidth).toBe(3);
  });

  it("is a plain line where nothing is said", () =>
    expect(seriesStyle(field({}))).toMatchObject({
      draw: "line",
      interpolation: "linear",
      lineWidth: 1.5,
      fillAlpha: 0,
      gradient: "none",
      stack: "none",
      axis: "auto",
      dash: undefined,
    }));

  it.each([
    [
      { drawStyle: "bars", barAlignment: -1, barWidthFactor: 0.4 },
      { draw: "bars", barAlign: -1, barWidth: 0.4 },
    ],
    [{ lineStyle: { fill: "dash", dash: [10, 5] } }, { dash: [10, 5] }],
    [{ lineStyle: { fill: "dot" } }, { dash: [1, 4] }],
    [{ lineStyle: { fill: "solid", dash: [1] } }, { dash: undefined }],
    [{ spanNulls: 60000 }, { spanNulls: 60000 }],
    [
      { transform: "negative-Y", stacking: { mode: "normal", group: "B" } },
      { negative: true, stackGroup: '"B"' },
    ],
    [{ stacking: { mode: "normal", group: false } }, { stack: "normal", stackGroup: "false" }],
    [{ stacking: { mode: "normal" } }, { stackGroup: '"A"' }],
    [{ hideFrom: { tooltip: true } }, { told: false }],
    [
      { gradientMode: "scheme", fillOpacity: 20 },
      { gradient: "scheme", fillAlpha: 0.2 },
    ],
    [{ drawStyle: "scribble" }, { draw: "line" }],
  ])("reads %j", (custom, style) => expect(seriesStyle(field(custom))).toMatchObject(style));
});

describe("axisStyle", () => {
  it.each([
    [{ scaleDistribution: { type: "log", log: 2 } }, { base: 2 }],
    [{ scaleDistribution: { type: "log" } }, { base: 10 }],
    [{ scaleDistribution: { type: "symlog", linearThreshold: 5 } }, { threshold: 5 }],
    [{ scaleDistribution: { type: "linear" } }, undefined],
  ])("reads %j", (custom, log) => expect(axisStyle(field(custom)).log).toEqual(log));
});

describe("axisSides", () => {
  const sides = (...fields: FieldConfig[]): string[] =>
    axisSides(fields.map((one) => ({ field: one, style: seriesStyle(one) })));

  it("puts another unit at the right", () =>
    expect(sides(field({}, "s"), field({}, "bytes"), field({}, "s"))).toEqual(["left", "right", "left"]));

  it("does as it is told", () =>
    expect(sides(field({ axisPlacement: "right" }, "s"), field({}, "bytes"))).toEqual(["right", "left"]));
});
