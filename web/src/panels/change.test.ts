import { describe, expect, test } from "vitest";
import { parseDashboard } from "../model/dashboard";
import { parseFieldRules } from "../model/field";
import { changeMeaning, writeChange } from "./change";

const field = parseFieldRules({ defaults: { unit: "s", decimals: 3 } }).defaults;

test.each([
  [[100, 90, 112.4], "▲ 12.4%"],
  [[200, 150], "▼ 25.0%"],
  [[5, 7, 5], "■ 0.0%"],
])("%j is %s", (values, text) => {
  expect(writeChange(field, Float64Array.from(values))?.text).toBe(text);
});

test("of nothing there is no share", () => {
  expect(writeChange(field, Float64Array.of(0, 5))).toBeUndefined();
  expect(writeChange(field, new Float64Array(0))).toBeUndefined();
});

describe("a panel", () => {
  const panel = (options: object) => parseDashboard({ panels: [{ type: "stat", options }] }).panels[0]!;

  test("shows changes only when asked to", () => {
    expect(changeMeaning(panel({}))).toBeUndefined();
    expect(changeMeaning(panel({ showPercentChange: true }))).toBe("standard");
    expect(changeMeaning(panel({ showPercentChange: true, percentChangeColorMode: "inverted" }))).toBe(
      "inverted",
    );
  });
});
