import { describe, expect, test } from "vitest";
import type { Frame } from "../api/frames";
import { parseFieldRules } from "../model/field";
import { absoluteSteps, NO_THRESHOLDS, parseThresholds } from "../model/thresholds";
import { arcPath } from "./arc";
import { joinFrames } from "./join";
import { closeGaps, lonePoints, makeModel, percentBounds } from "./model";
import { markSteps, TIME_STEPS_MS, timeMarks, timeSpace, valueRange } from "./scales";
import { areaPath, linePath } from "./spark";
import { stackRows } from "./stack";
import { seriesStyle } from "./style";

const frame = (times: number[], ...rows: number[][]): Frame => ({
  times: Float64Array.from(times),
  series: rows.map((values) => ({ labels: {}, values: Float64Array.from(values) })),
  step: 1,
  warnings: [],
});

describe("joinFrames", () => {
  test("equal grids are put under one another, NaN as a gap", () => {
    expect(joinFrames([frame([1, 2], [5, NaN]), frame([1, 2], [7, 8])])).toEqual({
      times: [1, 2],
      rows: [
        [5, null],
        [7, 8],
      ],
    });
  });

  test("other grids are spread over all times", () => {
    expect(joinFrames([frame([1, 2], [5, 6]), frame([2, 3], [7, 8])])).toEqual({
      times: [1, 2, 3],
      rows: [
        [5, 6, null],
        [null, 7, 8],
      ],
    });
  });

  test("empty answers take no part", () => {
    expect(joinFrames([frame([1]), frame([])])).toEqual({ times: [], rows: [] });
  });
});

describe("stackRows", () => {
  const [A, B, share] = [
    { key: "A", percent: false },
    { key: "B", percent: false },
    { key: "A", percent: true },
  ];
  const rows = [
    [1, 2],
    [10, null],
    [100, 200],
  ];

  test("rows of a group lie on top of one another; a gap adds nothing", () => {
    expect(stackRows(rows, [A, A, A])).toEqual({
      rows: [
        [1, 2],
        [11, null],
        [111, 202],
      ],
      bands: [
        [1, 0],
        [2, 1],
      ],
    });
  });

  test("groups do not know one another", () => {
    expect(stackRows(rows, [A, undefined, B])).toEqual({ rows, bands: [] });
  });

  test("percent: the top of the stack is 1", () => {
    const stacked = stackRows([[1], [3]], [share, share]);

    expect(stacked.rows).toEqual([[0.25], [1]]);
  });
});

test("gaps are closed along a line, up to a length", () => {
  const times = [0, 1, 2, 3, 4, 5];

  expect(closeGaps([0, null, 2, null, null, 5], times, 2)).toEqual([0, 1, 2, null, null, 5]);
});

test("a point between gaps is found, since no line would show it", () => {
  expect(lonePoints([1, null, 2, 3, null, 4])).toEqual([0, 5]);
});

describe("valueRange", () => {
  const auto = { fromZero: false };

  test.each<[string, Parameters<typeof valueRange>, [number, number]]>([
    ["areas start at zero, with air above", [50, 100, { fromZero: true }], [0, 108]],
    ["lines far from zero do not", [100, 110, auto], [99.2, 110.8]],
    ["lines near to zero do", [10, 100, auto], [0, 108]],
    ["the field's own bounds win", [10, 100, { fromZero: true, min: -5, max: 50 }], [-5, 50]],
    ["soft bounds widen", [0, 0.01, { fromZero: true, softMax: 0.1 }], [0, 0.1]],
    ["soft bounds yield", [0, 1, { fromZero: true, softMax: 0.1 }], [0, 1.08]],
    ["a flat line at zero has a range", [0, 0, auto], [0, 1.08]],
    ["a minimum above the data leaves no range", [5, 10, { ...auto, min: 100 }], [0, 100]],
    ["one bound for both ends leaves none either", [5, 10, { ...auto, min: 7, max: 7 }], [0, 100]],
    ["nor where zero is in the middle", [5, 10, { ...auto, min: 100, centred: true }], [0, 100]],
    ["no data have a range", [null, null, auto], [0, 1.08]],
  ])("%s", (_, args, expected) => {
    const [low, high] = valueRange(...args);

    expect(low).toBeCloseTo(expected[0]);
    expect(high).toBeCloseTo(expected[1]);
  });
});

test("marks of binary units are powers of two", () => {
  expect(markSteps("bytes").every((step) => Number.isInteger(Math.log2(step)))).toBe(true);
  expect(markSteps("percentunit")).toContain(0.25);
});

test.each([
  [15, 300, 5],
  [15, 580, 2],
  [60, 1100, 5],
  [6 * 60, 300, 120],
  [2, 300, 1],
  [2, 1100, 10 / 60],
])("marks of %i minutes on %i px stand %f minutes apart", (minutes, width, apart) => {
  const least = (timeSpace(0, minutes * 60_000, width) / width) * minutes * 60_000;

  expect(TIME_STEPS_MS.find((step) => step >= least)).toBe(apart * 60_000);
});

test("marks on a time axis: dates at midnight, seconds only where needed", () => {
  const at = (hour: number, minute = 0, second = 0): number =>
    new Date(2026, 10, 21, hour, minute, second).getTime();

  expect(timeMarks([at(0), at(6)], 6 * 3_600_000)).toEqual(["Nov 21", "06:00"]);
  expect(timeMarks([at(9, 5, 30)], 30_000)).toEqual(["09:05:30"]);
});

