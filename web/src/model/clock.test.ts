import { expect, test } from "vitest";
import { formatMoment } from "./clock";

const at = (text: string): number => new Date(text).getTime();
const zone = /^([A-Z]{2,5}|GMT[+-]\d{1,2}(:\d\d)?)$/;

test("a time of today stands without its day, and never without its zone", () => {
  const [time, name] = formatMoment(at("2026-11-21T18:05:59"), at("2026-11-21T23:00:00")).split(" ");

  expect(time).toBe("18:05");
  expect(name).toMatch(zone);
});

test("another day is said", () => {
  expect(formatMoment(at("2026-11-20T18:05:00"), at("2026-11-21T01:00:00"))).toMatch(/^2026-11-20 18:05 /);
});
