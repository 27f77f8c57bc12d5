/** Alerts as the page lists them: what the rules say, joined with what the routing makes of it. Pure. */

import type { AlertingRule, RoutedAlert, RuleAlert, RuleGroup, Texts } from "./api";

export type AlertState = "firing" | "pending";

/** What routing makes of an alert. */
export interface Routed {
  fingerprint: string;
  /** Its own, and those that were added on the way. */
  labels: Texts;
  /** When it began to fire. */
  startsMs: number;
  receivers: readonly string[];
  silencedBy: readonly string[];
  inhibitedBy: readonly string[];
  mutedBy: readonly string[];
}

export interface AlertRow {
  /** Names it in the address: the same as long as it is the same alert. */
  id: string;
  name: string;
  state: AlertState;
  severity: string;
  /** The pack or system that it belongs to; empty for none. */
  system: string;
  labels: Texts;
  annotations: Texts;
  sinceMs: number;
  /** Of the expression, when it was evaluated last; undefined for an alert from elsewhere. */
  value: number | undefined;
  /** Since when only its rule keeps it firing: what it is about is over. */
  keptMs: number | undefined;
  /** Until when it still counts as firing, though its rule does not say so: heard of before a restart or a reload. */
  leftUntilMs: number | undefined;
  /** Undefined for an alert that no rule here has raised. */
  rule: AlertingRule | undefined;
  group: string;
  file: string;
  /** Undefined while no routing has heard of it. */
  routed: Routed | undefined;
  /** Where what raised it is shown. */
  source: string;
}

/** A float as Go writes it. */
export function goFloat(text: string): number {
  const value = { "+Inf": Infinity, "-Inf": -Infinity, Inf: Infinity }[text];
  return value ?? Number(text);
}

/** A name for a label set that stays the same. */
const idOf = (labels: Texts): string => {
  const text = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193);
  return `${labels.alertname ?? ""}-${(hash >>> 0).toString(36)}`;
};

const routedOf = ({ fingerprint, labels, startsAt, receivers, status }: RoutedAlert): Routed => ({
  fingerprint,
  labels,
  startsMs: Date.parse(startsAt),
  receivers: receivers.map(({ name }) => name),
  silencedBy: status.silencedBy,
  inhibitedBy: status.inhibitedBy,
  mutedBy: status.mutedBy ?? [],
});

/** Whether the routed alert is this one: external labels may have been added on the way. */
const isSame = (labels: Texts, routed: RoutedAlert): boolean =>
  Object.entries(labels).every(([name, value]) => routed.labels[name] === value);

const pairsOf = (labels: Texts): string[] => Object.entries(labels).map((pair) => JSON.stringify(pair));

/** Finds what was routed of an alert, by the label of it that the fewest have; each is given out once. */
class Finder {
  private readonly having = new Map<string, RoutedAlert[]>();
  private readonly given = new Set<RoutedAlert>();

  constructor(private readonly routed: readonly RoutedAlert[]) {
    for (const one of routed)
      for (const pair of pairsOf(one.labels)) entry(this.having, pair, (): RoutedAlert[] => []).push(one);
  }

  take(labels: Texts, fits: (one: RoutedAlert) => boolean = () => true): RoutedAlert | undefined {
    const lists = pairsOf(labels).map((pair) => this.having.get(pair) ?? []);
    const fewest = lists.sort((a, b) => a.length - b.length)[0] ?? [];
    const fitting = fewest.filter((one) => !this.given.has(one) && isSame(labels, one) && fits(one));
    const count = (one: RoutedAlert): number => Object.keys(one.labels).length;
    const found = fitting.sort((a, b) => count(a) - count(b))[0];
    if (found !== undefined) this.given.add(found);
    return found;
  }

  rest(): RoutedAlert[] {
    return this.routed.filter((one) => !this.given.has(one));
  }
}

const common = (labels: Texts, annotations: Texts) => ({
  id: idOf(labels),
  name: labels.alertname ?? "Alert without a name",
  severity: labels.severity ?? "",
  system: labels.system ?? "",
  labels,
  annotations,
});

const ownRow = (alert: RuleAlert, rule: AlertingRule, group: RuleGroup, finder: Finder): AlertRow => {
  const fires = alert.state === "firing";
  const routed = fires ? finder.take(alert.labels) : undefined;
  const left = fires ? undefined : finder.take(alert.labels, ({ own }) => own === true);
  return {
    ...common(alert.labels, alert.annotations),
    state: alert.state,
    sinceMs: Date.parse(alert.activeAt),
    value: goFloat(alert.value),
    keptMs: alert.keepFiringSince === undefined ? undefined : Date.parse(alert.keepFiringSince),
    leftUntilMs: left && Date.parse(left.endsAt),
    rule,
    group: group.name,
    file: group.file,
    routed: routed && routedOf(routed),
    source: "",
  };
};

/** Where alerts are listed that no rule here raises now. */
const ELSEWHERE = "Sent by other servers";
const LEFT = "Left from before";

/** One that another server has sent, or a rule of this one before a restart or a reload; what ended is not listed. */
const otherRow = (alert: RoutedAlert): AlertRow => ({
  ...common(alert.labels, alert.annotations),
  state: "firing",
  sinceMs: Date.parse(alert.startsAt),
  value: undefined,
  keptMs: undefined,
  leftUntilMs: alert.own === true ? Date.parse(alert.endsAt) : undefined,
  rule: undefined,
  group: alert.own === true ? LEFT : ELSEWHERE,
  file: "",
  routed: routedOf(alert),
  source: alert.generatorURL ?? "",
});

