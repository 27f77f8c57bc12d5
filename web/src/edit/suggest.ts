/**
 * A first dashboard, by what matters of a service: requests, cost, latency, errors and resources. For each, panels over
 * the metrics that are there. The five areas are the advice of the hybrid stack's guide for dashboards of one's own. Pure.
 */

import type { Metric } from "../model/families";
import type { Json } from "../model/json";
import { addPanel, addRow, type Doc } from "./doc";
import { kindOf, newPanel } from "./kinds";

export interface Area {
  key: string;
  title: string;
  /** What it is to tell. */
  question: string;
}

export const AREAS: readonly Area[] = [
  { key: "requests", title: "Request volume and distribution", question: "How much is asked, and of what?" },
  { key: "cost", title: "Cost tracking and trends", question: "What does it cost, and where does that go?" },
  {
    key: "latency",
    title: "Latency and throughput",
    question: "How long does it take, and how much gets through?",
  },
  { key: "errors", title: "Error rates and types", question: "What fails, how often, and why?" },
  { key: "resources", title: "Resource utilization", question: "How full are the machines?" },
];

export interface Suggestion {
  /** The area's key and the metric's name. */
  key: string;
  area: string;
  metric: string;
  panel: Json;
}

interface Drawn {
  kind: string;
  title: string;
  expr: string;
  unit: string;
  legend?: string;
}

interface Idea {
  area: string;
  types: readonly string[];
  /** Of the metric's name. */
  pattern: RegExp;
  except?: RegExp;
  make: (name: string) => Drawn;
}

const ERRORS = /error|fail|exception|reject|timeout|dropped|retries/;
const MONEY = /cost|price|spend|spent|usd|dollar|budget|saving/;
const SECONDS = /duration|latency|seconds|_time\b|ttft/;

