import { afterEach, describe, expect, test } from "vitest";
import { formatTime, resolveBound } from "./timerange";
import { fromWallClock, isZone, setZone, wallClock, zoneNow } from "./zone";

afterEach(() => setZone("browser"));

const WINTER = Date.UTC(2026, 0, 15, 12);
const SUMMER = Date.UTC(2026, 6, 15, 12);

describe("a named zone", () => {
  test("has its own clock, in winter and in summer", () => {
    setZone("America/New_York");
    expect([WINTER, SUMMER].map((ms) => wallClock(ms).hour)).toEqual([7, 8]);
    expect(formatTime(WINTER)).toBe("2026-01-15 07:00:00");
  });

  test.each(["America/New_York", "Asia/Kolkata", "Europe/Berlin", "utc"])(
    "%s: what is written can be read",
    (zone) => {
      setZone(zone);
      for (const ms of [WINTER, SUMMER, Date.UTC(2026, 9, 25, 4), Date.UTC(2026, 2, 29, 5)]) {
        expect(fromWallClock(wallClock(ms))).toBe(ms);
        expect(resolveBound(formatTime(ms), 0)).toBe(ms);
      }
    },
  );

  test("says when its day begins", () => {
    setZone("Asia/Kolkata");
    expect(resolveBound("now/d", WINTER)).toBe(Date.UTC(2026, 0, 14, 18, 30));
    expect(resolveBound("now/d", WINTER, true)).toBe(Date.UTC(2026, 0, 15, 18, 30) - 1);
  });
});

test("a zone that does not exist is the browser's", () => {
  expect(isZone("Mars/Olympus")).toBe(false);
  setZone("Mars/Olympus");
  expect(zoneNow()).toBe("browser");
});