describe("paths", () => {
  test("a sparkline breaks at gaps", () => {
    const values = Float64Array.from([0, 1, NaN, 1, 0]);

    expect(linePath(values, 100, 14)).toBe("M0.0 12.0L25.0 2.0M75.0 2.0L100.0 12.0");
    expect(areaPath(values, 100, 14).match(/Z/g)).toHaveLength(2);
  });

  test("one sample is no line", () => {
    expect(linePath(Float64Array.from([NaN, 1]), 100, 10)).toBe("");
  });

  test("half a turn from the top", () => {
    expect(arcPath(0, 0, 10, 0, 0.5)).toBe("M0.00 -10.00A10 10 0 0 1 0.00 10.00");
  });
});

test("where there is no sample zero is drawn, if the field says so, and stacked as such", () => {
  const field = (custom: object) => parseFieldRules({ defaults: { custom } }).defaults;
  const series = [{}, { nullsAsZero: true }, { nullsAsZero: true, transform: "negative-Y" }].map(
    (custom) => ({
      name: "",
      side: "left" as const,
      color: "",
      dash: [],
      field: field(custom),
      style: seriesStyle(field(custom)),
    }),
  );
  const rows = [0, 1, 2].map(() => [1, null, 3]);
  const model = makeModel({
    times: [1, 2, 3],
    rows,
    series,
    range: { fromMs: 1, toMs: 3 },
    thresholds: NO_THRESHOLDS,
    thresholdStyle: "off",
    tooltip: { mode: "multi", sort: undefined, hideZeros: false },
  });
  expect(model.drawn).toEqual([
    [1, null, 3],
    [1, 0, 3],
    [-1, -0, -3],
  ]);
  expect(model.rows).toEqual(rows);
});

test("only what shares axis, mode and drawing style stands on one another", () => {
  const one = (custom: object, side: "left" | "right" = "left", unit = "short") => {
    const { defaults: field } = parseFieldRules({ defaults: { unit, custom } });
    return { name: "", side, color: "", dash: [], field, style: seriesStyle(field) };
  };
  const [normal, share] = [{ stacking: { mode: "normal" } }, { stacking: { mode: "percent" } }];
  const drawn = (...series: ReturnType<typeof one>[]) =>
    makeModel({
      times: [0],
      rows: series.map((_, at) => [at + 1]),
      series,
      range: { fromMs: 0, toMs: 1 },
      thresholds: NO_THRESHOLDS,
      thresholdStyle: "off",
      tooltip: { mode: "multi", sort: undefined, hideZeros: false },
    }).drawn.map(([value]) => value);

  expect(drawn(one(normal), one(normal))).toEqual([1, 3]);
  expect(drawn(one(normal), one(normal, "right"))).toEqual([1, 2]);
  expect(drawn(one(normal), one(normal, "left", "bytes"))).toEqual([1, 2]);
  expect(drawn(one(normal), one({ ...normal, drawStyle: "bars" }))).toEqual([1, 2]);
  expect(drawn(one(normal), one({ ...normal, lineInterpolation: "stepAfter" }))).toEqual([1, 2]);
  expect(drawn(one(normal), one(normal), one(share), one(share))).toEqual([1, 3, 3 / 7, 1]);
});

test("what lies below zero hangs from it, and each group stacks by itself", () => {
  const stacked = (group: unknown, more: object = {}) => {
    const field = parseFieldRules({
      defaults: { custom: { stacking: { mode: "normal", group }, ...more } },
    }).defaults;
    return { name: "", side: "left" as const, color: "", dash: [], field, style: seriesStyle(field) };
  };
  const model = makeModel({
    times: [1, 2],
    rows: [
      [1, 2],
      [-1, -2],
      [3, 4],
      [5, 6],
      [7, 8],
    ],
    series: [
      stacked("A"),
      stacked("A"),
      stacked("A"),
      stacked("A", { transform: "negative-Y" }),
      stacked(false),
    ],
    range: { fromMs: 1, toMs: 2 },
    thresholds: NO_THRESHOLDS,
    thresholdStyle: "off",
    tooltip: { mode: "multi", sort: undefined, hideZeros: false },
  });
  expect(model.drawn).toEqual([
    [1, 2],
    [-1, -2],
    [4, 6],
    [-6, -8],
    [7, 8],
  ]);
});

describe("0 % and 100 % of thresholds", () => {
  const bounds = (defaults: object, ...rows: (number | null)[][]) => {
    const { defaults: field } = parseFieldRules({ defaults });
    const one = { name: "", side: "left" as const, color: "", dash: [], field, style: seriesStyle(field) };
    const model = makeModel({
      times: [1, 2],
      rows,
      series: rows.map(() => one),
      range: { fromMs: 1, toMs: 2 },
      thresholds: NO_THRESHOLDS,
      thresholdStyle: "line",
      tooltip: { mode: "multi", sort: undefined, hideZeros: false },
    });
    return percentBounds(model, "left");
  };

  test.each<[string, object, [number, number]]>([
    ["are the field's bounds", { min: 0, max: 100 }, [0, 100]],
    ["are its soft bounds", { custom: { axisSoftMin: 5, axisSoftMax: 50 } }, [5, 50]],
    ["are the data's, where there are none", {}, [10, 60]],
    ["are the data's, where one is missing", { max: 100 }, [10, 100]],
  ])("%s", (_, defaults, expected) => {
    expect(bounds(defaults, [10, null], [20, 60])).toEqual(expected);
  });

  test("a line at 80 % of percents stands among them, not at 0.8", () => {
    const steps = [
      { value: null, color: "green" },
      { value: 80, color: "red" },
    ];
    const thresholds = parseThresholds({ mode: "percentage", steps });
    expect(absoluteSteps(thresholds, ...bounds({ unit: "percent" }, [0, 50]))[1]!.value).toBe(40);
  });

  test("are 0 and 1 where nothing is drawn", () => {
    expect(bounds({}, [null, null])).toEqual([0, 1]);
    expect(bounds({})).toEqual([0, 1]);
  });
});
