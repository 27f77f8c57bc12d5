/** What the pages of alerting ask the server: rules as Prometheus says them, alerts and silences as Alertmanager does. */

import { getData, getJson, send } from "../../api/http";
import type { TimeRange } from "../../model/timerange";

export type Texts = Readonly<Record<string, string>>;

/** How the last evaluation of a rule went. */
export type RuleHealth = "ok" | "err" | "unknown";

export interface RuleAlert {
  labels: Texts;
  annotations: Texts;
  state: "firing" | "pending";
  /** RFC 3339 */
  activeAt: string;
  /** Since when only `keep_firing_for` keeps it firing. */
  keepFiringSince?: string;
  /** A float as Go writes it: `7e+00`, `+Inf`. */
  value: string;
}

interface CommonRule {
  name: string;
  query: string;
  labels?: Texts;
  health: RuleHealth;
  lastError?: string;
  /** seconds */
  evaluationTime: number;
  /** RFC 3339; year 1 for never */
  lastEvaluation: string;
}

export interface AlertingRule extends CommonRule {
  type: "alerting";
  state: "firing" | "pending" | "inactive" | "unknown";
  /** seconds that it must hold */
  duration: number;
  keepFiringFor?: number;
  annotations?: Texts;
  alerts?: RuleAlert[];
}

export interface RecordingRule extends CommonRule {
  type: "recording";
}

export type Rule = AlertingRule | RecordingRule;

export interface RuleGroup {
  name: string;
  file: string;
  rules: Rule[];
  /** seconds */
  interval: number;
  limit: number;
  evaluationTime: number;
  lastEvaluation: string;
}

export const fetchRules = async (signal: AbortSignal): Promise<RuleGroup[]> =>
  (await getData<{ groups: RuleGroup[] }>("api/v1/rules", {}, signal)).groups;

export const fetchAlertingRules = async (signal: AbortSignal): Promise<RuleGroup[]> =>
  (await getData<{ groups: RuleGroup[] }>("api/v1/rules", { type: "alert" }, signal)).groups;

/** A rule that is quiet because what it compares has no value. */
export interface WithoutData {
  file: string;
  group: string;
  name: string;
  query: string;
  /** When it last had a value, in ms; null where that is longer ago than a day. */
  sinceMs: number | null;
}

export const fetchWithoutData = async (signal: AbortSignal): Promise<WithoutData[]> =>
  (await getData<{ rules: WithoutData[] }>("api/v1/watchglass/alerting/no-data", {}, signal)).rules;

export interface RoutedAlert {
  labels: Texts;
  annotations: Texts;
  startsAt: string;
  endsAt: string;
  updatedAt: string;
  generatorURL?: string;
  fingerprint: string;
  receivers: { name: string }[];
  status: {
    state: "unprocessed" | "active" | "suppressed";
    silencedBy: string[];
    inhibitedBy: string[];
    mutedBy?: string[];
  };
  /** A rule of this server has raised it, now or before a restart. */
  own?: boolean;
}

const filtered = (filters: readonly string[]): string =>
  filters.length === 0
    ? ""
    : `?${new URLSearchParams(filters.map((filter) => ["filter", filter])).toString()}`;

/** Alerts that the routing knows; those that fulfil every filter (`name="value"`). */
export const fetchRouted = (signal: AbortSignal, filters: readonly string[] = []): Promise<RoutedAlert[]> =>
  getJson(`api/v1/watchglass/alerting/alerts${filtered(filters)}`, {}, signal);

export interface NewAlert {
  labels: Texts;
  annotations: Texts;
}

/** Sends an alert that begins now, and ends by itself after resolve_timeout. */
export const postAlert = (alert: NewAlert): Promise<unknown> =>
  send("POST", "api/v2/alerts", { text: JSON.stringify([alert]) });

/** Ends an alert that was sent so, by a label that no other one has; at its own start, which the server's clock has told. */
export async function endAlert(labels: Texts, mark: string): Promise<void> {
  const [alert] = await getJson<RoutedAlert[]>(`api/v2/alerts${filtered([`${mark}="${labels[mark]!}"`])}`);
  if (alert === undefined) return;
  const { annotations, startsAt } = alert;
  const endsAt = new Date(Date.parse(startsAt) + 1).toISOString();
  await send("POST", "api/v2/alerts", { text: JSON.stringify([{ labels, annotations, startsAt, endsAt }]) });
}

/** One time that an alert fired. */
export interface Episode {
  labels: Texts;
  annotations: Texts;
  /** ms */
  startMs: number;
  /** ms; null while it fires */
  endMs: number | null;
  /** Receivers that were told while it fired. */
  told: string[];
  /** Receivers that could not be told. */
  failed: string[];
}

export interface PastAlerts {
  /** The newest first. */
  episodes: Episode[];
  routing: boolean;
  kept: boolean;
  /** So long it is kept, in ms, and so many times at most. */
  keptMs: number;
  rows: number;
  /** When the oldest that is remembered fired. */
  oldestMs: number | null;
}

/** What fired within a range. */
export const fetchPast = (
  { fromMs, toMs }: TimeRange,
  limit: number,
  signal: AbortSignal,
): Promise<PastAlerts> =>
  getData(`${OURS}/history`, { start: fromMs / 1000, end: toMs / 1000, limit }, signal);

