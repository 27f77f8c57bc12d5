import { describe, expect, test } from "vitest";
import { format, formatAxis, formatText } from "./units";

const NB = "\u00a0";

test.each([
  [1234.5, -1, "1"],
  [1.5, 200, "1.50000000000000000000"],
  [1.5, 1.7, "1.5"],
])("%d with %d decimals", (value, decimals, text) =>
  expect(formatText(value, "none", decimals).slice(0, text.length)).toBe(text),
);

test.each(["sci", "locale", "clockms", "bytes", "currencyUSD"])("any number of decimals of %s", (unit) => {
  for (const decimals of [-1, 200]) expect(() => formatAxis([1, 2], unit, decimals)).not.toThrow();
});

test.each(["toString", "constructor", "__proto__", "hasOwnProperty"])(
  "%s is a unit that nobody knows",
  (unit) => expect(formatText(5, unit)).toBe(`5\u00a0${unit}`),
);

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
    [0.0023, "currencyUSD", undefined, "$0.0023"],
    [1234, "currencyUSD", undefined, `$1.23${NB}K`],
    [1234, "currencyUSD", 0, `$1${NB}K`],
    [-5, "currencyEUR", undefined, `€\u22125.00`],
    [250, "currencySEK", undefined, `250.00${NB}kr`],
    [7, "currency:Fr.", undefined, "Fr.7.00"],
    [7, "currency:suffix:Taler", undefined, `7.00${NB}Taler`],
    [3, "prefix:~", undefined, "~3"],
    [2_500_000, "count:tokens", undefined, `2.50${NB}M tokens`],
    [1500, "si:mF", undefined, `1.50${NB}F`],
    [20, "si:m", undefined, `20${NB}m`],
    [1_600_000_000_000, "time:YYYY", undefined, "2020"],
    [new Date(2026, 0, 2, 3, 4, 5).getTime(), "dateTimeAsIso", undefined, "2026-01-02 03:04:05"],
    [new Date(2026, 0, 2, 15, 4, 5).getTime(), "dateTimeAsUS", undefined, "01/02/2026 3:04:05 pm"],
    [3725, "dthms", undefined, "01:02:05"],
    [90_061, "dtdhms", undefined, "1 d 01:01:01"],
    [3725, "clocks", undefined, "01h:02m:05s"],
    [3725, "clocks", 1, "01h:02m"],
    [1250, "clockms", undefined, "01s:250ms"],
    [8640, "timeticks", undefined, `1.44${NB}min`],
    [255, "hex", undefined, "FF"],
    [255, "hex0x", undefined, "0xFF"],
    [12_345, "sci", 1, "1.2e+4"],
    [0, "bool", undefined, "False"],
    [1, "bool:Up/Down", undefined, "Up"],
    [0, "bool:Up/Down", undefined, "Down"],
    [0, "bool:Up", undefined, "-"],
    [5, "farenheit", undefined, "5°F"],
    [-1e-320, "bytes", undefined, `\u22121e-320${NB}B`],
    [0.000_000_001_234_5, "short", undefined, "1.23e-9"],
    [1, "bool_on_off", undefined, "On"],
    [2048, "kbytes", undefined, `2${NB}MiB`],
    [3_000_000, "decmbytes", undefined, `3${NB}TB`],
    [2048, "KiBs", undefined, `2${NB}MiB/s`],
    [1500, "Kbits", undefined, `1.50${NB}Mb/s`],
    [0.0025, "watt", undefined, `2.50${NB}mW`],
    [3, "kwatth", undefined, `3${NB}kWh`],
    [21.5, "celsius", undefined, "21.5°C"],
    [180, "degree", undefined, "180°"],
    [12, "velocitykmh", undefined, `12${NB}km/h`],
    [1200, "lengthmm", undefined, `1.20${NB}m`],
    [5, "mps", undefined, `5${NB}msg/s`],
    [5, "conμgm3", undefined, `5${NB}μg/m³`],
    [2000, "gflops", undefined, `2${NB}TFLOPS`],
    [3, "MHs", undefined, `3${NB}MH/s`],
    [40, "dB", undefined, `40${NB}dB`],
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
    [[0, 500, 1000], "currencyUSD", [`$0.0${NB}K`, `$0.5${NB}K`, `$1.0${NB}K`]],
    [[0.25, 0.5], "s", [`250${NB}ms`, `500${NB}ms`]],
  ])("%s in %s", (marks, unit, labels) => {
    expect(formatAxis(marks, unit)).toEqual(labels);
  });
});
