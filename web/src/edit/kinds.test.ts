import { expect, test } from "vitest";
import { KINDS, newPanel } from "./kinds";
import { inUse } from "./options";
import { setAt } from "./tree";

test("every kind makes a panel of its own type, and nothing is shared between two of them", () => {
  for (const { type, asks } of KINDS) {
    const panel = newPanel(type, "T");
    expect(panel).toMatchObject({ type, title: "T" });
    expect("targets" in panel).toBe(asks);
    expect(newPanel(type, "T").options).not.toBe(panel.options);
  }
});

test("what belongs to lines is not offered for bars, nor the width of bars for lines", () => {
  const series = newPanel("timeseries", "T");
  const labels = (panel: unknown): string[] =>
    inUse(KINDS[0]!.groups[0]!.options, panel).map(({ label }) => label);
  const bars = setAt(series, ["fieldConfig", "defaults", "custom", "drawStyle"], "bars");

  expect(labels(series)).toContain("Between points");
  expect(labels(series)).not.toContain("Width of bars, 0 to 1");
  expect(labels(bars)).toContain("Width of bars, 0 to 1");
  expect(labels(bars)).not.toContain("Between points");
});
