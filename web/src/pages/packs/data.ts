/** What the pages of packs ask the server, and how it is told in words. */

import { getData } from "../../api/http";

export type JobHealth = "up" | "down" | "unknown" | "off";

export interface PackJob {
  name: string;
  kind: "metrics" | "http_probe";
  optional: boolean;
  targets: string[];
  metricsPath: string;
  scrapeInterval: string;
  health: JobHealth;
  up: number;
  down: number;
  /** Why it is not scraped; empty where it is. */
  reason: string;
  lastError: string;
}

export interface PackBoard {
  uid: string;
  title: string;
  description: string;
  /** Path as Grafana writes it: /d/UID/slug. */
  url: string;
}

export interface PackSummary {
  name: string;
  title: string;
  about: string;
  enabled: boolean;
  /** Its dashboards are those of its guide, mistakes included. */
  asWritten: boolean;
  ships: boolean;
  start: string;
  /** The start page first. */
  dashboards: PackBoard[];
  jobs: PackJob[];
  metricCount: number;
  differenceCount: number;
  hasBoard: boolean;
}

export interface PackFault {
  pack: string;
  message: string;
}

export interface PacksAnswer {
  packs: PackSummary[];
  faults: PackFault[];
  notices: string[];
}

export type Impact = "breaks" | "misleads" | "edge_case" | "legacy";

export interface Difference {
  where: string;
  as_written: string;
  corrected: string;
  why: string;
  impact: Impact;
}

export interface PackRule {
  group: string;
  /** The guide does not have it. */
  added: boolean;
  name: string;
  type: "alerting" | "recording";
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export interface PackMetric {
  name: string;
  type: "counter" | "gauge" | "histogram";
  help: string;
  unit: string;
  labels: string[];
}

export interface PackDetail extends PackSummary {
  differences: Difference[];
  rules: PackRule[];
  roles: Record<string, string>;
  metrics: PackMetric[];
  faults: string[];
}

export type Level = "healthy" | "degraded" | "unhealthy" | "";

export interface BoardRow {
  id: string;
  priority: string;
  metric: string;
  expr: string;
  unit: string;
  limits: Record<string, string>;
  reason: string;
  source: string;
  differs: string;
  value: number | null;
  grade: string;
  level: Level;
  why: string;
  baseline: { name: string; value: number | null } | null;
  alert: { name: string; severity: string; for: string } | null;
}

export interface HealthBoard {
  /** The words of the pack for the three levels, from best to worst. */
  grades: string[];
  note: string;
  rows: BoardRow[];
}

export const fetchPacks = (signal?: AbortSignal): Promise<PacksAnswer> => getData("api/v1/packs", {}, signal);

const address = (name: string): string => `api/v1/packs/${encodeURIComponent(name)}`;

export const fetchPack = (name: string, signal?: AbortSignal): Promise<PackDetail> =>
  getData(address(name), {}, signal);

export const fetchBoard = (name: string, signal?: AbortSignal): Promise<HealthBoard> =>
  getData(`${address(name)}/board`, {}, signal);

export type BadgeKind = "ok" | "warn" | "crit" | "none";

/** How the jobs of a pack are, all together, in a word and a colour. */
export function stateOf({ enabled, jobs }: PackSummary): readonly [BadgeKind, string] {
  if (!enabled) return ["none", "Off"];
  const scraped = jobs.filter(({ health }) => health !== "off");
  const count = (health: JobHealth): number => scraped.filter((job) => job.health === health).length;
  if (scraped.length === 0) return ["warn", "Nothing is scraped"];
  if (count("down") === scraped.length) return ["crit", "Down"];
  if (count("down") > 0) return ["warn", `${count("down")} of ${scraped.length} jobs down`];
  return count("up") > 0 ? ["ok", "Up"] : ["none", "Waiting"];
}

export const JOB_HEALTH: Readonly<Record<JobHealth, readonly [BadgeKind, string]>> = {
  up: ["ok", "Up"],
  down: ["crit", "Down"],
  unknown: ["none", "Waiting"],
  off: ["none", "Off"],
};

export const LEVELS: Readonly<Record<Level, BadgeKind>> = {
  healthy: "ok",
  degraded: "warn",
  unhealthy: "crit",
  "": "none",
};

export const IMPACTS: Readonly<Record<Impact, readonly [BadgeKind, string]>> = {
  breaks: ["crit", "Breaks"],
  misleads: ["warn", "Misleads"],
  edge_case: ["none", "Edge case"],
  legacy: ["none", "Legacy"],
};

/** `3 metrics`, `1 metric`. */
export const count = (number: number, thing: string): string =>
  `${number.toLocaleString("en")} ${thing}${number === 1 ? "" : "s"}`;

/** What switches a pack on: the command, and the settings file. */
export const switchOn = (name: string): string => `watchglass up --pack ${name}`;
export const inSettings = (name: string): string => `# watchglass.yml\npacks: [${name}]`;

/** By the file that stands before the first `>`, in their order. */
export function byFile(differences: readonly Difference[]): [file: string, inside: Difference[]][] {
  const found = new Map<string, Difference[]>();
  for (const each of differences) {
    const file = each.where.split(">")[0]!.trim();
    found.set(file, [...(found.get(file) ?? []), each]);
  }
  return [...found];
}

/** The place within its file; of the whole file, its name. */
export const placeIn = ({ where }: Difference): string =>
  where.includes(">") ? where.slice(where.indexOf(">") + 1).trim() : where;

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
