/** What the Status page asks the server, and how it is read. */

import { getData } from "../../api/http";
import { formatDuration } from "../../model/timerange";
import { formatText } from "../../model/units";

export type Condition = "ok" | "degraded" | "starting" | "failed" | "stopping";

export interface Component {
  status: Condition;
  detail?: string;
  [figure: string]: unknown;
}

export interface HealthReport {
  status: Condition;
  version: string;
  components: Record<string, Component>;
}

export type Texts = Record<string, string>;

export interface Runtime {
  startTime: string;
  serverTime?: string;
  CWD: string;
  hostname?: string;
  reloadConfigSuccess: boolean;
  lastConfigTime: string;
  corruptionCount: number;
  threadCount?: number;
  processCpuSeconds?: number;
  headSeries?: number;
  storageBytes?: number;
  storageRetention: string;
}

export interface Count {
  name: string;
  value: number;
}

export interface TargetCount {
  job: string;
  instance: string;
  value: number;
}

export interface ByTarget {
  /** 0 means none. */
  limits: { seriesPerTarget: number; seriesPerMetric: number };
  seriesCountByTarget: TargetCount[];
  /** Series beyond a limit, and the metrics with most of them. */
  leftOut: (TargetCount & { metrics: Count[] })[];
}

export interface Tsdb {
  headStats: {
    numSeries: number;
    numLabelPairs: number;
    chunkCount: number;
    minTime: number;
    maxTime: number;
  };
  seriesCountByMetricName: Count[];
  labelValueCountByLabelName: Count[];
  memoryInBytesByLabelName: Count[];
  seriesCountByLabelValuePair: Count[];
}

export interface RunningQuery {
  query?: string;
  client?: string;
  seconds?: number;
  state?: string;
}

export interface Running {
  queries: RunningQuery[];
  memoryBytes: number;
  memoryLimitBytes: number;
}

/** The answer is 503 where a part has failed, and says which just the same. */
export async function fetchHealth(signal: AbortSignal): Promise<HealthReport> {
  const response = await fetch("health", { signal });
  return (await response.json()) as HealthReport;
}

export const fetchStatus = <T>(page: string, signal: AbortSignal): Promise<T> =>
  getData(`api/v1/status/${page}`, {}, signal);

export const fetchByTarget = (limit: number, signal?: AbortSignal): Promise<ByTarget> =>
  getData("api/v1/watchglass/cardinality", { limit }, signal);

export const fetchTsdb = (limit: number, signal: AbortSignal): Promise<Tsdb> =>
  getData("api/v1/status/tsdb", { limit }, signal);

/** `1296000s or 0 bytes`, as runtimeinfo says it, for people: `15d`, `15d or 10 GiB`, `for ever`. */
export function describeRetention(text: string): string {
  const [, seconds = "", bytes = ""] = /^(\d+)s or (\d+) bytes$/.exec(text) ?? [];
  if (seconds === "") return text;
  const time = Number(seconds) > 0 ? formatDuration(Number(seconds) * 1000) : "";
  const size = Number(bytes) > 0 ? formatText(Number(bytes), "bytes") : "";
  return [time, size].filter(Boolean).join(" or ") || "for ever";
}

/** Bounds on what may be asked or kept, among all settings. */
export const isLimit = (name: string): boolean =>
  /(^|[._-])(max|limit|limits|timeout|memory|concurrency|threads|retention|points|samples|lookback)([._-]|$)/.test(
    name,
  );

const DURATION = /(^|[._])(time|timeout|lookback|interval|settled_after|window|refresh|deleted_age)$/;
const BYTES = /(^|[._])(size|memory|cache|(body|answer|size|import)_limit)$/;

/** A setting for people: the server gives durations in ms and sizes in bytes. */
export function describeSetting(name: string, value: string): string {
  if (!/^\d+$/.test(value)) return value;
  if (DURATION.test(name)) return Number(value) === 0 ? "0" : formatDuration(Number(value));
  return BYTES.test(name) ? formatText(Number(value), "bytes") : Number(value).toLocaleString("en");
}

/** `scrape_duration_seconds` of a figure's name: `size bytes` becomes its words. */
export const words = (name: string): string => name.replaceAll("_", " ");
