/** What became of notifications, in words and colours. Pure. */

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
