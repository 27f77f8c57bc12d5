import { describe, expect, test } from "vitest";
import { keepSame, parseDashboard, sourcesOf } from "./dashboard";
import { makeSections } from "./layout";

describe("parseDashboard", () => {
  test("nothing at all is an empty dashboard of the last six hours", () => {
    expect(parseDashboard(null)).toMatchObject({
      title: "Untitled",
      panels: [],
      time: { from: "now-6h", to: "now" },
    });
  });

  test("wrong types count as absent, and a panel never leaves the grid", () => {
    const { panels } = parseDashboard({
      panels: [{ title: 5, type: "stat", gridPos: { x: 30, w: 40, h: 0 } }, "no"],
    });

    expect(panels[0]).toMatchObject({ title: "", grid: { x: 0, y: 0, w: 24, h: 1 }, queries: [] });
    expect(panels).toHaveLength(2);
  });

  test("hidden and empty queries are left out; a table's query is a range unless it says otherwise", () => {
    const targets = [
      { refId: "A", expr: "up", hide: true },
      { refId: "B", expr: " " },
      { expr: "up", format: "table" },
      { expr: "up", format: "table", instant: true, legendFormat: "{{job}}" },
    ];
    const panel = parseDashboard({ panels: [{ targets }] }).panels[0]!;

    expect(panel.queries).toEqual([
      { refId: "C", expr: "up", instant: false, source: "default", format: "table" },
      { refId: "D", expr: "up", instant: true, legend: "{{job}}", source: "default", format: "table" },
    ]);
  });

  test("refresh and crosshair", () => {
    expect(parseDashboard({ refresh: "5s", graphTooltip: 1 })).toMatchObject({
      refreshMs: 5000,
      sharedCrosshair: true,
    });
    expect(parseDashboard({ refresh: false })).toMatchObject({ refreshMs: 0, sharedCrosshair: false });
    expect(parseDashboard({ refresh: "" }).refreshMs).toBe(0);
    expect(parseDashboard({}).refreshMs).toBeUndefined();
  });

  test.each<[object, object[]]>([
    [{ instant: true }, [{ instant: true }]],
    [{ range: true }, [{ instant: false }]],
    [{ instant: false }, [{ instant: false }]],
    [{ instant: true, range: true }, [{ instant: false }, { instant: true }]],
    [{ format: "time_series" }, [{ instant: false }]],
    [{ interval: ">30s", intervalFactor: 2 }, [{ minStep: "30s", factor: 2 }]],
    [{ step: 15 }, [{ minStep: "15s" }]],
    [{ format: "heatmap", exemplar: true }, [{ format: "heatmap", instant: false }]],
  ])("a query with %j", (target, queries) => {
    expect(
      parseDashboard({ panels: [{ targets: [{ expr: "up", ...target }] }] }).panels[0]!.queries,
    ).toMatchObject(queries);
  });

  test("what repeats, and its own times", () => {
    const panel = {
      repeat: "job",
      repeatDirection: "v",
      maxPerRow: 3,
      timeFrom: "1h",
      hideTimeOverride: true,
    };

    expect(parseDashboard({ panels: [panel] }).panels[0]).toMatchObject({
      repeat: { variable: "job", vertical: true, perRow: 3 },
      timeFrom: "1h",
      hidesTime: true,
    });
  });

  test("a panel that shows another one's data asks the same", () => {
    const shared = { datasource: { type: "datasource", uid: "-- Dashboard --" } };
    const { panels } = parseDashboard({
      panels: [
        { id: 1, targets: [{ expr: "up" }] },
        { id: 2, ...shared, targets: [{ panelId: 1 }] },
        { id: 3, ...shared, targets: [{ panelId: 9 }] },
      ],
    });

    expect(panels[1]!.queries).toEqual(panels[0]!.queries);
    expect(panels[2]!.notes).toHaveLength(1);
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

  test("panels rise until they rest on others, and what overlaps is moved down", () => {
    const { panels } = parseDashboard({
      panels: [panel(1, 2), panel(2, 400, 3), panel(3, 400, 12), panel(4, 401, 12)],
    });
    const [section] = makeSections(panels);

    expect(section!.panels.map(({ id, grid }) => [id, grid.y])).toEqual([
      [1, 0],
      [2, 4],
      [3, 0],
      [4, 4],
    ]);
  });

  test("a collapsed row brings its own panels", () => {
    const { panels } = parseDashboard({ panels: [{ type: "row", collapsed: true, panels: [panel(1, 50)] }] });

    expect(makeSections(panels)[0]!.panels.map(({ id }) => id)).toEqual([1]);
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

describe("data sources", () => {
  const VARIABLES = {
    list: [
      { name: "ds", type: "datasource", query: "prometheus" },
      { name: "logs", type: "datasource", query: "loki" },
    ],
  };
  const read = (panel: object) => parseDashboard({ templating: VARIABLES, panels: [panel] }).panels[0]!;

  test.each<[unknown, string | undefined]>([
    [{ type: "loki", uid: "abc" }, "a Loki data source"],
    ["Elasticsearch prod", "a Elasticsearch data source"],
    ["-- Grafana --", "Grafana itself"],
    [{ type: "grafana", uid: "grafana" }, "Grafana itself"],
    ["${logs}", "a Loki data source"],
    [{ type: "victoriametrics-metrics-datasource", uid: "x" }, undefined],
    [{ type: "grafana-amazonprometheus-datasource", uid: "x" }, undefined],
    ["${ds}", undefined],
    [null, undefined],
  ])("a panel on %j needs %s", (datasource, needs) => {
    expect(read({ datasource, targets: [{ expr: "up" }] }).needs).toBe(needs);
  });

  test("of mixed queries, those that can be asked are", () => {
    const panel = read({
      datasource: "-- Mixed --",
      targets: [
        { refId: "A", expr: "up", datasource: { type: "prometheus", uid: "embedded" } },
        { refId: "B", expr: "{}", datasource: { type: "loki", uid: "x" } },
      ],
    });

    expect(panel.queries.map(({ source }) => source)).toEqual(["embedded"]);
    expect(panel.notes).toEqual(["Query B needs a Loki data source and is left out."]);
  });

  test("a reference to a source stays until its variable is known", () => {
    expect(read({ datasource: { uid: "$ds" }, targets: [{ expr: "up" }] }).queries[0]!.source).toBe("$ds");
    expect(read({ datasource: { uid: "$other" }, targets: [{ expr: "up" }] }).queries[0]!.source).toBe(
      "default",
    );
  });
});

test("the sources of a page are those of all its panels", () => {
  const row = { type: "row", panels: [{ datasource: { uid: "embedded" }, targets: [{ expr: "up" }] }] };

  expect([...sourcesOf(parseDashboard({ panels: [row] }).panels)]).toEqual(["embedded"]);
  expect([...sourcesOf(parseDashboard({ panels: [row, { targets: [{ expr: "up" }] }] }).panels)]).toEqual([
    "embedded",
    "default",
  ]);
});

test("the same document read again is the same object to the page, which then draws nothing again", () => {
  const source = {
    title: "Same",
    templating: { list: [{ name: "job", type: "query", query: "label_values(up, job)", current: {} }] },
    panels: [
      {
        id: 1,
        type: "stat",
        targets: [{ refId: "A", expr: "up" }],
        fieldConfig: {
          defaults: { mappings: [{ type: "value", options: { 1: { text: "up" } } }] },
          overrides: [{ matcher: { id: "byName", options: "A" }, properties: [{ id: "unit", value: "s" }] }],
        },
        transformations: [{ id: "organize", options: {} }],
      },
    ],
  };
  const [first, again] = [parseDashboard(source, []), parseDashboard(structuredClone(source), [])];

  expect(keepSame(first, again)).toBe(first);
  const changed = parseDashboard({ ...source, title: "Other" }, []);
  expect(keepSame(first, changed)).toBe(changed);
  const noted = parseDashboard(source, [{ panelId: 1, path: "type", rule: "type", message: "other" }]);
  expect(keepSame(first, noted)).toBe(noted);
});
