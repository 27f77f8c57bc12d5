/** A test alert: where it would go, what is sent, and what became of it. Pure. */

import { formatText } from "../../model/units";
import type { Notification, RouteNode, RouteTest, Routing, Texts } from "./api";
import { readMatcher } from "./matchers";
import { progressOf, statusOf } from "./notifications";

/** The label by which a test alert is known; `watchglass test-alert` uses the same. */
export const MARK = "watchglass_test";

/** For the attempts to deliver it, after a group's wait. */
const SLACK_MS = 30_000;

/** One way by which a receiver is told. */
export interface Way {
  receiver: string;
  /** `webhook`, …; empty where the receiver has nothing that sends. */
  kind: string;
  /** Among those of its kind. */
  place: number;
  /** Why it sends nothing; empty where it does. */
  disabled: string;
}

export interface Plan {
  ways: Way[];
  /** Why routes send nothing at this time. */
  muted: string[];
  /** How long the first notification waits for more alerts. */
  waitMs: number;
}

const walk = (route: RouteNode): RouteNode[] => [route, ...route.routes.flatMap(walk)];

function waysOf({ name, integrations }: Routing["receivers"][number]): Way[] {
  if (integrations.length === 0)
    return [{ receiver: name, kind: "", place: 0, disabled: "it has nothing that sends" }];
  return integrations.map(({ kind, disabled }, at) => {
    const place = integrations.slice(0, at).filter((one) => one.kind === kind).length;
    return { receiver: name, kind, place, disabled };
  });
}

/** Whom an alert that was tried would be told to. */
export function planOf({ route, receivers }: Routing, { verdicts, receivers: names }: RouteTest): Plan {
  const taken = (route === null ? [] : walk(route)).filter(({ id }) => verdicts[id]?.verdict === "taken");
  const whys = taken.map(({ id }) => verdicts[id]!.why);
  return {
    ways: receivers.filter(({ name }) => names.includes(name)).flatMap(waysOf),
    muted: whys.filter((why) => why.startsWith("sends nothing")),
    waitMs: Math.max(0, ...taken.map(({ groupWait }) => groupWait)),
  };
}

export const sending = ({ ways }: Plan): Way[] => ways.filter(({ disabled }) => disabled === "");

const FIRST = /^[\w -]+/;

/** A value that a matcher takes; undefined where that is not plain to see, or no value is asked for. */
function valueFor(text: string): [string, string] | undefined {
  const matcher = readMatcher(text);
  if (matcher?.operator === "=") return [matcher.name, matcher.value];
  const first = matcher?.operator === "=~" ? FIRST.exec(matcher.value)?.[0] : undefined;
  return first === undefined ? undefined : [matcher!.name, first];
}

/** Labels that lead to a receiver, as far as its matchers tell; undefined where no route names it. */
export function labelsTo(route: RouteNode, receiver: string, above: Texts = {}): Texts | undefined {
  const own = route.matchers.map(valueFor).filter((pair) => pair !== undefined);
  const labels: Texts = { ...above, ...Object.fromEntries(own) };
  for (const child of route.routes) {
    const found = labelsTo(child, receiver, labels);
    if (found !== undefined) return found;
  }
  return route.receiver === receiver ? labels : undefined;
}

/** What is sent; without times, which the server knows best. */
export const testAlert = (labels: Texts, mark: string, by: string) => ({
  labels: { alertname: "WatchglassTest", ...labels, [MARK]: mark },
  annotations: {
    summary: `Test alert by ${by}`,
    description: `Nothing is wrong: ${by} tries whether alerts arrive, from the Routing page.`,
  },
});

export interface Outcome {
  way: Way;
  kind: "ok" | "warn" | "crit" | "none";
  word: string;
  /** What the receiver answered, how long it took, or what is waited for. */
  says: string;
  /** Nothing more comes. */
  over: boolean;
}

const attemptsOf = (attempts: number): string => (attempts === 1 ? "1 attempt" : `${attempts} attempts`);

function told(way: Way, sent: Notification): Outcome {
  const [kind, word] = statusOf(sent);
  if (sent.status === "sending")
    return { way, kind, word, says: [sent.error, progressOf(sent)].filter(Boolean).join(" – "), over: false };
  const took = `in ${formatText((sent.tookMs ?? 0) / 1000, "s")}, ${attemptsOf(sent.attempts)}`;
  const says =
    sent.status === "sent" ? `Delivered ${took}` : `After ${attemptsOf(sent.attempts)}: ${sent.error}`;
  return { way, kind, word, says, over: true };
}

const isOf =
  ({ receiver, kind, place }: Way) =>
  (sent: Notification): boolean =>
    sent.receiver === receiver && sent.integration === kind && sent.place === place;

export interface Known {
  notifications: readonly Notification[];
  /** Why it is kept quiet; empty where it is not. */
  quiet: string;
  /** Since it was sent. */
  elapsedMs: number;
}

/** What became of it by each way. */
export function outcomesOf(plan: Plan, { notifications, quiet, elapsedMs }: Known): Outcome[] {
  const hush = quiet || plan.muted.join("; ");
  const isLate = elapsedMs > plan.waitMs + SLACK_MS;
  return plan.ways.map((way): Outcome => {
    if (way.disabled !== "")
      return { way, kind: "none", word: "Sends nothing", says: way.disabled, over: true };
    const of = notifications.filter(isOf(way));
    const sent = of.find(({ status }) => status !== "sending") ?? of[0];
    if (sent !== undefined) return told(way, sent);
    if (hush !== "") return { way, kind: "warn", word: "Kept quiet", says: hush, over: true };
    if (isLate)
      return {
        way,
        kind: "warn",
        word: "Not sent",
        says: "Nothing was sent in time: its group waits for its next turn.",
        over: true,
      };
    const leftS = Math.ceil((plan.waitMs - elapsedMs) / 1000);
    const says = leftS > 0 ? `Its group waits ${leftS} s more for other alerts` : "It is about to be sent";
    return { way, kind: "none", word: "Waiting", says, over: false };
  });
}