/** `http_requests_total` as `Http requests`. */
export function sayName(name: string): string {
  const words = name
    .replace(/_(total|bytes|seconds|ratio|bucket)(?=_|$)/g, "")
    .replaceAll(/[_:]+/g, " ")
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const rate = (name: string): string => `sum(rate(${name}[$__rate_interval]))`;
const inSeconds = (name: string): string => (/_ms$|_milliseconds/.test(name) ? "ms" : "s");

const asItIs = (name: string): Drawn => ({
  kind: "timeseries",
  title: sayName(name),
  expr: name,
  unit: name.endsWith("_bytes") ? "bytes" : name.endsWith("_ratio") ? "percentunit" : "short",
});

/** What a node exporter, or Watchglass itself, tells of a machine; the file systems are those that something is kept in. */
const FILES = 'fstype!~"tmpfs|devtmpfs|ramfs|squashfs|iso9660|nsfs|efivarfs"';
const used = (left: string, all: string): string => `1 - ${left} / ${all}`;

/** What takes several metrics to tell, or some of their series: how full the machines are. */
const MACHINES: readonly { needs: readonly string[]; about: string; drawn: Omit<Drawn, "kind" | "unit"> }[] =
  [
    {
      needs: ["node_cpu_seconds_total"],
      about: "Share of the time in which the processors are not idle.",
      drawn: {
        title: "Processors busy",
        expr: '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[$__rate_interval]))',
        legend: "{{instance}}",
      },
    },
    {
      needs: ["node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes"],
      about: "Share of the memory that no program could still have.",
      drawn: {
        title: "Memory used",
        expr: used("node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes"),
        legend: "{{instance}}",
      },
    },
    {
      needs: ["node_filesystem_avail_bytes", "node_filesystem_size_bytes"],
      about: "Share of each file system that is taken.",
      drawn: {
        title: "File systems used",
        expr: `max by (instance, mountpoint) (${used(`node_filesystem_avail_bytes{${FILES}}`, `node_filesystem_size_bytes{${FILES}}`)})`,
        legend: "{{instance}} {{mountpoint}}",
      },
    },
  ];

/** What stands first wins where a metric would fit several, and is offered first. */
const IDEAS: readonly Idea[] = [
  {
    area: "cost",
    types: ["counter"],
    pattern: MONEY,
    make: (name) => ({
      kind: "timeseries",
      title: `${sayName(name)} per hour`,
      expr: `${rate(name)} * 3600`,
      unit: "currencyUSD",
    }),
  },
  {
    area: "cost",
    types: ["gauge"],
    pattern: MONEY,
    make: (name) => ({ kind: "stat", title: sayName(name), expr: `sum(${name})`, unit: "currencyUSD" }),
  },
  {
    area: "cost",
    types: ["counter"],
    pattern: /token/,
    make: (name) => ({
      kind: "timeseries",
      title: `${sayName(name)} per second`,
      expr: rate(name),
      unit: "suffix: tok/s",
    }),
  },
  {
    area: "errors",
    types: ["counter"],
    pattern: ERRORS,
    make: (name) => ({
      kind: "timeseries",
      title: `${sayName(name)} per second`,
      expr: rate(name),
      unit: "cps",
    }),
  },
  {
    area: "latency",
    types: ["histogram"],
    pattern: SECONDS,
    make: (name) => ({
      kind: "timeseries",
      title: `${sayName(name)}, 95th percentile`,
      expr: `histogram_quantile(0.95, sum by (le) (rate(${name}_bucket[$__rate_interval])))`,
      unit: inSeconds(name),
      legend: "p95",
    }),
  },
  {
    area: "latency",
    types: ["summary"],
    pattern: SECONDS,
    make: (name) => ({
      kind: "timeseries",
      title: `${sayName(name)}, mean`,
      expr: `${rate(`${name}_sum`)} / ${rate(`${name}_count`)}`,
      unit: inSeconds(name),
      legend: "mean",
    }),
  },
  {
    area: "requests",
    types: ["counter"],
    pattern: /request|quer(y|ies)|calls?_|messages?_|http|sessions?_|jobs?_|tasks?_/,
    except: /bytes|seconds|^node_|disk/,
    make: (name) => ({
      kind: "timeseries",
      title: `${sayName(name)} per second`,
      expr: rate(name),
      unit: "reqps",
    }),
  },
  {
    area: "latency",
    types: ["gauge"],
    pattern: /in_flight|inflight|in_progress|queue|pending|waiting|active_(requests|connections)|throughput/,
    make: (name) => ({ kind: "timeseries", title: sayName(name), expr: `sum(${name})`, unit: "short" }),
  },
  {
    area: "resources",
    types: ["counter"],
    pattern: /cpu(_usage)?_seconds_total$/,
    make: (name) => ({
      kind: "timeseries",
      title: `${sayName(name)}: processors in use`,
      expr: rate(name),
      unit: "short",
    }),
  },
  {
    area: "resources",
    types: ["gauge"],
    pattern: /resident|working_set|vram|gpu|utili[sz]ation/,
    make: asItIs,
  },
  { area: "resources", types: ["gauge"], pattern: /load1$|_load_ratio$|temperature/, make: asItIs },
  {
    area: "resources",
    types: ["gauge"],
    pattern: /memory|mem_|heap|disk|filesystem|open_fds|threads/,
    make: asItIs,
  },
  {
    area: "resources",
    types: ["counter"],
    pattern: /bytes_total$/,
    make: (name) => ({
      kind: "timeseries",
      title: `${sayName(name)} per second`,
      expr: rate(name),
      unit: "binBps",
    }),
  },
];

const fits = ({ types, pattern, except }: Idea, { name, type }: Metric): boolean =>
  types.includes(type) && pattern.test(name) && except?.test(name) !== true;

/** Metrics of the things that watch say little of what is watched. */
const ABOUT_WATCHING = /^(watchglass|scrape|promhttp|prometheus)_|^go_(gc|memstats|sched)/;
/** What a query can name without quotes. */
const PLAIN = /^[a-zA-Z_:][\w:]*$/;

function panelOf(drawn: Drawn, description: string, bounds: Json = {}): Json {
  const { kind, title, expr, unit, legend } = drawn;
  const panel = newPanel(kind, title);
  const defaults = { ...(panel.fieldConfig as { defaults: Json }).defaults, unit, ...bounds };
  const target = { refId: "A", expr, ...(legend === undefined ? {} : { legendFormat: legend }) };
  return { ...panel, description, targets: [target], fieldConfig: { defaults, overrides: [] } };
}

interface Ranked extends Suggestion {
  /** What is offered first has the least. */
  rank: number;
}

function suggestion(metric: Metric): Ranked[] {
  const { name, help } = metric;
  if (ABOUT_WATCHING.test(name) || !PLAIN.test(name)) return [];
  const rank = IDEAS.findIndex((one) => fits(one, metric));
  const idea = IDEAS[rank];
  if (idea === undefined) return [];
  const { area, make } = idea;
  return [{ key: `${area} ${name}`, area, metric: name, panel: panelOf(make(name), help), rank }];
}

function ofMachines(names: ReadonlySet<string>): Suggestion[] {
  return MACHINES.filter(({ needs }) => needs.every((name) => names.has(name))).map(
    ({ needs, about, drawn }) => ({
      key: `resources ${needs[0]!}`,
      area: "resources",
      metric: needs[0]!,
      panel: panelOf({ kind: "timeseries", unit: "percentunit", ...drawn }, about, { min: 0, max: 1 }),
    }),
  );
}

/** Panels over the metrics that there are, the most telling first, at most so many an area. */
export function suggest(metrics: readonly Metric[], most: number): Suggestion[] {
  const machines = ofMachines(new Set(metrics.map(({ name }) => name)));
  const told = new Set(machines.map(({ metric }) => metric));
  const others = [...metrics]
    .sort((a, b) => a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
    .flatMap(suggestion)
    .filter(({ metric }) => !told.has(metric))
    .sort((a, b) => a.rank - b.rank);
  const all = [...machines, ...others];
  return AREAS.flatMap(({ key }) => all.filter(({ area }) => area === key).slice(0, most));
}

/** A document of the current form with nothing on it. */
export const emptyDocument = (title: string): Doc => ({
  title,
  tags: [],
  timezone: "browser",
  schemaVersion: 39,
  graphTooltip: 1,
  time: { from: "now-1h", to: "now" },
  refresh: "10s",
  templating: { list: [] },
  annotations: { list: [] },
  panels: [],
});

/** A dashboard of the chosen panels, a row an area. */
export function compose(title: string, chosen: readonly Suggestion[]): Doc {
  return AREAS.reduce((doc: Doc, area) => {
    const own = chosen.filter((one) => one.area === area.key);
    if (own.length === 0) return doc;
    return own.reduce(
      (made: Doc, { panel }) =>
        addPanel(made, panel, (kindOf(String(panel.type)) ?? kindOf("timeseries")!).size).doc,
      addRow(doc, area.title).doc,
    );
  }, emptyDocument(title));
}
