import { describe, expect, it } from "vitest";
import { ColorRegistry, resolveColor } from "../model/colors";
import { parseDashboard, type Panel } from "../model/dashboard";
import type { PanelFrame } from "../query/panel";
import { continuousColor } from "../charts/ramp";
import { writeText } from "../model/field";
import {
  panelValues,
  parseReduce,
  sharedBounds,
  sharesOf,
  sharesTable,
  valuesTable,
  writeShare,
} from "./values";

const panelOf = (panel: object): Panel =>
  parseDashboard({ panels: [{ targets: [{ expr: "up", legendFormat: "{{name}}" }], ...panel }] }).panels[0]!;

const framesOf = (panel: Panel, series: Record<string, number[]>): PanelFrame[] => [
  {
    times: Float64Array.from(Object.values(series)[0]!, (_, at) => at),
    step: 1,
    warnings: [],
    expr: "up",
    range: { fromMs: 0, toMs: 9 },
    query: panel.queries[0]!,
    series: Object.entries(series).map(([name, values]) => ({
      labels: { name },
      values: Float64Array.from(values),
    })),
  },
];

const values = (panel: Panel, series: Record<string, number[]>) =>
  panelValues(framesOf(panel, series), panel, parseReduce(panel.options), new ColorRegistry(), "dark");

describe("panelValues", () => {
  it("reduces each series to one value, by the last one unless told otherwise", () => {
    expect(values(panelOf({}), { a: [1, 3], b: [2, NaN] }).map(({ value }) => value)).toEqual([3, 2]);
    const mean = panelOf({ options: { reduceOptions: { calcs: ["mean"] } } });
    expect(values(mean, { a: [1, 3] })[0]!.value).toBe(2);
  });

  it("takes every sample where that is asked for, up to a limit", () => {
    const every = panelOf({ options: { reduceOptions: { values: true, limit: 2 } } });
    expect(values(every, { a: [1, NaN, 3, 4] }).map(({ value }) => value)).toEqual([1, 3]);
  });

  it("counts its limit over all series; none means the usual one", () => {
    const every = panelOf({ options: { reduceOptions: { values: true, limit: 3 } } });
    expect(values(every, { a: [1, 2], b: [3, 4] }).map(({ value }) => value)).toEqual([1, 2, 3]);
    expect(parseReduce({ reduceOptions: { limit: 0 } }).limit).toBe(25);
  });

  it("makes a value of each calculation, called by it", () => {
    const several = panelOf({ options: { reduceOptions: { calcs: ["min", "max"] } } });
    expect(values(several, { a: [1, 3], b: [5, 4] }).map(({ name, value }) => [name, value])).toEqual([
      ["min a", 1],
      ["max a", 3],
      ["min b", 4],
      ["max b", 5],
    ]);
    expect(valuesTable(framesOf(several, { a: [1, 3] }), several).rows).toEqual([
      ["min a", 1],
      ["max a", 3],
    ]);
  });

  it("is green by thresholds where there are none, as the editor shows", () => {
    const panel = panelOf({ type: "stat", fieldConfig: { defaults: { color: { mode: "thresholds" } } } });
    expect(values(panel, { a: [1] })[0]!.color).toBe(resolveColor("green", "dark"));
  });

  it("gives all values one scale", () =>
    expect(values(panelOf({}), { a: [5], b: [20] }).map(({ bounds }) => bounds)).toEqual([
      [0, 20],
      [0, 20],
    ]));

  it("colours by mapping before thresholds", () => {
    const fieldConfig = {
      defaults: {
        color: { mode: "thresholds" },
        thresholds: { steps: [{ value: null, color: "green" }] },
        mappings: [{ type: "value", options: { "1": { text: "Up", color: "blue" } } }],
      },
    };
    const made = values(panelOf({ fieldConfig }), { a: [1], b: [0] });
    expect(made.map(({ text, color, telling }) => [text, color, telling])).toEqual([
      ["Up", "#56B4E9", true],
      ["0", "#3FB68B", true],
    ]);
  });

  it("colours by a continuous mode", () => {
    const fieldConfig = { defaults: { color: { mode: "continuous-GrYlRd" } } };
    const colors = (more: object, series = { a: [10], b: [50], c: [100] }) =>
      values(panelOf({ fieldConfig: { defaults: { ...fieldConfig.defaults, ...more } } }), series).map(
        ({ color, telling }) => telling && color,
      );
    const [least, half, most] = [0, 4 / 9, 1].map((share) =>
      continuousColor("continuous-GrYlRd", share, "dark"),
    );

    expect(colors({})).toEqual([least, half, most]);
    expect(colors({ min: 100 })).toEqual([least, least, least]);
    expect(colors({ min: -40, max: 100 })[1]).toBe(continuousColor("continuous-GrYlRd", 9 / 14, "dark"));
    expect(colors({ fieldMinMax: true }, { a: [0, 10], b: [0, 50], c: [0, 100] })).toEqual([
      most,
      most,
      most,
    ]);
    expect(colors({}, { a: [0, 10], b: [0, 50], c: [0, 100] })[0]).not.toBe(most);
  });

  it("writes as a table what overrides say of each", () => {
    const overrides = [
      { matcher: { id: "byName", options: "a" }, properties: [{ id: "unit", value: "percent" }] },
    ];
    const panel = panelOf({ fieldConfig: { defaults: { unit: "bytes" }, overrides } });
    const { columns, rows } = valuesTable(framesOf(panel, { a: [1], b: [2] }), panel);

    expect(rows.map(([, value], at) => writeText(columns[1]!.fields![at]!, value as number))).toEqual([
      "1%",
      "2\u00a0B",
    ]);
  });
});

describe("sharedBounds", () => {
  const field = panelOf({}).fields.defaults;
  it("begins at zero, or below where values do", () => {
    expect(sharedBounds(field, [3, 9])).toEqual([0, 9]);
    expect(sharedBounds(field, [-3, 9])).toEqual([-3, 9]);
  });
  it("knows what percent means", () =>
    expect(sharedBounds({ ...field, unit: "percent" }, [3])).toEqual([0, 100]));
  it("is never empty", () => expect(sharedBounds(field, [NaN])).toEqual([0, 1]));
});

it("shares a whole among what is positive", () =>
  expect(sharesOf([1, 3, -1, NaN])).toEqual([0.25, 0.75, 0, 0]));

it.each([
  [0, "0%"],
  [0.004, "<1%"],
  [0.256, "26%"],
])("writes a share of %d as %s", (share, text) => expect(writeShare(share)).toBe(text));

it("reads as a table with shares", () => {
  const panel = panelOf({});
  expect(sharesTable(framesOf(panel, { a: [1], b: [3] }), panel).rows).toEqual([
    ["a", 1, 0.25],
    ["b", 3, 0.75],
  ]);
});
