import { afterEach, expect, test, vi } from "vitest";
import { describeZone, listZones, sayZone, zoneToday } from "./zonelist";

afterEach(() => vi.restoreAllMocks());

test("a browser that lists old names offers today's too, once each and in order", () => {
  vi.spyOn(Intl, "supportedValuesOf").mockReturnValue([
    "Asia/Calcutta",
    "Europe/Berlin",
    "Europe/Kiev",
    "UTC",
  ]);
  const zones = listZones();
  const wanted = ["Asia/Calcutta", "Asia/Kolkata", "Europe/Berlin", "Europe/Kiev", "Europe/Kyiv"];
  expect(zones.filter((zone) => wanted.includes(zone))).toEqual(wanted);
  expect(zones).toContain("America/Argentina/Buenos_Aires");
  expect(zones).not.toContain("UTC");
});

test("a zone is called by its name of today", () => {
  expect(zoneToday("Asia/Saigon")).toBe("Asia/Ho_Chi_Minh");
  expect(zoneToday("America/Buenos_Aires")).toBe("America/Argentina/Buenos_Aires");
  expect(["Europe/Berlin", "utc", "browser"].map(zoneToday)).toEqual(["Europe/Berlin", "utc", "browser"]);
  expect(sayZone("Asia/Calcutta")).toBe("Asia/Calcutta (Asia/Kolkata)");
  expect(sayZone("America/New_York")).toBe("America/New York");
});

test("zones are described with their distance to UTC, the browser's own by its name of today", () => {
  expect(describeZone("utc", 0)).toBe("UTC");
  expect(describeZone("Asia/Kolkata", 0)).toBe("Asia/Kolkata (UTC+05:30)");
  const options = Intl.DateTimeFormat().resolvedOptions();
  vi.spyOn(Intl.DateTimeFormat.prototype, "resolvedOptions").mockReturnValue({
    ...options,
    timeZone: "Europe/Kiev",
  });
  expect(describeZone("browser", 0)).toBe("Europe/Kyiv (UTC+03:00)");
});
