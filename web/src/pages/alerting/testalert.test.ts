import { expect, test } from "vitest";
import type { Notification, RouteNode, Routing } from "./api";
import { labelsTo, outcomesOf, planOf, sending, testAlert, type Plan } from "./testalert";

const route = (receiver: string, matchers: string[], routes: RouteNode[] = []): RouteNode => ({
  id: `${receiver} ${matchers.join()}`,
  receiver,
  matchers,
  groupBy: [],
  groupWait: 30_000,
  groupInterval: 300_000,
  repeatInterval: 14_400_000,
  continue: false,
  muteTimes: [],
  activeTimes: [],
  line: 1,
  file: "a.yml",
  routes,
});

const PAGER = route("pager", ['severity=~"critical|page"', 'team!="x"']);
const ROOT = route("everybody", [], [route("chat", ['system="shop"'], [PAGER])]);

const on = (kind: string, disabled = "") => ({ kind, target: "", sendsResolved: true, disabled });

const ROUTING: Routing = {
  route: ROOT,
  file: "a.yml",
  receivers: [
    {
      name: "pager",
      shipped: false,
      integrations: [on("webhook"), on("webhook"), on("slack", "no api_url")],
    },
    { name: "everybody", shipped: false, integrations: [] },
    { name: "other", shipped: false, integrations: [on("email")] },
  ],
  inhibitRules: [],
  timeIntervals: [],
  notices: [],
};

const PLAN: Plan = planOf(ROUTING, {
  verdicts: { [PAGER.id]: { verdict: "taken", why: "" }, [ROOT.id]: { verdict: "passed", why: "" } },
  receivers: ["pager"],
});

const sent = (more: Partial<Notification>): Notification => ({
  timeMs: 0,
  receiver: "pager",
  integration: "webhook",
  place: 0,
  group: {},
  groupKey: "",
  status: "sent",
  reason: "first notification",
  firing: 1,
  resolved: 0,
  attempts: 1,
  error: "",
  tookMs: 400,
  nextMs: null,
  untilMs: null,
  ...more,
});

test("labels that lead to a receiver are those of its route and of those above it", () => {
  expect(labelsTo(ROOT, "pager")).toEqual({ system: "shop", severity: "critical" });
  expect(labelsTo(ROOT, "chat")).toEqual({ system: "shop" });
  expect(labelsTo(ROOT, "everybody")).toEqual({});
  expect(labelsTo(ROOT, "nobody")).toBeUndefined();
});

test("who would be told is told before", () => {
  expect(PLAN.ways.map(({ kind, place, disabled }) => [kind, place, disabled])).toEqual([
    ["webhook", 0, ""],
    ["webhook", 1, ""],
    ["slack", 0, "no api_url"],
  ]);
  expect([PLAN.waitMs, PLAN.muted, sending(PLAN).length]).toEqual([30_000, [], 2]);
  const nobody = planOf(ROUTING, { verdicts: {}, receivers: ["everybody"] });
  expect(sending(nobody)).toEqual([]);
});

test("what is sent is marked, and says that nothing is wrong", () => {
  const { labels, annotations } = testAlert({ severity: "critical" }, "ab12", "Ada");
  expect(labels).toEqual({ alertname: "WatchglassTest", severity: "critical", watchglass_test: "ab12" });
  expect(annotations.description).toContain("Nothing is wrong: Ada tries");
});

const words = (known: Partial<Parameters<typeof outcomesOf>[1]>): string[] =>
  outcomesOf(PLAN, { notifications: [], quiet: "", elapsedMs: 10_000, ...known }).map(
    ({ word, says, over }) => `${word}: ${says}${over ? "." : ""}`,
  );

test("each way says what became of it", () => {
  const refused = sent({ place: 1, status: "failed", attempts: 2, error: "unexpected status code 400" });
  expect(words({ notifications: [sent({}), refused] })).toEqual([
    "Sent: Delivered in 400\u00a0ms, 1 attempt.",
    "Failed: After 2 attempts: unexpected status code 400.",
    "Sends nothing: no api_url.",
  ]);
  expect(words({})[0]).toBe("Waiting: Its group waits 20 s more for other alerts");
  expect(words({ elapsedMs: 31_000 })[0]).toBe("Waiting: It is about to be sent");
  expect(words({ elapsedMs: 61_000 })[0]).toMatch(/^Not sent: .*next turn\.\.$/);
  expect(words({ quiet: "a silence" })[0]).toBe("Kept quiet: a silence.");
  const trying = sent({ status: "sending", attempts: 3, error: "no answer", tookMs: null });
  expect(words({ notifications: [trying] })[0]).toBe(
    "Retrying: no answer – 3 attempts failed; another one is under way",
  );
});
