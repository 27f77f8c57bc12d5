import { afterEach, expect, test } from "vitest";
import { resolveBound } from "../model/timerange";
import { setZone, zoneNow } from "../model/zone";
import { ownTimes, showTimesOf, zoneOf } from "./zone";

afterEach(() => {
  showTimesOf();
  setZone("browser");
});

test("the address goes before the dashboard, and that before what was chosen once", () => {
  expect(zoneOf("utc", "Asia/Tokyo", "Europe/Berlin")).toBe("utc");
  expect(zoneOf(undefined, "Asia/Tokyo", "Europe/Berlin")).toBe("Asia/Tokyo");
  expect(zoneOf(undefined, undefined, "Europe/Berlin")).toBe("Europe/Berlin");
});

test.each([
  ["utc", "utc"],
  ["UTC", "utc"],
  ["Europe/Berlin", "Europe/Berlin"],
  ["browser", undefined],
  ["", undefined],
  ["Nowhere/Land", undefined],
  [undefined, undefined],
])("a dashboard's %s", (timezone, zone) => {
  expect(ownTimes({ timezone }).zone).toBe(zone);
});

test("a dashboard is drawn in its zone, with its week and year, as long as it is there", () => {
  showTimesOf({ timezone: "Asia/Tokyo", weekStart: "sunday", fiscalYearStartMonth: 3 });

  expect(zoneNow()).toBe("Asia/Tokyo");
  const saturday = Date.UTC(2026, 10, 21, 12);
  expect(resolveBound("now/w", saturday)).toBe(Date.UTC(2026, 10, 14, 15));
  expect(resolveBound("now/fy", saturday)).toBe(Date.UTC(2026, 2, 31, 15));

  showTimesOf();
  expect(zoneNow()).toBe("browser");
});
