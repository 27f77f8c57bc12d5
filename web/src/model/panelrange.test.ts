import { expect, test } from "vitest";
import { describeOverride, panelRange } from "./panelrange";

const NOW = 1_000_000_000;
const HOUR = 3_600_000;
const PAGE = { from: "now-6h", to: "now" };

test.each<[object, number, number, string | undefined]>([
  [{}, 6, 0, undefined],
  [{ timeFrom: "1h" }, 1, 0, "last 1h"],
  [{ timeFrom: "now-2h" }, 2, 0, "from now-2h"],
  [{ timeShift: "1h" }, 7, 1, "1h earlier"],
  [{ timeShift: "-1h/h" }, 7, 1, "1h/h earlier"],
  [{ timeFrom: "1h", timeShift: "2h" }, 3, 2, "last 1h, 2h earlier"],
  [{ timeFrom: "nonsense", timeShift: "$x" }, 6, 0, "last nonsense"],
  [{ timeFrom: "1h", hidesTime: true }, 1, 0, undefined],
])("%j is from %s to %s hours ago", (override, from, to, text) => {
  expect(panelRange(PAGE, override, NOW)).toEqual({ fromMs: NOW - from * HOUR, toMs: NOW - to * HOUR });
  expect(describeOverride(override, PAGE)).toBe(text);
});

test("a range that somebody chose on the calendar stays, and may be shifted", () => {
  const raw = { from: String(NOW * 10), to: String(NOW * 10 + HOUR) };

  expect(panelRange(raw, { timeFrom: "5m", timeShift: "1h" }, NOW)?.fromMs).toBe(NOW * 10 - HOUR);
  expect(describeOverride({ timeFrom: "5m" }, raw)).toBeUndefined();
});
