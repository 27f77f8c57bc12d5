import { describe, expect, test } from "vitest";
import { interpolate, parseDashboard, sourcesOf } from "./dashboard";
import { fieldFor, parseFieldRules, writeText } from "./field";
import { heightPx, makeSections } from "./layout";

describe("parseDashboard", () => {
  test("nothing at all is an empty dashboard of the last hour", () => {
    expect(parseDashboard(null)).toMatchObject({
      title: "Untitled",
      panels: [],
      time: { from: "now-1h", to: "now" },
    });
  });

  test("wrong types count as absent, and a panel never leaves the grid", () => {
    const { panels } = parseDashboard({
      panels: [{ title: 5, type: "stat", gridPos: { x: 30, w: 40, h: 0 } }, "no"],
    });

    expect(panels[0]).toMatchObject({ title: "", grid: { x: 0, y: 0, w: 24, h: 1 }, queries: [] });
    expect(panels).toHaveLength(2);
  });

  test("hidden and empty queries are left out; a table's query is instant unless it says otherwise", () => {
    const targets = [
      { refId: "A", expr: "up", hide: true },
      { refId: "B", expr: " " },
      { expr: "up", format: "table" },
      { expr: "up", format: "table", instant: false, legendFormat: "{{job}}" },
    ];
    const panel = parseDashboard({ panels: [{ targets }] }).panels[0]!;

    expect(panel.queries).toEqual([
      { refId: "C", expr: "up", instant: true, source: "default" },
      { refId: "D", expr: "up", instant: false, legend: "{{job}}", source: "default" },
    ]);
  });

  test("refresh and crosshair", () => {
    expect(parseDashboard({ refresh: "5s", graphTooltip: 1 })).toMatchObject({
      refreshMs: 5000,
      sharedCrosshair: true,
    });
    expect(parseDashboard({ refresh: false })).toMatchObject({ refreshMs: 0, sharedCrosshair: false });
  });

  test("variables stand for their current value", () => {
    const list = [
      { name: "job", type: "query", current: { value: ["a", "b"] } },
      { name: "all", type: "query", current: { value: "$__all" } },
      { name: "DS", type: "datasource", current: { value: "x" } },
    ];
    const { variables } = parseDashboard({ templating: { list } });

    expect(interpolate('up{job=~"$job",x=~"${all:regex}",y="[[job]]",z="$DS"}', variables)).toBe(
      'up{job=~"(a|b)",x=~".*",y="(a|b)",z="$DS"}',
    );
  });
});

describe("makeSections", () => {
  const panel = (id: number, y: number, x = 0, extra = {}) => ({
    id,
    type: "stat",
    gridPos: { x, y, w: 6, h: 4 },
    ...extra,
  });

  test("panels stand in reading order under their row, each section from its own top", () => {
    const { panels } = parseDashboard({
      panels: [
        panel(3, 9),
        panel(2, 0, 6),
        panel(1, 0),
        { id: 9, type: "row", gridPos: { y: 8, w: 24, h: 1 } },
      ],
    });
    const sections = makeSections(panels);

    expect(sections.map(({ row, panels: inside }) => [row?.id, inside.map(({ id }) => id)])).toEqual([
      [undefined, [1, 2]],
      [9, [3]],
    ]);
    expect(sections[1]!.panels[0]!.grid.y).toBe(0);
  });

  test("a collapsed row brings its own panels", () => {
    const { panels } = parseDashboard({ panels: [{ type: "row", collapsed: true, panels: [panel(1, 50)] }] });

    expect(makeSections(panels)[0]!.panels.map(({ id }) => id)).toEqual([1]);
  });

  test("heights are Grafana's", () => {
    expect(heightPx(8)).toBe(8 * 30 + 7 * 8);
  });
});

describe("fieldFor", () => {
  const rules = parseFieldRules({
    defaults: { unit: "bytes", custom: { lineWidth: 2, stacking: { mode: "normal" } } },
    overrides: [
      { matcher: { id: "byName", options: "free" }, properties: [{ id: "unit", value: "percent" }] },
      {
        matcher: { id: "byRegexp", options: "/^disk/i" },
        properties: [{ id: "custom.stacking", value: { group: "B" } }],
      },
      {
        matcher: { id: "byFrameRefID", options: "Z" },
        properties: [{ id: "color", value: { mode: "fixed", fixedColor: "red" } }],
      },
      { matcher: { id: "byRegexp", options: "/[/" }, properties: [{ id: "unit", value: "never" }] },
    ],
  });

  test("what nothing matches keeps the defaults", () => {
    expect(fieldFor(rules, { name: "used", refId: "A" })).toBe(rules.defaults);
  });

  test("an override changes what it names and nothing else", () => {
    expect(fieldFor(rules, { name: "free", refId: "A" })).toMatchObject({
      unit: "percent",
      custom: { lineWidth: 2 },
    });
    expect(fieldFor(rules, { name: "Disk 1", refId: "A" })).toMatchObject({
      unit: "bytes",
      custom: { lineWidth: 2, stacking: { mode: "normal", group: "B" } },
    });
    expect(fieldFor(rules, { name: "x", refId: "Z" }).color).toEqual({ mode: "fixed", fixedColor: "red" });
  });
});

describe("value mappings", () => {
  const { defaults } = parseFieldRules({
    defaults: {
      mappings: [
        { type: "value", options: { "1": { text: "up" } } },
        { type: "range", options: { from: 5, to: 10, result: { text: "some" } } },
        { type: "special", options: { match: "nan", result: { text: "unknown" } } },
        { type: "new-kind", options: {} },
      ],
    },
  });

  test.each<[number, string]>([
    [1, "up"],
    [7, "some"],
    [NaN, "unknown"],
    [2, "2"],
  ])("%s is written %s", (value, text) => {
    expect(writeText(defaults, value)).toBe(text);
  });
});

test("a query asks the source that it names, or its panel, or the default one", () => {
  const sources = (panel: object): string[] =>
    parseDashboard({ panels: [panel] }).panels[0]!.queries.map(({ source }) => source);
  const own = { type: "prometheus", uid: "embedded" };

  expect(sources({ targets: [{ expr: "up" }] })).toEqual(["default"]);
  expect(sources({ datasource: own, targets: [{ expr: "up" }] })).toEqual(["embedded"]);
  expect(
    sources({ datasource: own, targets: [{ expr: "up", datasource: { uid: "${DS_PROMETHEUS}" } }] }),
  ).toEqual(["default"]);
  expect(sources({ datasource: "Prometheus", targets: [{ expr: "up", datasource: null }] })).toEqual([
    "default",
  ]);
});

test("the sources of a page are those of all its panels", () => {
  const row = { type: "row", panels: [{ datasource: { uid: "embedded" }, targets: [{ expr: "up" }] }] };

  expect([...sourcesOf(parseDashboard({ panels: [row] }).panels)]).toEqual(["embedded"]);
  expect([...sourcesOf(parseDashboard({ panels: [row, { targets: [{ expr: "up" }] }] }).panels)]).toEqual([
    "embedded",
    "default",
  ]);
});
