import { createElement, type ComponentType } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { ColorRegistry } from "../model/colors";
import { parseDashboard } from "../model/dashboard";
import type { PanelFrame } from "../query/panel";
import { gauge } from "./gauge";
import { DashboardContext } from "./module";

/** The texts of a gauge of 42 from 0 to 100, with a threshold at 80. */
function wordsOf(options: object): string[] {
  const defaults = {
    ...{ min: 0, max: 100, color: { mode: "thresholds" } },
    thresholds: {
      steps: [
        { value: null, color: "green" },
        { value: 80, color: "red" },
      ],
    },
  };
  const targets = [{ expr: "up", legendFormat: "web" }];
  const document = { panels: [{ type: "gauge", targets, options, fieldConfig: { defaults } }] };
  const panel = parseDashboard(document).panels[0]!;
  const series = [{ labels: {}, values: Float64Array.of(42) }];
  const frame = { query: panel.queries[0]!, expr: "up", series, times: Float64Array.of(0), step: 0 };
  const props = { panel, frames: [frame as unknown as PanelFrame], options: gauge.parseOptions(panel) };
  const drawn = { ...props, size: { width: 300, height: 150 }, theme: "dark" };
  const context = { value: { colors: new ColorRegistry() } as never };
  const html = renderToStaticMarkup(
    createElement(DashboardContext, context, createElement(gauge.Component as ComponentType, drawn as never)),
  );
  return [...html.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => text!);
}

test.each([
  [{}, ["42"]],
  [{ showThresholdLabels: true }, ["80", "42"]],
  [{ showThresholdLabels: true, showThresholdMarkers: false }, ["80", "42"]],
])("a gauge with %j says %j", (options, words) => {
  expect(wordsOf(options)).toEqual(words);
});
