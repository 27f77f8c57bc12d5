import { afterEach, describe, expect, test } from "vitest";
import { ISO_CALENDAR, setCalendar } from "./datemath";
import {
  describeAge,
  abbreviateRange,
  describeRange,
  formatDuration,
  formatTime,
  parseDuration,
  parseRefresh,
  resolveBound,
  resolveRange,
  zoomOut,
} from "./timerange";
import { setZone } from "./zone";

const NOW = new Date(2026, 10, 21, 9, 41, 7).getTime(); // a Saturday

describe("resolveBound", () => {
  test.each<[string, number | undefined]>([
    ["now", NOW],
    ["now-5m", NOW - 300_000],
    ["now+1h", NOW + 3_600_000],
    ["now/d", new Date(2026, 10, 21).getTime()],
    ["now-1d/d", new Date(2026, 10, 20).getTime()],
    ["now/w", new Date(2026, 10, 16).getTime()],
    ["now/M", new Date(2026, 10, 1).getTime()],
    ["1795254000000", 1_795_254_000_000],
    ["2026-11-21 09:30:00", new Date(2026, 10, 21, 9, 30).getTime()],
    ["yesterday", undefined],
    ["now-5", undefined],
    ["", undefined],
  ])("%s", (text, expected) => {
    expect(resolveBound(text, NOW)).toBe(expected);
  });

  test("as an end, rounding goes to the last millisecond", () => {
    expect(resolveBound("now/d", NOW, true)).toBe(new Date(2026, 10, 22).getTime() - 1);
    expect(resolveBound("now/M", NOW, true)).toBe(new Date(2026, 11, 1).getTime() - 1);
  });
});

test("a range needs from before to", () => {
  expect(resolveRange({ from: "now-1h", to: "now" }, NOW)).toEqual({ fromMs: NOW - 3_600_000, toMs: NOW });
  expect(resolveRange({ from: "now", to: "now-1h" }, NOW)).toBeUndefined();
});

test.each<[string, number | undefined]>([
  ["15s", 15_000],
  ["1h30m", 5_400_000],
  ["250ms", 250],
  ["5", undefined],
  ["off", undefined],
])("parseDuration %s", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each<[number, string]>([
  [90_000, "90s"],
  [3_600_000, "1h"],
  [250, "250ms"],
])("formatDuration %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test("a range is described by its preset, its span, or its bounds", () => {
  expect(describeRange({ from: "now-15m", to: "now" })).toBe("Last 15 minutes");
  expect(describeRange({ from: "now-90m", to: "now" })).toBe("Last 90m");
  expect(abbreviateRange({ from: "now-90m", to: "now" })).toBe("90m");
  expect(abbreviateRange({ from: "now-1d/d", to: "now/d" })).toBe("now-1d/d to now/d");
  expect(describeRange({ from: String(NOW), to: "now" })).toBe(`${formatTime(NOW)} to now`);
  expect(describeRange({ from: new Date(NOW).toISOString(), to: "now" })).toBe(`${formatTime(NOW)} to now`);
  expect(describeRange({ from: String(NOW), to: String(NOW + 60_000) })).toBe(
    "2026-11-21 09:41:07 to 09:42:07",
  );
});

test.each<[number, string]>([
  [5000, "5 s"],
  [180_000, "3 min"],
  [3 * 3_600_000, "3 h"],
  [5 * 86_400_000, "5 d"],
])("describeAge %s", (ms, text) => {
  expect(describeAge(ms)).toBe(text);
});

test("zooming out doubles the span and never shows the future", () => {
  const past = zoomOut({ fromMs: NOW - 300_000, toMs: NOW - 200_000 }, NOW);
  const latest = zoomOut({ fromMs: NOW - 100_000, toMs: NOW }, NOW);

  expect(past).toEqual({ from: String(NOW - 350_000), to: String(NOW - 150_000) });
  expect(latest).toEqual({ from: String(NOW - 200_000), to: String(NOW) });
});

