/** What became of notifications, in words and colours. Pure. */

import { formatMoment } from "../../model/clock";
import type { Notification } from "./api";

export const STATUS: Readonly<Record<Notification["status"], readonly ["ok" | "crit" | "none", string]>> = {
  sent: ["ok", "Sent"],
  failed: ["crit", "Failed"],
  sending: ["none", "Under way"],
};

export const STATUSES = ["all", "sent", "failed", "sending"] as const;

/** `2 firing, 1 resolved`. */
export const countsOf = ({ firing, resolved }: Notification): string =>
  [firing > 0 && `${firing} firing`, resolved > 0 && `${resolved} resolved`].filter(Boolean).join(", ") ||
  "none";

/** Badge of a notification: one under way that has failed already stands out. */
export const statusOf = ({
  status,
  error,
}: Notification): readonly ["ok" | "warn" | "crit" | "none", string] =>
  status === "sending" && error !== "" ? ["warn", "Retrying"] : STATUS[status];

/** How far one is that is under way: `2 attempts failed; the next one in 3 s; given up at 12:05`; empty where it has ended. */
export function progressOf({ status, attempts, nextMs, untilMs }: Notification, nowMs = Date.now()): string {
  if (status !== "sending") return "";
  const until = untilMs === null ? "" : `; given up at ${formatMoment(untilMs, nowMs)}`;
  if (attempts === 0) return `The first attempt is under way${until}`;
  const failed = attempts === 1 ? "1 attempt failed" : `${attempts} attempts failed`;
  if (nextMs === null) return `${failed}; another one is under way${until}`;
  const wait = Math.max(0, Math.round((nextMs - nowMs) / 1000));
  return `${failed}; the next one ${wait === 0 ? "now" : `in ${wait} s`}${until}`;
}

/** Those of an alert as it is now, and those of when it fired before; an alert is told of once it holds. */
export function splitSent(
  notifications: readonly Notification[],
  sinceMs: number,
): [now: Notification[], earlier: Notification[]] {
  const isNow = ({ timeMs }: Notification): boolean => timeMs >= sinceMs;
  return [notifications.filter(isNow), notifications.filter((one) => !isNow(one))];
}

export interface NotificationFilter {
  status: (typeof STATUSES)[number];
  search: string;
}

/** The same that was sent again and again: the newest, how often, and since when. */
export interface Run {
  newest: Notification;
  count: number;
  firstMs: number;
}

const streamOf = ({ groupKey, receiver, integration }: Notification): string =>
  JSON.stringify([groupKey, receiver, integration]);

const isSame = (a: Notification, b: Notification): boolean =>
  a.status === b.status &&
  a.reason === b.reason &&
  a.error === b.error &&
  a.firing === b.firing &&
  a.resolved === b.resolved;

/** What is the same as the one before it, to the same receiver of the same group, is told once; the newest first. */
export function runsOf(notifications: readonly Notification[]): Run[] {
  const runs: Run[] = [];
  const last = new Map<string, Run>();
  for (const one of notifications) {
    const stream = streamOf(one);
    const run = last.get(stream);
    if (run !== undefined && isSame(run.newest, one)) {
      run.count += 1;
      run.firstMs = one.timeMs;
      continue;
    }
    const begun = { newest: one, count: 1, firstMs: one.timeMs };
    last.set(stream, begun);
    runs.push(begun);
  }
  return runs;
}

const textOf = ({ receiver, integration, group, reason, error }: Notification): string =>
  [
    receiver,
    integration,
    reason,
    error,
    ...Object.entries(group).map(([name, value]) => `${name}=${value} ${name}="${value}"`),
  ]
    .join(" ")
    .toLowerCase();

/** Every word of the search stands in the receiver, the group, the reason or the error. */
export const passesNotification = (one: Notification, { status, search }: NotificationFilter): boolean =>
  (status === "all" || one.status === status) &&
  search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => textOf(one).includes(word));