/** Every alert that fires or waits to. */
export function listAlerts(groups: readonly RuleGroup[], routed: readonly RoutedAlert[]): AlertRow[] {
  const finder = new Finder(routed);
  const own = groups.flatMap((group) =>
    group.rules.flatMap((rule) =>
      rule.type === "alerting" ? (rule.alerts ?? []).map((alert) => ownRow(alert, rule, group, finder)) : [],
    ),
  );
  return [...own, ...finder.rest().map(otherRow)];
}

export const isSilenced = ({ routed }: AlertRow): boolean => (routed?.silencedBy.length ?? 0) > 0;
export const isInhibited = ({ routed }: AlertRow): boolean => (routed?.inhibitedBy.length ?? 0) > 0;
export const isMuted = ({ routed }: AlertRow): boolean => (routed?.mutedBy.length ?? 0) > 0;
/** It fires, and nobody is told. */
export const isQuiet = (row: AlertRow): boolean => isSilenced(row) || isInhibited(row) || isMuted(row);

const RANKS: Readonly<Record<string, number>> = {
  critical: 0,
  page: 0,
  emergency: 0,
  error: 1,
  high: 1,
  warning: 2,
  medium: 2,
  info: 4,
  low: 4,
  none: 5,
};
const OTHER_RANK = 3;

/** The worst first. */
export const rankOf = (severity: string): number => RANKS[severity.toLowerCase()] ?? OTHER_RANK;

export const kindOf = (severity: string): "crit" | "warn" | "none" =>
  rankOf(severity) <= 1 ? "crit" : rankOf(severity) === 2 ? "warn" : "none";

/** How what fires stands out; what says nothing of its weight is taken as the worst. */
export const firingKind = (severity: string): "crit" | "warn" | "info" => {
  const kind = severity === "" ? "crit" : kindOf(severity);
  return kind === "none" ? "info" : kind;
};

const STATE_RANKS = { firing: 0, pending: 1 } as const;

const byWeight = (a: AlertRow, b: AlertRow): number =>
  STATE_RANKS[a.state] - STATE_RANKS[b.state] ||
  Number(isQuiet(a)) - Number(isQuiet(b)) ||
  rankOf(a.severity) - rankOf(b.severity) ||
  b.sinceMs - a.sinceMs ||
  a.id.localeCompare(b.id);

export const STATES = ["all", "firing", "pending", "quiet"] as const;

export interface Filter {
  state: (typeof STATES)[number];
  severity: string;
  search: string;
}

const inState = (row: AlertRow, state: Filter["state"]): boolean =>
  state === "all" || (state === "quiet" ? isQuiet(row) : row.state === state && !isQuiet(row));

const textOf = ({ name, group, labels, annotations }: AlertRow): string =>
  [
    name,
    group,
    ...Object.entries(labels).map(([label, value]) => `${label}=${value} ${label}="${value}"`),
    ...Object.values(annotations),
  ]
    .join(" ")
    .toLowerCase();

/** Every word of the search stands in a label, an annotation or the group. */
export const passes = (row: AlertRow, { state, severity, search }: Filter): boolean =>
  inState(row, state) &&
  (severity === "" || row.severity === severity) &&
  search
    .toLowerCase()
    .split(/\s+/)
    .every((part) => textOf(row).includes(part));

/** How many alerts are in which state. */
export const countStates = (rows: readonly AlertRow[]): Record<Filter["state"], number> => ({
  all: rows.length,
  firing: rows.filter((row) => inState(row, "firing")).length,
  pending: rows.filter((row) => inState(row, "pending")).length,
  quiet: rows.filter(isQuiet).length,
});

/** The severities there are, the worst first. */
export const severitiesOf = (rows: readonly AlertRow[]): string[] =>
  [...new Set(rows.map(({ severity }) => severity))]
    .filter((severity) => severity !== "")
    .sort((a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b));

export interface AlertGroup {
  name: string;
  file: string;
  rows: AlertRow[];
}

export interface System {
  /** Empty for alerts that name none. */
  name: string;
  groups: AlertGroup[];
}

/** Where a new entry goes: made when it is first asked for. */
function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** By system and group; whatever is worst stands first, at every level. */
export function groupAlerts(rows: readonly AlertRow[]): System[] {
  const systems = new Map<string, Map<string, AlertGroup>>();
  for (const row of [...rows].sort(byWeight)) {
    const groups = entry(systems, row.system, () => new Map<string, AlertGroup>());
    const { group: name, file } = row;
    entry(groups, `${file}\n${name}`, (): AlertGroup => ({ name, file, rows: [] })).rows.push(row);
  }
  return [...systems].map(([name, groups]) => ({ name, groups: [...groups.values()] }));
}

/** Labels that the list shows of an alert: not those that stand there in other words. */
const SAID = ["alertname", "severity", "system"] as const;

export const shownLabels = (labels: Texts, said: readonly string[] = SAID): [string, string][] =>
  Object.entries(labels).filter(([name]) => !said.includes(name));

export const OPEN = "alert";

/** Where the page shows it, opened. */
export const alertAddress = ({ id }: AlertRow): string => `alerts?${OPEN}=${encodeURIComponent(id)}`;

/** What is said of it in one line, and what in more. */
export function wordsOf({ annotations }: AlertRow): { summary: string; more: [string, string][] } {
  const { summary = "", description = "", message = "", ...rest } = annotations;
  const first = summary || message || description;
  const more: [string, string][] = [];
  if (description !== "" && description !== first) more.push(["Description", description]);
  if (message !== "" && message !== first) more.push(["Message", message]);
  return { summary: first, more: [...more, ...Object.entries(rest)] };
}
