import { expect, test } from "vitest";
import type { Notification } from "./api";
import { setZone } from "../../model/zone";
import { countsOf, passesNotification, progressOf, runsOf, splitSent, statusOf } from "./notifications";

const sent = (timeMs: number, more: Partial<Notification> = {}): Notification => ({
  timeMs,
  receiver: "pager",
  integration: "webhook",
  place: 0,
  group: { alertname: "Down" },
  groupKey: '{}:{alertname="Down"}',
  status: "sent",
  reason: "first notification",
  firing: 1,
  resolved: 0,
  attempts: 1,
  error: "",
  tookMs: 12,
  nextMs: null,
  untilMs: null,
  ...more,
});

setZone("utc");

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

test("one that is under way says how far it is", () => {
  const nowMs = Date.UTC(2026, 10, 22, 12, 0, 0);
  const sending = { status: "sending", tookMs: null, attempts: 0, untilMs: nowMs + 300_000 } as const;
  const said = (more: Partial<Notification>): string =>
    progressOf(sent(nowMs, { ...sending, ...more }), nowMs);
  expect(said({})).toBe("The first attempt is under way; given up at 12:05 UTC");
  const failed = { attempts: 2, error: "connection refused" } as const;
  expect(said({ ...failed, nextMs: nowMs + 3_200 })).toBe(
    "2 attempts failed; the next one in 3 s; given up at 12:05 UTC",
  );
  expect(said({ ...failed, nextMs: nowMs - 50 })).toContain("the next one now");
  expect(said({ ...failed, attempts: 1 })).toContain("1 attempt failed; another one is under way");
  expect(progressOf(sent(nowMs), nowMs)).toBe("");
  expect(statusOf(sent(nowMs, { ...sending, ...failed }))).toEqual(["warn", "Retrying"]);
  expect(statusOf(sent(nowMs, sending))).toEqual(["none", "Under way"]);
});

test("what was sent when it fired before stands apart", () => {
  const all = [sent(9), sent(5), sent(4)];
  expect(splitSent(all, 5)).toEqual([[all[0], all[1]], [all[2]]]);
});
