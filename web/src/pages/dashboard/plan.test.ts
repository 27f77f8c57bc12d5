import { expect, test } from "vitest";
import { parseDashboard } from "../../model/dashboard";
import { chooseStep } from "../../model/step";
import { asksFor, findPanelType } from "../../panels";
import { makePlan } from "./plan";

const RAW = { from: "now-6h", to: "now" };

function planOf(panel: object, width: number | undefined = 400) {
  return makePlan(parseDashboard({ panels: [panel] }).panels[0]!, { raw: RAW }, width, true);
}

const calcs = (...names: string[]) => ({ options: { reduceOptions: { calcs: names } } });

test.each<[object, number]>([
  [{ type: "stat" }, 60],
  [{ type: "stat", ...calcs("lastNotNull") }, 60],
  [{ type: "stat", ...calcs("sum") }, 400],
  [{ type: "gauge", ...calcs("last", "max") }, 400],
  [{ type: "piechart", options: { reduceOptions: { values: true } } }, 400],
  [{ type: "barchart", transformations: [{ id: "reduce", options: {} }] }, 400],
  [{ type: "barchart", transformations: [{ id: "reduce", disabled: true }] }, 40],
  [{ type: "timeseries" }, 200],
  [{ type: "stat", maxDataPoints: 1000 }, 1000],
  [{ type: "bargauge", maxDataPoints: 5, ...calcs("sum") }, 5],
  [{ type: "heatmap", maxDataPoints: 300 }, 300],
  [{ type: "timeseries", maxDataPoints: 1e6 }, 11_000],
])("%j asks for %i points", (panel, points) => {
  expect(planOf(panel).points).toBe(points);
});

test("a sum of what grew in each minute has every minute of six hours", () => {
  const { points, panel } = planOf({ type: "stat", interval: "1m", ...calcs("sum") });

  expect(chooseStep({ fromMs: 0, toMs: 6 * 3_600_000 }, points, panel.minStepMs)).toBe(60_000);
});

test.each<[object, boolean]>([
  [{ type: "stat" }, true],
  [{ type: "stat", ...calcs("sum") }, false],
  [{ type: "stat", maxDataPoints: 100, ...calcs("sum") }, true],
  [{ type: "table" }, false],
  [{ type: "text" }, false],
])("%j is asked before its width is known: %s", (panel, enabled) => {
  const plan = makePlan(parseDashboard({ panels: [panel] }).panels[0]!, { raw: RAW }, undefined, true);

  expect(plan.enabled).toBe(enabled);
});

test.each([
  ["text", false],
  ["dashlist", false],
  ["alertlist", false],
  ["news", false],
  ["stat", true],
])("a %s with a query waits for its answer: %s", (type, waits) => {
  const panel = parseDashboard({ panels: [{ type, targets: [{ refId: "A", expr: "up" }] }] }).panels[0]!;

  expect(asksFor(findPanelType(type)!, panel)).toBe(waits);
});
