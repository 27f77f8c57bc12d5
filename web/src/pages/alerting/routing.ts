/** The routing tree as the page shows and asks it. Pure. */

import { formatDuration } from "../../model/timerange";
import type { RouteNode, Texts, Verdict } from "./api";
import { readMatchers } from "./matchers";

const lasting = (ms: number): string => (ms === 0 ? "0s" : formatDuration(ms));

/** Labels as one types them: `severity=critical system="my app"`; undefined where something is no label. */
export function readLabels(text: string): Texts | undefined {
  const read = readMatchers(text);
  if (read === undefined) return undefined;
  if (read.some(({ operator }) => operator !== "=")) return undefined;
  return Object.fromEntries(read.map(({ name, value }) => [name, value]));
}

export const VERDICTS: Readonly<Record<Verdict, readonly ["ok" | "none", string]>> = {
  taken: ["ok", "Takes it"],
  passed: ["none", "Matches, hands it on"],
  unmatched: ["none", "Does not match"],
  unreached: ["none", "Not asked"],
};

/** What alerts are grouped by, in words. */
export const groupingOf = ({ groupBy }: RouteNode): string =>
  groupBy === null
    ? "every alert by itself"
    : groupBy.length === 0
      ? "all alerts together"
      : groupBy.join(", ");

/** `wait 30s, then every 5m, again after 4h`. */
export const timingOf = ({ groupWait, groupInterval, repeatInterval }: RouteNode): string =>
  `waits ${lasting(groupWait)}, news after ${lasting(groupInterval)}, again after ${lasting(repeatInterval)}`;

/** How the timings of a route differ from those of its parent; empty where they do not. */
export function changedTiming(node: RouteNode, parent: RouteNode | undefined): string {
  if (parent === undefined) return timingOf(node);
  const parts = [
    node.groupWait !== parent.groupWait && `waits ${lasting(node.groupWait)}`,
    node.groupInterval !== parent.groupInterval && `news after ${lasting(node.groupInterval)}`,
    node.repeatInterval !== parent.repeatInterval && `again after ${lasting(node.repeatInterval)}`,
  ];
  return parts.filter(Boolean).join(", ");
}

/** What a route groups by where its parent does not do the same. */
export const changedGrouping = (node: RouteNode, parent: RouteNode | undefined): string =>
  parent !== undefined && groupingOf(node) === groupingOf(parent) ? "" : groupingOf(node);
