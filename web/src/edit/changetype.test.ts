import { expect, test } from "vitest";
import { changeType, formerOf } from "./changetype";
import { newPanel } from "./kinds";

const SERIES = {
  id: 4,
  type: "timeseries",
  title: "T",
  targets: [{ refId: "A", expr: "up" }],
  fieldConfig: {
    defaults: {
      unit: "s",
      color: { mode: "palette-classic" },
      thresholds: { mode: "absolute", steps: [] },
      custom: { lineWidth: 3, drawStyle: "bars", fillOpacity: 20 },
    },
    overrides: [{ matcher: { id: "byName", options: "x" }, properties: [] }],
  },
  options: { legend: { showLegend: false }, tooltip: { mode: "multi" } },
};

test("what means the same in both types is kept, and so is everything about fields", () => {
  const bars = changeType(SERIES, "barchart");

  expect(bars).toMatchObject({
    id: 4,
    type: "barchart",
    targets: SERIES.targets,
    options: { legend: { showLegend: false } },
  });
  expect(bars.fieldConfig).toMatchObject({
    defaults: { unit: "s", custom: { lineWidth: 3, fillOpacity: 20 } },
    overrides: SERIES.fieldConfig.overrides,
  });
  expect(JSON.stringify(bars)).not.toContain("drawStyle");
});

test("numbers are coloured by thresholds, lines by series, unless somebody chose otherwise", () => {
  expect(changeType(SERIES, "stat")).toMatchObject({
    fieldConfig: { defaults: { color: { mode: "thresholds" } } },
  });
  const fixed = { ...SERIES, fieldConfig: { defaults: { color: { mode: "fixed", fixedColor: "red" } } } };
  expect(changeType(fixed, "stat")).toMatchObject({
    fieldConfig: { defaults: { color: { mode: "fixed", fixedColor: "red" } } },
  });
});

test("going to another type and back loses nothing", () => {
  const there = changeType(SERIES, "stat");
  expect(changeType(there, "timeseries", formerOf(SERIES))).toEqual(SERIES);
});

test("the choices of one number are shared by those that show one", () => {
  const stat = {
    ...newPanel("stat", "S"),
    options: { reduceOptions: { calcs: ["max"] }, colorMode: "none" },
  };
  const gauge = changeType(stat, "gauge");
  expect(gauge.options).toMatchObject({ reduceOptions: { calcs: ["max"] } });
  expect(gauge.options).not.toHaveProperty("colorMode");
});
