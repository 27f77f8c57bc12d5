import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { continuousColor } from "../charts/ramp";
import { ColorRegistry, resolveColor } from "../model/colors";
import { parseDashboard, type Panel } from "../model/dashboard";
import { column, frameOf } from "../query/transforms/kinds";
import type { PanelFrame } from "../query/panel";
import { Legend } from "./legend";
import { DashboardContext } from "./module";
import { nameFrames, type NamedSeries } from "./series";
import { stat } from "./stat";
import { table } from "./table";

const panelOf = (type: string, defaults: object, options: object = {}): Panel =>
  parseDashboard({
    panels: [
      {
        type,
        targets: [{ refId: "A", expr: "x", legendFormat: "{{i}}" }],
        fieldConfig: { defaults },
        options,
      },
    ],
  }).panels[0]!;

const framesOf = (panel: Panel, ...values: number[][]): PanelFrame[] => {
  const series = values.map((samples, at) => ({
    labels: { i: `s${at}` },
    values: Float64Array.from(samples),
  }));
  const times = Float64Array.from(values[0]!, (_, at) => at);
  return [{ query: panel.queries[0]!, expr: "x", series, times, step: 0 } as unknown as PanelFrame];
};

const namedOf = (panel: Panel, ...values: number[][]): NamedSeries[] =>
  nameFrames(framesOf(panel, ...values), panel, new ColorRegistry(), "dark");

const steps = [
  { value: null, color: "green" },
  { value: 80, color: "red" },
];
const PERCENT = { color: { mode: "thresholds" }, thresholds: { mode: "percentage", steps } };

test("thresholds in percent and continuous colours are measured in the range of all series", () => {
  const [green, red] = ["green", "red"].map((name) => resolveColor(name, "dark"));
  const colors = (defaults: object) =>
    namedOf(panelOf("stat", defaults), [10], [50], [100]).map(({ color }) => color);

  expect(colors(PERCENT)).toEqual([green, green, red]);
  expect(colors({ ...PERCENT, min: 0, max: 50 })).toEqual([green, red, red]);
  expect(colors({ color: { mode: "continuous-GrYlRd" } })[1]).toBe(
    continuousColor("continuous-GrYlRd", 4 / 9, "dark"),
  );
  expect(namedOf(panelOf("stat", PERCENT), [42])[0]!.color).toBe(green);
});

const drawn = (component: unknown, props: object): string =>
  renderToStaticMarkup(
    createElement(
      DashboardContext,
      { value: { colors: new ColorRegistry() } as never },
      createElement(component as never, props as never),
    ),
  );

test("a legend writes counts without the unit, and shares as such", () => {
  const series = namedOf(panelOf("timeseries", { unit: "bytes", decimals: 1 }), [4, 5]);
  const options = { mode: "table", right: false, calcs: ["count", "diffperc", "max"] };
  const html = drawn(Legend, { series, options, hidden: new Set() });

  expect([...html.matchAll(/<td>([^<]*)<\/td>/g)].map(([, text]) => text)).toEqual([
    "2",
    "25%",
    "5.0\u00a0B",
  ]);
});

test("cells of a table are coloured by their place in the range of all numbers", () => {
  const defaults = { color: { mode: "continuous-GrYlRd" }, custom: { cellOptions: { type: "color-text" } } };
  const panel = panelOf("table", defaults);
  const tables = [frameOf("A", [column("n", "number", [10, 50, 100])])];
  const options = table.parseOptions(panel);
  const html = drawn(table.Component, { panel, frames: [], tables, options, size: {}, theme: "dark" });

  expect([...html.matchAll(/color:(#\w+)/g)].map(([, color]) => color)).toEqual(
    [0, 4 / 9, 1].map((share) => continuousColor("continuous-GrYlRd", share, "dark")),
  );
});

const statOf = (count: number, size: object, options: object = {}, defaults: object = PERCENT): string => {
  const panel = panelOf("stat", defaults, options);
  const frames = framesOf(panel, ...Array.from({ length: count }, (_, at) => [at]));
  return drawn(stat.Component, { panel, frames, options: stat.parseOptions(panel), size, theme: "dark" });
};

test("a stat of more values than have room scrolls, by the keyboard too", () => {
  const [many, few] = [30, 3].map((count) => statOf(count, { width: 300, height: 150 }));

  expect(many).toContain('tabindex="0"');
  expect(few).not.toContain("tabindex");
});

test("on a ground of its own colour, what is written has the colour of text", () => {
  const html = statOf(2, { width: 300, height: 150 }, { colorMode: "background" });

  expect(html).not.toMatch(/font-size:\d+px;color:/);
  expect(html).toMatch(/class="[^"]*tinted/);
});
