import { describe, expect, test } from "vitest";
import { parseDashboard } from "../model/dashboard";
import { nameOf } from "../model/frame";
import { oneTable, rawTables, shapeFrames } from "./frames";
import type { PanelFrame } from "./panel";

type Given = [Record<string, string>, ...number[]];

function frame(refId: string, options: Partial<PanelFrame["query"]>, ...series: Given[]): PanelFrame {
  const instant = series.every((one) => one.length === 2);
  const length = Math.max(0, ...series.map((one) => one.length - 1));
  return {
    times: Float64Array.from({ length }, (_, at) => 1000 * (at + 1)),
    series: series.map(([labels, ...values]) => ({ labels, values: Float64Array.from(values) })),
    step: instant ? 0 : 1000,
    warnings: [],
    query: { refId, expr: "x", instant, source: "default", ...options },
    expr: "x",
    range: { fromMs: 0, toMs: 9000 },
  };
}

const panel = (raw: object = {}) => parseDashboard({ panels: [raw] }).panels[0]!;
const shown = (tables: ReturnType<typeof rawTables>) =>
  tables.map(({ fields }) =>
    Object.fromEntries(fields.map((field) => [nameOf(field), Array.from(field.values)])),
  );

describe("answers as tables", () => {
  test("a series is times and values, called by its legend, and not copied", () => {
    const answered = frame("A", { legend: "{{job}}" }, [{ job: "a" }, 1, 2]);
    const [made] = rawTables([answered], panel());

    expect(shown([made!])).toEqual([{ Time: [1000, 2000], a: [1, 2] }]);
    expect(made!.fields[1]!.values).toBe(answered.series[0]!.values);
  });

  test("in the table format, labels are columns and gaps are no rows", () => {
    const answered = frame(
      "A",
      { format: "table" },
      [{ __name__: "m", job: "a" }, 1, NaN],
      [{ __name__: "m", job: "b" }, NaN, 4],
    );

    expect(shown(rawTables([answered], panel()))).toEqual([
      { Time: [1000, 2000], job: ["a", "b"], Value: [1, 4] },
    ]);
  });

  test("the metric's name is a column where rows differ in it, or a step asks for it", () => {
    const both = frame("A", { format: "table" }, [{ __name__: "m" }, 1], [{ __name__: "n" }, 2]);
    const one = frame("A", { format: "table" }, [{ __name__: "m" }, 1]);
    const asks = panel({
      transformations: [{ id: "organize", options: { renameByName: { __name__: "Metric" } } }],
    });
    const hides = panel({
      transformations: [{ id: "organize", options: { excludeByName: { __name__: true } } }],
    });
    const names = (tables: ReturnType<typeof rawTables>) => tables[0]!.fields.map(nameOf);

    expect(names(rawTables([both], panel()))).toEqual(["Time", "__name__", "Value"]);
    expect(names(rawTables([one], panel()))).toEqual(["Time", "Value"]);
    expect(names(rawTables([one], asks))).toEqual(["Time", "__name__", "Value"]);
    expect(names(rawTables([one], hides))).toEqual(["Time", "Value"]);
  });

  test("queries of one moment have one time, though some answers are of the refresh before", () => {
    const later = { ...frame("B", { format: "table" }, [{ job: "a" }, 2]), times: Float64Array.of(61_000) };
    const tables = rawTables([frame("A", { format: "table" }, [{ job: "a" }, 1]), later], panel());

    expect(shown(tables)).toEqual([
      { Time: [61_000], job: ["a"], "Value #A": [1] },
      { Time: [61_000], job: ["a"], "Value #B": [2] },
    ]);
  });
});

