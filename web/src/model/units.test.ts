import { describe, expect, test } from "vitest";
import { format, formatAxis, formatText } from "./units";

const NB = "\u00a0";

describe("formatText", () => {
  test.each<[number, string | undefined, number | undefined, string]>([
    [0, "bytes", undefined, `0${NB}B`],
    [1536, "bytes", undefined, `1.50${NB}KiB`],
    [1024, "bytes", undefined, `1${NB}KiB`],
    [1_500_000, "decbytes", undefined, `1.50${NB}MB`],
    [1_234_567, "Bps", 0, `1${NB}MB/s`],
    [0.4231, "percentunit", undefined, "42.3%"],
    [42.31, "percent", 1, "42.3%"],
    [0.0004, "percent", undefined, "0.00%"],
    [0.0023, "s", undefined, `2.30${NB}ms`],
    [90, "s", undefined, `1.50${NB}min`],
    [0.000_000_5, "s", undefined, `500${NB}ns`],
    [250, "ms", undefined, `250${NB}ms`],
    [12_345, "short", undefined, `12.3${NB}K`],
    [999.9, "short", undefined, `1.00${NB}K`],
    [3, "none", undefined, "3"],
    [1234, "reqps", undefined, `1.23${NB}K req/s`],
    [5, "reqps", undefined, `5${NB}req/s`],
    [12, "currencyUSD", undefined, "$12.00"],
    [3, "suffix: items", undefined, `3${NB}items`],
    [3, "widgets", undefined, `3${NB}widgets`],
    [1500, "si:V", undefined, `1.50${NB}kV`],
    [183_600, "dtdurations", undefined, "2 d 3 h"],
    [3605, "dtdurations", undefined, "1 h 0 min"],
    [7325, "dtdurations", undefined, "2 h 2 min"],
    [59, "dtdurations", undefined, "59 s"],
    [0, "dtdurations", undefined, "0 s"],
    [1, "bool_yes_no", undefined, "Yes"],
    [1_234_567, "locale", undefined, "1,234,567"],
    [-1536, "bytes", undefined, `\u22121.50${NB}KiB`],
    [NaN, "bytes", undefined, "NaN"],
    [-Infinity, "s", undefined, "\u2212∞"],
    [7, undefined, undefined, "7"],
  ])("%s %s (%s decimals) is %s", (value, unit, decimals, text) => {
    expect(formatText(value, unit, decimals)).toBe(text);
  });
});

test("the unit stands apart from the number, so that it can be drawn smaller", () => {
  expect(format(1536, "bytes")).toEqual({ text: "1.50", suffix: "KiB" });
});

describe("formatAxis", () => {
  test.each<[number[], string, string[]]>([
    [[0, 0.5, 1], "percentunit", ["0%", "50%", "100%"]],
    [[0, 0.025, 0.05], "percentunit", ["0.0%", "2.5%", "5.0%"]],
    [[0, 2 ** 29, 2 ** 30], "bytes", [`0.0${NB}GiB`, `0.5${NB}GiB`, `1.0${NB}GiB`]],
    [[0, 1, 2], "none", ["0", "1", "2"]],
    [[0.25, 0.5], "s", [`250${NB}ms`, `500${NB}ms`]],
  ])("%s in %s", (marks, unit, labels) => {
    expect(formatAxis(marks, unit)).toEqual(labels);
  });
});
