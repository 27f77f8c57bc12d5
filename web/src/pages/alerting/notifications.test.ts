import { expect, test } from "vitest";
import type { Notification } from "./api";
import { countsOf, passesNotification, runsOf } from "./notifications";

const sent = (timeMs: number, more: Partial<Notification> = {}): Notification => ({
  timeMs,
  receiver: "pager",
  integration: "webhook",
  group: { alertname: "Down" },
  groupKey: '{}:{alertname="Down"}',
  status: "sent",
  reason: "first notification",
  firing: 1,
  resolved: 0,
  attempts: 1,
  error: "",
  tookMs: 12,
  ...more,
});

const REFUSED = { receiver: "chat", status: "failed", error: "unexpected status code 400" } as const;

test("what fails again and again is told once", () => {
  const all = [
    sent(9, REFUSED),
    sent(8, REFUSED),
    sent(7),
    sent(6, REFUSED),
    sent(5, { ...REFUSED, error: "gone" }),
  ];
  expect(runsOf(all).map(({ newest, count, firstMs }) => [newest.timeMs, count, firstMs])).toEqual([
    [9, 3, 6],
    [7, 1, 7],
    [5, 1, 5],
  ]);
});

test.each([
  [{ status: "all", search: 'alertname="down" pager' }, true],
  [{ status: "failed", search: "" }, false],
  [{ status: "all", search: "chat" }, false],
] as const)("%j", (filter, passes) => {
  expect(passesNotification(sent(1), filter)).toBe(passes);
});

test("counts are words", () => {
  expect(countsOf(sent(1, { firing: 2, resolved: 1 }))).toBe("2 firing, 1 resolved");
  expect(countsOf(sent(1, { firing: 0 }))).toBe("none");
});
