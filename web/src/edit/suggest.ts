/**
 * A first dashboard, by what matters of a service: requests, cost, latency, errors and resources. For each, panels over
 * the metrics that are there. The five areas are the advice of the hybrid stack's guide for dashboards of one's own. Pure.
 */

import type { Json } from "../model/json";
import { addPanel, addRow, type Doc } from "./doc";
import { kindOf, newPanel } from "./kinds";

/** A metric as `/api/v1/metadata` tells it. */
export interface Metric {
  name: string;
  /** counter, gauge, histogram, summary, or something else. */
  type: string;
  help: string;
}

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

interface Idea {
  area: string;
  types: readonly string[];
  /** Of the metric's name. */
  pattern: RegExp;
  except?: RegExp;
  make: (name: string) => { kind: string; title: string; expr: string; unit: string; legend?: string };
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

/** What stands first wins where a metric would fit several. */
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
    except: /bytes|seconds/,
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
    pattern: /in_flight|inflight|queue|pending|waiting|active_(requests|connections)|throughput/,
    make: (name) => ({ kind: "timeseries", title: sayName(name), expr: `sum(${name})`, unit: "short" }),
  },
  {
    area: "resources",
    types: ["counter"],
    pattern: /cpu_seconds_total$/,
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
    pattern: /memory|mem_|heap|resident|vram|gpu|disk|filesystem|load1\b|load1$|temperature|open_fds|threads/,
    make: (name) => ({
      kind: "timeseries",
      title: sayName(name),
      expr: name,
      unit: name.endsWith("_bytes") ? "bytes" : name.endsWith("_ratio") ? "percentunit" : "short",
    }),
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

function suggestion(metric: Metric): Suggestion[] {
  if (ABOUT_WATCHING.test(metric.name)) return [];
  const idea = IDEAS.find((one) => fits(one, metric));
  if (idea === undefined) return [];
  const { kind, title, expr, unit, legend } = idea.make(metric.name);
  const panel = newPanel(kind, title);
  const defaults = { ...(panel.fieldConfig as { defaults: Json }).defaults, unit };
  const target = { refId: "A", expr, ...(legend === undefined ? {} : { legendFormat: legend }) };
  return [
    {
      key: `${idea.area} ${metric.name}`,
      area: idea.area,
      metric: metric.name,
      panel: {
        ...panel,
        description: metric.help,
        targets: [target],
        fieldConfig: { defaults, overrides: [] },
      },
    },
  ];
}

/** Panels over the metrics that there are, at most so many an area. */
export function suggest(metrics: readonly Metric[], most: number): Suggestion[] {
  const all = [...metrics]
    .sort((a, b) => a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
    .flatMap(suggestion);
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
