import { afterEach, describe, expect, test } from "vitest";
import { chooseStep, drawnRange, expandMacros, makeGrid, parseMinStep } from "./step";
import { setZone } from "./zone";

afterEach(() => setZone("browser"));

const HOUR = { fromMs: 0, toMs: 3_600_000 };

test.each<[number, number, number]>([
  [600, 1000, 10_000], // 6 s is not nice
  [60, 1000, 60_000],
  [10_000, 15_000, 15_000],
  [1, 1000, 3_600_000],
])("an hour in %s points, at least %s ms apart, has a step of %s ms", (points, least, step) => {
  expect(chooseStep(HOUR, points, least)).toBe(step);
});

test.each<[string, number | undefined, number]>([
  ["where it is not known when data begin", undefined, 0],
  ["data are older than the range", -1, 0],
  ["data fill a quarter of it", 2_700_000, 0],
  ["data fill less than that", 2_701_000, 2_700_000], // never less than a quarter of an hour
  ["data begin after it", 3_600_001, 0],
])("an hour is drawn from its beginning on: %s", (_, beginsMs, fromMs) => {
  expect(drawnRange(HOUR, beginsMs)).toEqual({ fromMs, toMs: HOUR.toMs });
});

test("of a week on a server that is an hour old, the hour is drawn", () => {
  const week = { fromMs: 0, toMs: 7 * 86_400_000 };

  expect(drawnRange(week, week.toMs - 3_600_000)).toEqual({ fromMs: week.toMs - 3_600_000, toMs: week.toMs });
});

describe("makeGrid", () => {
  const range = { fromMs: 12_345, toMs: 98_765 };

  test("on the step, no point moves at a refresh", () => {
    expect(makeGrid(range, 10_000, "step")).toEqual({ startMs: 20_000, endMs: 90_000, stepMs: 10_000 });
  });

  test("at now, the last point is the end of the range", () => {
    expect(makeGrid(range, 10_000, "now")).toEqual({ startMs: 18_765, endMs: 98_765, stepMs: 10_000 });
  });

  test.each<[string, number]>([
    ["utc", 0],
    ["Asia/Kolkata", -5.5],
    ["America/New_York", 5],
  ])("in %s, steps of a day begin at midnight there", (zone, hours) => {
    setZone(zone);
    const day = 86_400_000;
    const days = { fromMs: Date.UTC(2026, 0, 10) + hours * 3_600_000, toMs: Date.UTC(2026, 0, 14, 17) };
    const { startMs, endMs } = makeGrid(days, day, "step");
    expect([startMs, endMs]).toEqual([days.fromMs, days.fromMs + 4 * day]);
    expect(makeGrid(days, day / 2, "step").startMs % (day / 2)).toBe(0);
  });

  test("a step wider than the range leaves one point", () => {
    expect(makeGrid(range, 1_000_000, "step")).toEqual({ startMs: 0, endMs: 0, stepMs: 1_000_000 });
  });
});

test.each<[string, string]>([
  ["rate(x[$__rate_interval])", "rate(x[1m])"],
  ["rate(x[${__interval}])", "rate(x[10s])"],
  ["increase(x[$__range])", "increase(x[3600s])"],
  ["x * $__range_s / $__interval_ms", "x * 3600 / 10000"],
  ["x[[__interval]]", "x10s"],
  ["x[$__rate_interval_ms]", "x[60000]"],
  ["${__from:date:YYYY} ${__to}", "1970 3600000"],
  ['label_replace(x, "a", "$1", "b", "(.*)")', 'label_replace(x, "a", "$1", "b", "(.*)")'],
])("%s becomes %s", (expr, expanded) => {
  const grid = { startMs: 0, endMs: 3_600_000, stepMs: 10_000 };

  expect(expandMacros(expr, grid, HOUR, 15_000)).toBe(expanded);
});

test.each<[string, number | undefined]>([
  ["30s", 30_000],
  ["15", 15_000],
  ["$__interval", undefined],
  ["${__rate_interval}", 60_000],
  ["soon", undefined],
])("a least step of %s is %s ms", (text, ms) => {
  expect(parseMinStep(text, 15_000)).toBe(ms);
});