describe("steps of a calendar", () => {
  afterEach(() => {
    setZone("browser");
    setCalendar(ISO_CALENDAR);
  });
  const at = (text: string, now: string, end = false): string | undefined => {
    setZone("utc");
    const ms = resolveBound(text, Date.parse(now), end);
    return ms === undefined ? undefined : new Date(ms).toISOString();
  };

  test.each<[string, string, string]>([
    ["now-1M/M", "2026-03-31T12:00:00Z", "2026-02-01T00:00:00.000Z"],
    ["now-1M", "2026-03-31T12:00:00Z", "2026-02-28T12:00:00.000Z"],
    ["now-13M", "2026-01-15T12:00:00Z", "2024-12-15T12:00:00.000Z"],
    ["now-1y", "2028-02-29T12:00:00Z", "2027-02-28T12:00:00.000Z"],
    ["now-1y/y", "2028-12-31T12:00:00Z", "2027-01-01T00:00:00.000Z"],
    ["now/d+8h", "2026-03-31T12:00:00Z", "2026-03-31T08:00:00.000Z"],
    ["now-1d/d+6h", "2026-03-31T12:00:00Z", "2026-03-30T06:00:00.000Z"],
    ["now-d", "2026-03-31T12:00:00Z", "2026-03-30T12:00:00.000Z"],
    ["now-1Q/Q", "2026-05-31T12:00:00Z", "2026-01-01T00:00:00.000Z"],
    ["now/fQ", "2026-05-31T12:00:00Z", "2026-04-01T00:00:00.000Z"],
  ])("%s on %s", (text, now, expected) => {
    expect(at(text, now)).toBe(expected);
  });

  test("the fiscal year begins with the dashboard's month", () => {
    setCalendar({ weekStart: 1, fiscalStart: 9 });
    expect(at("now/fy", "2026-03-31T12:00:00Z")).toBe("2025-10-01T00:00:00.000Z");
    expect(at("now/fy", "2026-03-31T12:00:00Z", true)).toBe("2026-09-30T23:59:59.999Z");
  });

  test("the week begins with the dashboard's day", () => {
    setCalendar({ weekStart: 0, fiscalStart: 0 });
    expect(at("now/w", "2026-11-21T12:00:00Z")).toBe("2026-11-15T00:00:00.000Z");
  });

  test("the end of a month is that month's, however long", () => {
    expect(at("now-1M/M", "2026-03-31T12:00:00Z", true)).toBe("2026-02-28T23:59:59.999Z");
    expect(at("now/M", "2026-02-10T12:00:00Z", true)).toBe("2026-02-28T23:59:59.999Z");
  });

  test("yesterday is yesterday also after the night in which the clock goes forward", () => {
    setZone("Europe/Berlin");
    const monday = Date.UTC(2026, 2, 29, 22, 30); // 00:30 on 30 March
    expect(resolveBound("now-1d/d", monday)).toBe(Date.UTC(2026, 2, 28, 23));
  });

  test("an hour that comes twice begins twice", () => {
    setZone("Europe/Berlin");
    expect(resolveBound("now-1h/h", Date.UTC(2026, 9, 25, 1, 30))).toBe(Date.UTC(2026, 9, 25, 0));
    expect(resolveBound("now/h", Date.UTC(2026, 9, 25, 1, 30))).toBe(Date.UTC(2026, 9, 25, 1));
  });

  test("an hour begins where the zone's hours do", () => {
    setZone("Asia/Kolkata");
    expect(resolveBound("now/h", Date.UTC(2026, 0, 1, 12, 10))).toBe(Date.UTC(2026, 0, 1, 11, 30));
  });
});

test.each([
  ["5s", 5000],
  ["1ms", 1000],
  ["30d", 2 ** 31 - 1],
  ["off", 0],
  ["", 0],
  ["0s", 0],
])("a page refreshes every %s", (text, ms) => {
  expect(parseRefresh(text)).toBe(ms);
});
