import { expect, test } from "vitest";
import { formatDate } from "./dateformat";

const AT = new Date(2026, 10, 3, 15, 4, 5, 60).getTime();

test.each<[string, string]>([
  ["YYYY-MM-DD HH:mm:ss.SSS", "2026-11-03 15:04:05.060"],
  ["ddd Do MMM YY, h:mm a", "Tue 3rd Nov 26, 3:04 pm"],
  ["[day] d", "day 2"],
  ["LL", "November 3, 2026"],
  ["M/D hh A", "11/3 03 PM"],
  ["x", String(AT)],
])("%s is %s", (pattern, text) => {
  expect(formatDate(AT, pattern)).toBe(text);
});

test("what is no time has no date", () => {
  expect(formatDate(NaN, "YYYY")).toBe("–");
});