export interface SilenceMatcher {
  name: string;
  value: string;
  isRegex: boolean;
  /** Absent from servers of old, which only knew true. */
  isEqual?: boolean;
}

export interface NewSilence {
  /** The one that it takes the place of. */
  id?: string;
  matchers: SilenceMatcher[];
  startsAt: string;
  endsAt: string;
  createdBy: string;
  comment: string;
}

export interface Silence extends NewSilence {
  id: string;
  updatedAt: string;
  status: { state: "active" | "pending" | "expired" };
}

export const fetchSilences = (signal: AbortSignal): Promise<Silence[]> =>
  getJson("api/v2/silences", {}, signal);

export const saveSilence = (silence: NewSilence): Promise<{ silenceID: string }> =>
  send("POST", "api/v2/silences", { text: JSON.stringify(silence) });

export const expireSilence = (id: string): Promise<unknown> =>
  send("DELETE", `api/v2/silence/${encodeURIComponent(id)}`);

/** Where the server says what neither Prometheus nor Alertmanager have an address for. */
const OURS = "api/v1/watchglass/alerting";

export interface RouteNode {
  /** What no other route has. */
  id: string;
  receiver: string;
  /** As `name="value"`. */
  matchers: string[];
  /** Null for all labels. */
  groupBy: string[] | null;
  /** ms */
  groupWait: number;
  groupInterval: number;
  repeatInterval: number;
  /** Siblings after this one are tried although it matched. */
  continue: boolean;
  muteTimes: string[];
  activeTimes: string[];
  /** Where it stands in its file; 0 where that is not known. */
  line: number;
  file: string;
  routes: RouteNode[];
}

export interface Integration {
  /** `webhook`, `email`, … */
  kind: string;
  /** Where it sends, such as a channel; empty where that is a secret or goes without saying. */
  target: string;
  sendsResolved: boolean;
  /** Why it sends nothing; empty where it does. */
  disabled: string;
}

export interface Receiver {
  name: string;
  /** It comes with a pack: nobody misses it before it is given its secrets. */
  shipped: boolean;
  integrations: Integration[];
}

export interface InhibitRule {
  name: string;
  source: string[];
  target: string[];
  equal: string[];
  /** Which of its file it is, from 1; 0 where that is not known. */
  place: number;
  line: number;
  file: string;
}

/** Why an alert is inhibited. */
export interface Inhibition {
  rule: InhibitRule;
  source: { labels: Texts; fingerprint: string };
}

export interface NamedInterval {
  name: string;
  /** Now is within it. */
  holds: boolean;
  /** Routes tell nobody while it holds; else they tell only then. */
  mutes: boolean;
  /** Each of its parts in words. */
  times: string[];
}

export interface Routing {
  /** Null where no alertmanager.yml is in force. */
  route: RouteNode | null;
  file: string;
  receivers: Receiver[];
  inhibitRules: InhibitRule[];
  timeIntervals: NamedInterval[];
  notices: string[];
}

export const fetchRouting = (signal: AbortSignal): Promise<Routing> => getData(`${OURS}/routes`, {}, signal);

/** What a route does with an alert: notifies, hands it to one below, does not match, or is not asked. */
export type Verdict = "taken" | "passed" | "unmatched" | "unreached";

export interface RouteTest {
  /** By the id of the route. */
  verdicts: Readonly<Record<string, { verdict: Verdict; why: string }>>;
  receivers: string[];
}

export const testRoutes = (labels: Texts, signal: AbortSignal): Promise<RouteTest> =>
  getData(`${OURS}/routes/test`, { labels: JSON.stringify(labels) }, signal);

/** What inhibits an alert, by its labels as they were routed; null where nothing does any more. */
export const fetchInhibition = async (alert: Texts, signal: AbortSignal): Promise<Inhibition | null> =>
  (
    await getData<{ inhibition: Inhibition | null }>(
      `${OURS}/inhibition`,
      { labels: JSON.stringify(alert) },
      signal,
    )
  ).inhibition;

export interface Notification {
  /** ms */
  timeMs: number;
  receiver: string;
  integration: string;
  /** Among those of its kind of its receiver. */
  place: number;
  /** Labels of the group. */
  group: Texts;
  groupKey: string;
  status: "sent" | "failed" | "sending";
  /** Why now, in Alertmanager's words. */
  reason: string;
  firing: number;
  resolved: number;
  /** 0 while the first is under way */
  attempts: number;
  error: string;
  /** ms from the decision to the outcome; null while it is under way */
  tookMs: number | null;
  /** When the next attempt begins; null while one is under way, and once there is an outcome. */
  nextMs: number | null;
  /** When attempts end; null once there is an outcome. */
  untilMs: number | null;
}

export interface Notifications {
  notifications: Notification[];
  routing: boolean;
  /** They are on disk; else only what is under way is known. */
  kept: boolean;
}

/** The newest first; of one alert, by its labels as they were routed. */
export const fetchNotifications = (
  limit: number,
  alert: Texts | undefined,
  signal: AbortSignal,
): Promise<Notifications> =>
  getData(
    `${OURS}/notifications`,
    { limit, ...(alert === undefined ? {} : { labels: JSON.stringify(alert) }) },
    signal,
  );