describe("shapeFrames", () => {
  const series = [frame("A", { legend: "{{job}}" }, [{ job: "a" }, 1, 2], [{ job: "b" }, 3, 5])];
  const shaped = (...transformations: object[]) => shapeFrames(series, panel({ transformations }));
  const legends = (made: ReturnType<typeof shapeFrames>) => made.frames.map(({ query }) => query.legend);

  test("without transformations, series are the very objects that came", () => {
    expect(shaped().frames[0]).toBe(series[0]);
    expect(shaped({ id: "limit", disabled: true }).frames[0]).toBe(series[0]);
  });

  test("renamed and calculated series are drawn under their new names", () => {
    const rename = { id: "renameByRegex", options: { regex: "(.)", renamePattern: "job {{$1}}" } };
    const sum = {
      id: "calculateField",
      options: { reduce: { reducer: "sum" }, alias: "both", replaceFields: true },
    };

    expect(legends(shaped(rename))).toEqual(["job { {a}}", "job { {b}}"]);
    const made = shaped(sum);
    expect(legends(made)).toEqual(["both"]);
    expect([...made.frames[0]!.series[0]!.values]).toEqual([4, 7]);
  });

  test("rows of a reduction can be drawn as single numbers", () => {
    const made = shaped({ id: "reduce", options: { reducers: ["max"] } });

    expect(made.frames.map(({ query, series: [one] }) => [query.legend, [...one!.values]])).toEqual([
      ["a", [2]],
      ["b", [5]],
    ]);
  });

  test("rows beyond those that are drawn are told, but not of a table, which has all", () => {
    const rows = Array.from({ length: 600 }, (_, at): Given => [{ job: `j${at}` }, at]);
    const many = [frame("A", {}, ...rows)];
    const transformations = [{ id: "reduce", options: { reducers: ["max"] } }];
    const made = (type: string) => shapeFrames(many, panel({ type, transformations }));

    expect(made("bargauge").frames).toHaveLength(500);
    expect(made("bargauge").notes).toEqual(["500 rows are drawn, +100 more are not."]);
    expect(made("table").notes).toEqual([]);
  });

  test("columns are configured by their last name, or their first", () => {
    const made = shapeFrames(
      series,
      panel({
        transformations: [{ id: "reduce", options: { reducers: ["max"] } }],
        fieldConfig: {
          defaults: { unit: "s" },
          overrides: [
            { matcher: { id: "byName", options: "Max" }, properties: [{ id: "displayName", value: "Top" }] },
            { matcher: { id: "byType", options: "string" }, properties: [{ id: "custom.width", value: 90 }] },
          ],
        },
      }),
    );
    const [names, top] = made.tables[0]!.fields;

    expect([nameOf(top!), top!.config!.unit, names!.config!.custom.width]).toEqual(["Top", "s", 90]);
  });

  test("a step that is not known is told, and data are drawn", () => {
    const made = shaped({ id: "from-the-future", options: {} });

    expect(made.notes).toHaveLength(1);
    expect(made.tables).toHaveLength(2);
  });
});

describe("one table of several", () => {
  const table = (...frames: PanelFrame[]) => shown([oneTable(rawTables(frames, panel()), panel())!]);

  test("series of one moment have their labels as columns", () => {
    expect(table(frame("A", {}, [{ job: "a" }, 1], [{ job: "b" }, 2]))).toEqual([
      { Time: [1000, 1000], job: ["a", "b"], Value: [1, 2] },
    ]);
  });

  test("series of a range stand side by side", () => {
    expect(table(frame("A", { legend: "{{job}}" }, [{ job: "a" }, 1, 2], [{ job: "b" }, 3, NaN]))).toEqual([
      { Time: [1000, 2000], a: [1, 2], b: [3, NaN] },
    ]);
  });

  test("tables are merged", () => {
    const tables = ["A", "B"].map((refId, at) => frame(refId, { format: "table" }, [{ job: "a" }, at]));

    expect(table(...tables)).toEqual([{ Time: [1000], job: ["a"], "Value #A": [0], "Value #B": [1] }]);
  });

  test("nothing is no table", () => {
    expect(oneTable([], panel())).toBeUndefined();
  });
});
