import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { ColorRegistry } from "../model/colors";
import { parseDashboard } from "../model/dashboard";
import type { PanelFrame } from "../query/panel";
import { DashboardContext } from "./module";
import { arrange, stat } from "./stat";

/** The texts of a stat of one series called `web` whose value is 42. */
function wordsOf(textMode: string, reduceOptions = {}): string {
  const document = {
    panels: [
      { type: "stat", targets: [{ expr: "up", legendFormat: "web" }], options: { textMode, reduceOptions } },
    ],
  };
  const panel = parseDashboard(document).panels[0]!;
  const series = [{ labels: {}, values: Float64Array.of(42) }];
  const frame = { query: panel.queries[0]!, expr: "up", series, times: Float64Array.of(0), step: 0 };
  const props = { panel, frames: [frame as unknown as PanelFrame], options: stat.parseOptions(panel) };
  const drawn = { ...props, size: { width: 300, height: 150 }, theme: "dark" };
  const html = renderToStaticMarkup(
    createElement(
      DashboardContext,
      { value: { colors: new ColorRegistry() } as never },
      createElement(stat.Component, drawn as never),
    ),
  );
  return html
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

test.each([
  ["auto", "42"],
  ["value", "42"],
  ["value_and_name", "web 42"],
  ["name", "web"],
  ["none", ""],
])("a stat with the text mode %s says %j", (mode, words) => {
  expect(wordsOf(mode)).toBe(words);
});

test.each<[number, number, number]>([
  [1, 1, 1],
  [3, 3, 1],
  [4, 2, 2],
  [7, 3, 3],
])("%i values stand in %i columns and %i rows where three have room", (count, columns, rows) => {
  expect(arrange(count, { width: 340, height: 120 })).toMatchObject({ columns, rows });
});

test("a stat of several calculations has a value of each", () => {
  expect(wordsOf("auto", { calcs: ["min", "count"] })).toBe("min web 42 count web 1");
});
