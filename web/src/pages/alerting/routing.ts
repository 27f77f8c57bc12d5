/** The routing tree as the page shows and asks it. Pure. */

import { formatDuration } from "../../model/timerange";
import type { InhibitRule, NamedInterval, Receiver, RouteNode, Texts, Verdict } from "./api";
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

/** Whether a receiver has nothing that would send. */
export const isMute = ({ integrations }: Receiver): boolean =>
  integrations.length > 0 && integrations.every(({ disabled }) => disabled !== "");

/** Whether a receiver sends; one of a pack that was never given its secrets is no fault. */
export function sendingOf(receiver: Receiver): readonly ["ok" | "warn" | "crit" | "none", string] {
  const { integrations, shipped } = receiver;
  if (integrations.length === 0) return ["none", "Tells nobody"];
  if (integrations.every(({ disabled }) => disabled === "")) return ["ok", "Sends"];
  if (shipped) return ["none", isMute(receiver) ? "Not set up" : "Partly set up"];
  return isMute(receiver) ? ["crit", "Disabled"] : ["warn", "Partly disabled"];
}

/** The last part of a path. */
const fileName = (file: string): string => file.slice(file.lastIndexOf("/") + 1);

/** A file as a line names it: one of a pack whole, else by the last part of its path. */
export const shortFile = (file: string): string => (file.startsWith("packs/") ? file : fileName(file));

/** `alertmanager.yml, line 7`; empty where nobody wrote it. */
export const placeOf = ({ file, line }: { file: string; line: number }): string =>
  line === 0 ? "" : [shortFile(file), `line ${line}`].filter(Boolean).join(", ");

/** `inhibit_rules entry 2 of alertmanager.yml, line 30`. */
export const ruleAt = ({ name, place, ...at }: InhibitRule): string =>
  [name !== "" && `“${name}”,`, place > 0 && `inhibit_rules entry ${place} of`, placeOf(at)]
    .filter(Boolean)
    .join(" ");

const shortly = (matchers: readonly string[]): string =>
  matchers.length === 0 ? "Every alert" : `An alert with ${matchers.join(", ")}`;

/** `An alert with severity="critical" keeps those with severity="warning" quiet, of the same system`. */
export const inhibitionOf = ({ source, target, equal }: InhibitRule): string =>
  [
    shortly(source),
    ` keeps ${target.length === 0 ? "all others" : `those with ${target.join(", ")}`} quiet`,
    equal.length > 0 ? `, where both have the same ${equal.join(", ")}` : "",
  ].join("");

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

/** What a time interval does now: how weighty that is, and the word for it. */
export function intervalState({ holds, mutes }: NamedInterval): readonly ["ok" | "warn" | "none", string] {
  if (mutes) return holds ? ["warn", "Mutes now"] : ["none", "Does not mute now"];
  return holds ? ["ok", "Active now"] : ["warn", "Not active now"];
}
