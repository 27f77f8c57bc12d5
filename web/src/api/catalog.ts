/** What the server knows besides samples: dashboards, targets, metric names. */

import { apiOf } from "./frames";
import { getData, getJson } from "./http";

export interface DashboardHit {
  uid: string;
  title: string;
  tags: string[];
  /** Path as Grafana writes it: /d/UID/slug. */
  url: string;
  description?: string;
  isStarred?: boolean;
  folderUid?: string;
  folderTitle?: string;
  /** The pack that it comes with. */
  pack?: string;
  /** Somebody saved it, or it comes from a file; absent of those that are there by themselves. */
  saved?: boolean;
  provisioned?: boolean;
  canSave?: boolean;
  /** ms */
  updatedMs?: number;
  updatedBy?: string;
  /** The file it comes from, below its provider's folder; empty where it does not. */
  file?: string;
  /** Why it cannot be shown as its file has it. */
  trouble?: string;
}

/** What was translated to show something. */
export interface Note {
  /** Null for what concerns the whole dashboard. */
  panelId: number | null;
  path: string;
  rule: string;
  message: string;
}

export interface DashboardAnswer {
  /** In the current form, whatever form it was saved in. */
  dashboard: Record<string, unknown>;
  meta: Record<string, unknown>;
  notes?: Note[];
}

export interface ScrapeTarget {
  labels: Record<string, string>;
  scrapePool: string;
  scrapeUrl: string;
  /** A Prometheus duration: `15s`. */
  scrapeInterval?: string;
  health: "up" | "down" | "unknown";
  lastError: string;
  /** RFC 3339; year 1 when never scraped. */
  lastScrape: string;
  /** seconds */
  lastScrapeDuration: number;
}

export interface TargetsAnswer {
  activeTargets: ScrapeTarget[];
  droppedTargets: unknown[];
  unsupportedDiscoveries?: { scrapePool: string; kind: string }[];
}

/** The most that the server lists at once. */
const MOST_HITS = 5000;

export const fetchDashboards = (signal?: AbortSignal): Promise<DashboardHit[]> =>
  getJson("api/search", { type: "dash-db", limit: MOST_HITS }, signal);

export const fetchDashboard = (uid: string, signal?: AbortSignal): Promise<DashboardAnswer> =>
  getJson(`api/v1/watchglass/dashboards/${encodeURIComponent(uid)}`, {}, signal);

export const fetchTargets = (signal?: AbortSignal): Promise<TargetsAnswer> =>
  getData("api/v1/targets", { state: "active" }, signal);

export const fetchMetricNames = (source: string, signal?: AbortSignal): Promise<string[]> =>
  getData(`${apiOf(source)}/label/__name__/values`, {}, signal);

/** In ms; both bounds count. */
interface Bounds {
  fromMs: number;
  toMs: number;
}

const scopeOf = (match: string, { fromMs, toMs }: Bounds) => ({
  "match[]": match,
  start: fromMs / 1000,
  end: toMs / 1000,
});

/** Whether any series matches that may have samples in the range. */
export const hasSeries = async (
  source: string,
  match: string,
  range: Bounds,
  signal?: AbortSignal,
): Promise<boolean> => {
  const params = { ...scopeOf(match, range), limit: 1 };
  return (await getData<unknown[]>(`${apiOf(source)}/series`, params, signal)).length > 0;
};

/** The values that a label has in the range, of series that match. */
export const fetchLabelValues = (
  source: string,
  label: string,
  match: string,
  range: Bounds,
  signal?: AbortSignal,
): Promise<string[]> =>
  getData(`${apiOf(source)}/label/${encodeURIComponent(label)}/values`, scopeOf(match, range), signal);

export interface DataSource {
  uid: string;
  name: string;
  url: string;
  isDefault: boolean;
  watchglass: {
    kind: "embedded" | "prometheus";
    state: "up" | "down" | "unknown";
    /** ms: since when it is in that state. */
    since: number;
    error: string;
    /** ms: no sample is older; null or absent where that is not known. */
    dataSince?: number | null;
  };
}

export const fetchSources = (signal?: AbortSignal): Promise<DataSource[]> =>
  getJson("api/datasources", {}, signal);

export interface Build {
  /** Of the API's contract: Prometheus's. */
  version: string;
  /** Our own; absent from other servers. */
  applicationVersion?: string;
}

export const fetchBuild = (signal?: AbortSignal): Promise<Build> =>
  getData("api/v1/status/buildinfo", {}, signal);
