/** Every transformation as a table of cases; frames are written `refId: {column: values}`. */

import { describe, expect, test } from "vitest";
import { guessType, nameOf, type DataFrame, type Field, type Value } from "../../model/frame";
import { TRANSFORM_NAMES, transformFrames } from ".";
import { frameOf } from "./kinds";

type Columns = Record<string, Value[]>;

/** Columns called Time hold times; `Value{job=a}` is a column called Value with a label. */
function fieldOf(title: string, values: Value[]): Field {
  const [, name = title, inside = ""] = /^([^{]*)\{(.*)\}$/.exec(title) ?? [];
  const pairs = inside.split(",").filter((pair) => pair !== "");
  const labels = Object.fromEntries(pairs.map((pair) => pair.split("=") as [string, string]));
  const type = name === "Time" ? "time" : guessType(values);
  return { name, type, values, ...(pairs.length > 0 ? { labels } : {}) };
}

const frame = (refId: string, columns: Columns, name?: string): DataFrame =>
  frameOf(
    refId,
    Object.entries(columns).map(([title, values]) => fieldOf(title, values)),
    name,
  );

const shown = (frames: readonly DataFrame[]): Columns[] =>
  frames.map(({ fields }) =>
    Object.fromEntries(
      fields.map((field) => {
        const labels = Object.entries(field.labels ?? {}).map((pair) => pair.join("="));
        const name = labels.length > 0 ? `${nameOf(field)}{${labels.join(",")}}` : nameOf(field);
        return [name, Array.from(field.values)];
      }),
    ),
  );

const run = (id: string, options: object, ...frames: DataFrame[]): Columns[] =>
  shown(transformFrames(frames, [{ id, options: options as Record<string, unknown> }]).frames);

const A = frame("A", { Time: [1, 2], job: ["x", "y"], Value: [10, 20] });
const B = frame("B", { Time: [1, 2], job: ["y", "z"], free: [5, 6] });
const HOSTS = frame("A", { host: ["a", "b"], cores: [1, 2] });
const MOUNTS = frame("B", { host: ["a", "a", "c"], mount: ["/", "/home", "/"] });
const S1 = frame("A", { Time: [1, 2, 3], "one{job=a}": [1, 2, NaN] }, "one");
const S2 = frame("B", { Time: [2, 3], "two{job=b}": [5, 7] }, "two");

test.each<[string, object, DataFrame[], Columns[]]>([
  [
    "organize",
    {
      excludeByName: { Time: true },
      indexByName: { Value: 0, job: 1 },
      renameByName: { Value: "Used", job: "" },
    },
    [A],
    [{ Used: [10, 20], job: ["x", "y"] }],
  ],
  ["organize", { includeByName: { job: true } }, [A], [{ job: ["x", "y"] }]],
  ["filterFieldsByName", { include: { names: ["job"] } }, [A], [{ job: ["x", "y"] }]],
  ["filterFieldsByName", { include: { pattern: "/^[jV]/" } }, [A], [{ job: ["x", "y"], Value: [10, 20] }]],
  ["filterFieldsByName", { exclude: { pattern: "/T/" } }, [A], [{ job: ["x", "y"], Value: [10, 20] }]],
  [
    "renameByRegex",
    { regex: "V(.*)e", renamePattern: "$1" },
    [A],
    [{ Time: [1, 2], job: ["x", "y"], alu: [10, 20] }],
  ],
  ["renameByRegex", { regex: "/[/", renamePattern: "$1" }, [A], shown([A])],
  [
    "convertFieldType",
    {
      conversions: [
        { targetField: "n", destinationType: "number" },
        { targetField: "b", destinationType: "boolean" },
      ],
    },
    [frame("A", { n: ["1.5", "x"], b: ["true", "0"] })],
    [{ n: [1.5, NaN], b: [true, false] }],
  ],
  [
    "convertFieldType",
    { conversions: [{ targetField: "Value", destinationType: "string" }] },
    [A],
    [{ Time: [1, 2], job: ["x", "y"], Value: ["10", "20"] }],
  ],
  [
    "formatTime",
    { timeField: "Time", outputFormat: "YYYY" },
    [A],
    [{ Time: ["1970", "1970"], job: ["x", "y"], Value: [10, 20] }],
  ],
  [
    "formatString",
    { stringField: "job", outputFormat: "Upper Case" },
    [B],
    [{ Time: [1, 2], job: ["Y", "Z"], free: [5, 6] }],
  ],
  [
    "formatString",
    { stringField: "t", outputFormat: "Snake Case" },
    [frame("A", { t: ["Hello my-World"] })],
    [{ t: ["hello_my_world"] }],
  ],
  [
    "formatString",
    { stringField: "t", outputFormat: "Substring", substringStart: 1, substringEnd: 3 },
    [frame("A", { t: ["abcd"] })],
    [{ t: ["bc"] }],
  ],
  [
    "extractFields",
    { source: "j" },
    [frame("A", { j: ['{"a":1,"b":{"c":2}}', "a=3"] })],
    [{ j: ['{"a":1,"b":{"c":2}}', "a=3"], a: [1, "3"], b: ['{"c":2}', null] }],
  ],
  [
    "extractFields",
    { source: "j", format: "json", replace: true, jsonPaths: [{ path: "b.c[0]", alias: "C" }] },
    [frame("A", { j: ['{"b":{"c":[7]}}'] })],
    [{ C: [7] }],
  ],
  [
    "extractFields",
    { source: "t", format: "regexp", regExp: "/(?<host>\\w+):(?<port>\\d+)/", replace: true },
    [frame("A", { t: ["web:80"] })],
    [{ host: ["web"], port: ["80"] }],
  ],
  [
    "sortBy",
    { sort: [{ field: "Value", desc: true }] },
    [A],
    [{ Time: [2, 1], job: ["y", "x"], Value: [20, 10] }],
  ],
  [
    "sortBy",
    { sort: [{ field: "t" }] },
    [frame("A", { t: ["n10", null, "n9"] })],
    [{ t: ["n9", "n10", null] }],
  ],
  ["limit", { limitField: 1 }, [A], [{ Time: [1], job: ["x"], Value: [10] }]],
  ["limit", { limitField: 1, limitPosition: "last" }, [A], [{ Time: [2], job: ["y"], Value: [20] }]],
  ["filterByRefId", { include: "B" }, [A, B], shown([B])],
  ["filterByRefId", { exclude: "/A|C/" }, [A, B], shown([B])],
  [
    "seriesToRows",
    {},
    [S1, S2],
    [{ Time: [3, 2, 2, 1], Metric: ["two", "one", "two", "one"], Value: [7, 2, 5, 1] }],
  ],
  [
    "merge",
    {},
    [A, B],
    [{ Time: [1, 2, 1, 2], job: ["x", "y", "y", "z"], Value: [10, 20, NaN, NaN], free: [NaN, NaN, 5, 6] }],
  ],
  [
    "merge",
    {},
    [frame("A", { job: ["x", "y"], a: [1, 2] }), frame("B", { job: ["y", "z"], b: [5, 6] })],
    [{ job: ["x", "y", "z"], a: [1, 2, NaN], b: [NaN, 5, 6] }],
  ],
  [
    "joinByField",
    { byField: "job" },
    [A, B],
    [
      {
        job: ["x", "y", "z"],
        "Time 1": [1, 2, null],
        Value: [10, 20, NaN],
        "Time 2": [null, 1, 2],
        free: [NaN, 5, 6],
      },
    ],
  ],
  [
    "joinByField",
    { byField: "job", mode: "inner" },
    [A, B],
    [{ job: ["y"], "Time 1": [2], Value: [20], "Time 2": [1], free: [5] }],
  ],
  [
    "joinByField",
    { byField: "host", mode: "inner" },
    [HOSTS, MOUNTS],
    [{ host: ["a", "a"], cores: [1, 1], mount: ["/", "/home"] }],
  ],
  [
    "joinByField",
    { byField: "host", mode: "outerTabular" },
    [HOSTS, MOUNTS],
    [{ host: ["a", "a", "b", "c"], cores: [1, 1, 2, NaN], mount: ["/", "/home", null, "/"] }],
  ],
  [
    "joinByField",
    { byField: "host", mode: "outer" },
    [HOSTS, MOUNTS],
    [{ host: ["a", "b", "c"], cores: [1, 2, NaN], mount: ["/home", null, "/"] }],
  ],
  [
    "seriesToColumns",
    {},
    [S1, S2],
    [{ Time: [1, 2, 3], "one{job=a}": [1, 2, NaN], "two{job=b}": [NaN, 5, 7] }],
  ],
  [
    "joinByLabels",
    { value: "kind" },
    [
      frame("A", { "Value{host=a,kind=cpu}": [1] }),
      frame("A", { "Value{host=a,kind=ram}": [2] }),
      frame("A", { "Value{host=b,kind=cpu}": [3] }),
    ],
    [{ host: ["a", "b"], cpu: [1, 3], ram: [2, NaN] }],
  ],
  [
    "concatenate",
    { frameNameMode: "drop" },
    [frame("A", { a: [1, 2] }), frame("B", { b: [3] })],
    [{ a: [1, 2], b: [3, NaN] }],
  ],
  [
    "labelsToFields",
    {},
    [frame("A", { "Value{job=a,dc=eu}": [1] }), frame("A", { "Value{job=b,dc=us}": [2] })],
    [{ job: ["a", "b"], dc: ["eu", "us"], Value: [1, 2] }],
  ],
  [
    "labelsToFields",
    { valueLabel: "job" },
    [frame("A", { "Value{job=a,dc=eu}": [1] }), frame("A", { "Value{job=b,dc=eu}": [2] })],
    [{ dc: ["eu"], a: [1], b: [2] }],
  ],
  ["labelsToFields", { mode: "rows" }, [S1], [{ label: ["job"], value: ["a"] }]],
  [
    "reduce",
    { reducers: ["lastNotNull", "max", "p95"] },
    [S1, S2],
    [{ Field: ["one", "two"], "Last *": [2, 7], Max: [2, 7], "95th %": [1.95, 6.9] }],
  ],
  [
    "reduce",
    { reducers: ["sum"], labelsToFields: true },
    [S1, S2],
    [{ Field: ["one", "two"], job: ["a", "b"], Total: [3, 12] }],
  ],
  ["reduce", { mode: "reduceFields", reducers: ["mean"] }, [A], [{ job: [NaN], Value: [15] }]],
  [
    "groupBy",
    {
      fields: {
        job: { operation: "groupby" },
        Value: { operation: "aggregate", aggregations: ["sum", "count"] },
      },
    },
    [frame("A", { job: ["x", "y", "x"], Value: [1, 2, 3] })],
    [{ job: ["x", "y"], "Value (sum)": [4, 2], "Value (count)": [2, 1] }],
  ],
  [
    "groupBy",
    { fields: { job: { operation: "groupby" }, Value: { operation: "count" } } },
    [frame("A", { job: ["x", "y", "x"], Value: [1, 2, 3] })],
    [{ job: ["x", "y"], "Value (count)": [2, 1] }],
  ],
  [
    "groupBy",
    { fields: { job: { operation: "groupby" }, Value: { operation: "takelast" } } },
    [frame("A", { job: ["x", "y", "x"], Value: [1, 2, 3], host: ["a", "b", "c"] })],
    [{ job: ["x", "y"], Value: [3, 2], host: ["c", "b"] }],
  ],
  [
    "histogram",
    { bucketSize: 10 },
    [frame("A", { v: [1, 2, 15, NaN, 31] })],
    [{ xMin: [0, 10, 20, 30], xMax: [10, 20, 30, 40], v: [2, 1, 0, 1] }],
  ],
  [
    "histogram",
    { bucketCount: 2, combine: true },
    [frame("A", { v: [0, 3], w: [4, 4] })],
    [{ xMin: [0, 2, 4], xMax: [2, 4, 6], count: [1, 1, 2] }],
  ],
  [
    "groupingToMatrix",
    { columnField: "job", rowField: "dc", valueField: "v", emptyValue: "zero" },
    [frame("A", { dc: ["eu", "us", "eu"], job: ["a", "a", "b"], v: [1, 2, 3] })],
    [{ "dc\\job": ["eu", "us"], a: [1, 2], b: [3, 0] }],
  ],
  [
    "prepareTimeSeries",
    { format: "wide" },
    [S1, S2],
    [{ Time: [1, 2, 3], "one{job=a}": [1, 2, NaN], "two{job=b}": [NaN, 5, 7] }],
  ],
  [
    "prepareTimeSeries",
    { format: "multi" },
    [A],
    [
      { Time: [1], "Value{job=x}": [10] },
      { Time: [2], "Value{job=y}": [20] },
    ],
  ],
  ["prepareTimeSeries", { format: "long" }, [S2], [{ time: [2, 3], job: ["b", "b"], value: [5, 7] }]],
  [
    "partitionByValues",
    { fields: ["job"] },
    [A],
    [
      { Time: [1], "Value{job=x}": [10] },
      { Time: [2], "Value{job=y}": [20] },
    ],
  ],
  [
    "rowsToFields",
    {},
    [frame("A", { name: ["cpu", "ram"], value: [1, 2], host: ["a", "b"] })],
    [{ "cpu{host=a}": [1], "ram{host=b}": [2] }],
  ],
  ["configFromData", { configRefId: "C" }, [frame("A", { v: [1] }), frame("C", { max: [9] })], [{ v: [1] }]],
  [
    "transpose",
    {},
    [frame("A", { job: ["x", "y"], a: [1, 2], b: [3, 4] })],
    [{ Field: ["a", "b"], x: [1, 3], y: [2, 4] }],
  ],
])("%s %j", (id, options, frames, expected) => {
  expect(run(id, options, ...frames)).toEqual(expected);
});

describe("filterByValue", () => {
  const data = frame("A", { v: [1, 2, NaN, 4], t: ["a", "bee", "c", null] });
  const rows = (type: string, match: string, ...filters: [string, string, object][]): unknown =>
    run(
      "filterByValue",
      {
        type,
        match,
        filters: filters.map(([fieldName, id, options]) => ({ fieldName, config: { id, options } })),
      },
      data,
    )[0]!.v;

  test.each<[string, string, object, number[]]>([
    ["v", "greater", { value: 1 }, [2, 4]],
    ["v", "greaterOrEqual", { value: 2 }, [2, 4]],
    ["v", "lower", { value: "2" }, [1]],
    ["v", "lowerOrEqual", { value: 2 }, [1, 2]],
    ["v", "equal", { value: "2.0" }, [2]],
    ["t", "equal", { value: 2 }, []],
    ["v", "notEqual", { value: 2 }, [1, NaN, 4]],
    ["v", "range", { from: 1, to: 4 }, [2]],
    ["v", "between", { from: 0, to: 3 }, [1, 2]],
    ["v", "isNull", {}, [NaN]],
    ["t", "isNotNull", {}, [1, 2, NaN]],
    ["t", "regex", { value: "e" }, [2]],
    ["t", "regex", { value: "(" }, []],
    ["t", "substring", { value: "E" }, [2]],
    ["t", "notSubstring", { value: "e" }, [1, NaN, 4]],
    ["gone", "equal", { value: 1 }, [1, 2, NaN, 4]],
  ])("%s %s %j", (field, id, options, expected) => {
    expect(rows("include", "any", [field, id, options])).toEqual(expected);
  });

  test("excludes, and any or all of several", () => {
    const [low, long]: [[string, string, object], [string, string, object]] = [
      ["v", "lower", { value: 3 }],
      ["t", "substring", { value: "e" }],
    ];

    expect(rows("exclude", "any", low, long)).toEqual([NaN, 4]);
    expect(rows("include", "all", low, long)).toEqual([2]);
  });
});

describe("calculateField", () => {
  const data = frame("A", { a: [1, 2, 3], b: [10, 20, NaN] });
  const added = (options: object): Columns => {
    const [made] = run("calculateField", options, data);
    return Object.fromEntries(Object.entries(made!).filter(([name]) => name !== "a" && name !== "b"));
  };

  test.each<[object, Columns]>([
    [{}, { Total: [11, 22, 3] }],
    [{ mode: "reduceRow", reduce: { reducer: "max", include: ["a"] }, alias: "top" }, { top: [1, 2, 3] }],
    [{ mode: "binary", binary: { left: "a", operator: "*", right: "b" } }, { "a * b": [10, 40, NaN] }],
    [{ mode: "binary", binary: { left: "b", operator: "/", right: "10" } }, { "b / 10": [1, 2, NaN] }],
    [
      {
        mode: "binary",
        binary: { left: { matcher: { id: "byName", options: "a" } }, operator: "**", right: { fixed: "2" } },
      },
      { "a ** 2": [1, 4, 9] },
    ],
    [
      {
        mode: "binary",
        binary: { left: { matcher: { id: "byType", options: "number" } }, operator: "-", right: "1" },
      },
      { "a - 1": [0, 1, 2], "b - 1": [9, 19, NaN] },
    ],
    [{ mode: "unary", unary: { operator: "abs", fieldName: "a" } }, { "abs(a)": [1, 2, 3] }],
    [
      { mode: "cumulativeFunctions", cumulative: { field: "b", reducer: "sum" } },
      { "cumulative sum(b)": [10, 30, 30] },
    ],
    [
      {
        mode: "windowFunctions",
        window: { field: "a", reducer: "mean", windowSize: 2, windowSizeMode: "fixed" },
      },
      { "trailing moving mean(a)": [1, 1.5, 2.5] },
    ],
    [
      {
        mode: "windowFunctions",
        window: { reducer: "mean", windowSize: 1.2, windowSizeMode: "fixed", windowAlignment: "centered" },
      },
      { "centered moving mean": [1, 1.5, 2.5] },
    ],
    [{ mode: "cumulativeFunctions", cumulative: { reducer: "sum" } }, { "cumulative sum": [1, 3, 6] }],
    [{ mode: "index" }, { Row: [0, 1, 2] }],
    [{ mode: "new" }, {}],
  ])("%j", (options, expected) => {
    expect(added(options)).toEqual(expected);
  });

  test("a row's place as a share is written as one", () => {
    const [step] = [{ id: "calculateField", options: { mode: "index", index: { asPercentile: true } } }];
    const fields = transformFrames([data], [step]).frames[0]!.fields;

    expect(fields.at(-1)).toMatchObject({ name: "Row", own: { unit: "percentunit" } });
  });

  test("series are calculated with one another at the same times, and may be replaced", () => {
    const options = {
      mode: "binary",
      binary: { left: "one", operator: "+", right: "two" },
      replaceFields: true,
    };

    expect(run("calculateField", options, S1, S2)).toEqual([{ Time: [1, 2, 3], "one + two": [NaN, 7, NaN] }]);
  });
});

test("a table of trends has a small frame in each row", () => {
  const [made] = transformFrames(
    [S1, S2],
    [{ id: "timeSeriesTable", options: { A: { stat: "max" } } }],
  ).frames;
  const trend = made!.fields.at(-1)!;

  expect(made!.fields.map(nameOf)).toEqual(["job", "Trend #A"]);
  expect(shown([trend.values[0] as DataFrame])).toEqual([{ Time: [1, 2, 3], "one{job=a}": [1, 2, NaN] }]);
  expect(trend.own).toEqual({ custom: { stat: "max" } });
});

test("one query configures the fields of others", () => {
  const config = frame("config", { max: [90], threshold1: [50], unit: ["bytes"] });
  const [made] = transformFrames([S1, config], [{ id: "configFromData", options: {} }]).frames;

  expect(made!.fields[1]!.own).toMatchObject({ max: 90, unit: "bytes" });
  expect(made!.fields[1]!.own!.thresholds).toMatchObject({
    steps: [{ value: null }, { value: 50, color: "red" }],
  });
  expect(made!.fields[0]!.own).toBeUndefined();
});

test("what is unknown is told and passed by, what is switched off is passed by, and a filter limits a step", () => {
  const { frames, notes } = transformFrames(
    [A, B],
    [
      { id: "brand-new", options: {} },
      { id: "", options: { limitField: 0 } },
      { id: "limit", options: { limitField: 1 }, filter: { id: "byRefId", options: "B" } },
    ],
  );

  expect(notes).toEqual(["The transformation “brand-new” is not known here and is left out."]);
  expect(frames.map(({ refId, length }) => [refId, length])).toEqual([
    ["B", 1],
    ["A", 2],
  ]);
});

test.each(TRANSFORM_NAMES)("%s takes nothing, and options that mean nothing, without a word", (id) => {
  expect(transformFrames([], [{ id, options: {} }]).notes).toEqual([]);
  expect(
    transformFrames([A, S1], [{ id, options: { fields: 5, sort: "x", conversions: null } }]).notes,
  ).toEqual([]);
});

test("joining stops where nobody could read its rows, and says so", () => {
  const many = Array.from({ length: 300 }, (_, at) => at);
  const left = frame("A", { job: many.map(() => "x"), a: many });
  const right = frame("B", { job: many.map(() => "x"), b: many });
  const { frames, notes } = transformFrames(
    [left, right],
    [{ id: "joinByField", options: { byField: "job", mode: "inner" } }],
  );

  expect(frames[0]!.length).toBe(50_000);
  expect(notes).toEqual(["Joining makes more than 50000 rows; the others are left out."]);
});

test("tables of ten thousand rows are merged while people wait", () => {
  const many = Array.from({ length: 10_000 }, (_, at) => at);
  const wide = frame("A", { job: many.map(() => "x"), host: many.map((at) => `h${at}`), a: many });
  const other = frame("B", { job: many.map(() => "x"), host: many.map((at) => `h${at + 1}`), b: many });
  const short = frame("C", { job: ["x", "x"], c: [5, 6] });
  const [made] = transformFrames([wide, other, short], [{ id: "merge", options: {} }]).frames;
  const columns = Object.fromEntries(made!.fields.map((field) => [nameOf(field), field.values]));

  expect(made!.length).toBe(10_001);
  expect([columns.a![1], columns.b![1], columns.c![1]]).toEqual([1, 0, 6]);
  expect([columns.a![10_000], columns.b![10_000]]).toEqual([NaN, 9999]);
});

/** What merging means, as slow as it reads. */
function slowMerge(frames: readonly Columns[]): Columns[] {
  const names = [...new Set(frames.flatMap(Object.keys))];
  const shared = names.filter((name) => frames.every((columns) => name in columns));
  const rows: (Value | undefined)[][] = [];
  for (const columns of frames) {
    for (let at = 0; at < Object.values(columns)[0]!.length; at += 1) {
      const row = names.map((name) => columns[name]?.[at] ?? undefined);
      const same = rows.find((other) =>
        names.every(
          (name, place) =>
            other[place] === row[place] ||
            (!shared.includes(name) && (other[place] === undefined || row[place] === undefined)),
        ),
      );
      if (same === undefined) rows.push(row);
      else row.forEach((value, place) => (same[place] ??= value));
    }
  }
  return [Object.fromEntries(names.map((name, place) => [name, rows.map((row) => row[place] ?? null)]))];
}

test("merging finds the rows that looking through all of them finds", () => {
  let seed = 7;
  const pick = (most: number): number => (seed = (seed * 48_271) % 2_147_483_647) % most;
  const word = (): Value => ["a", "b", "c", null][pick(4)]!;
  for (let round = 0; round < 200; round += 1) {
    const frames = [
      ["k", "x", "y"],
      ["k", "y", "z"],
      ["k", "z", "x", "w"],
    ].map((names) => {
      const length = 1 + pick(8);
      return Object.fromEntries(names.map((name) => [name, Array.from({ length }, word)]));
    });
    const given = frames.map((columns, at) =>
      frameOf(
        String(at),
        Object.entries(columns).map(([name, values]) => ({ name, type: "string", values })),
      ),
    );

    expect(run("merge", {}, ...given)).toEqual(slowMerge(frames));
  }
});
