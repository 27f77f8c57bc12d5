/**
 * The address of Explore, which reproduces everything that is seen there.
 *
 *     explore?q=EXPR&q=EXPR&hide=B&view=chart&style=stacked&step=30s&source=embedded&from=now-1h&to=now
 *
 * `q` stands once for each query, in order; `hide` names the hidden ones by their letters. `view` is `both` (the default),
 * `chart` or `table`; `style` `lines` (the default), `stacked` or `bars`. Without `step` it follows the width. Prometheus's
 * `/graph?g0.expr=…` and Grafana's `/explore?left=…` and `panes=…` are read too. Pure.
 */

import { asList, asObject, asText } from "../../model/json";
import { formatDuration, parseDuration, type RawRange } from "../../model/timerange";

export const VIEWS = ["both", "chart", "table"] as const;
export const STYLES = ["lines", "stacked", "bars"] as const;
export type View = (typeof VIEWS)[number];
export type Style = (typeof STYLES)[number];

export interface ExploreQuery {
  expr: string;
  hidden: boolean;
}

export interface ExploreState {
  queries: readonly ExploreQuery[];
  view: View;
  style: Style;
  /** ms; absent: as fine as the chart can show. */
  stepMs?: number | undefined;
  /** Uid of the data source; absent: what the server asks by default. */
  source?: string | undefined;
}

/** More queries than this make no page that anybody reads. */
export const MOST_QUERIES = 20;
export const DEFAULT_RANGE: RawRange = { from: "now-1h", to: "now" };

/** A, B, … Z, AA: how a query is called. */
export const letterOf = (index: number): string =>
  index < 26
    ? String.fromCharCode(65 + index)
    : letterOf(Math.floor(index / 26) - 1) + String.fromCharCode(65 + (index % 26));

/** `value` where it is one of the words, else the first of them. */
const wordOf = <T extends string>(value: string | null, words: readonly [T, ...T[]]): T =>
  words.find((word) => word === value) ?? words[0];

/** Reads our own form. */
export function readExplore(params: URLSearchParams): ExploreState {
  const hidden = new Set((params.get("hide") ?? "").split(","));
  const queries = params
    .getAll("q")
    .slice(0, MOST_QUERIES)
    .map((expr, index) => ({ expr, hidden: hidden.has(letterOf(index)) }));
  const stepMs = parseDuration(params.get("step") ?? "");
  return {
    queries: queries.length > 0 ? queries : [{ expr: "", hidden: false }],
    view: wordOf(params.get("view"), VIEWS),
    style: wordOf(params.get("style"), STYLES),
    stepMs: stepMs === undefined || stepMs <= 0 ? undefined : stepMs,
    source: params.get("source") ?? undefined,
  };
}

/** Writes the state into parameters, leaving those of the frame (`from`, `to`, `refresh`, …) alone. */
export function writeExplore(state: ExploreState, params: URLSearchParams): URLSearchParams {
  const written = new URLSearchParams();
  for (const { expr } of state.queries) written.append("q", expr);
  const hidden = state.queries.flatMap(({ hidden: is }, index) => (is ? [letterOf(index)] : []));
  if (hidden.length > 0) written.set("hide", hidden.join(","));
  if (state.view !== "both") written.set("view", state.view);
  if (state.style !== "lines") written.set("style", state.style);
  if (state.stepMs !== undefined) written.set("step", formatDuration(state.stepMs));
  if (state.source !== undefined) written.set("source", state.source);
  for (const key of ["from", "to", "refresh", "timezone"]) {
    const value = params.get(key);
    if (value !== null) written.set(key, value);
  }
  return written;
}

/** A query string as addresses show it: colons and commas need no escaping there. */
export const readable = (params: URLSearchParams): string =>
  params.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");

interface Wanted {
  queries: readonly string[];
  range?: RawRange | undefined;
  source?: string | undefined;
  view?: View;
}

/** The address of Explore with these queries, for links from panels, the palette and lists. */
export function exploreAddress({ queries, range, source, view = "both" }: Wanted): string {
  const frame = new URLSearchParams(range === undefined ? {} : { from: range.from, to: range.to });
  const asked = queries.map((expr) => ({ expr, hidden: false }));
  const named = source === "default" ? undefined : source;
  return `explore?${readable(writeExplore({ queries: asked, view, style: "lines", source: named }, frame))}`;
}

/** Our address for one of Prometheus's `/graph` or Grafana's `/explore`; undefined for any other. */
export function translateAddress(params: URLSearchParams): string | undefined {
  if ([...params.keys()].some((key) => /^g\d+\.expr$/.test(key))) return fromPrometheus(params);
  const panes = params.get("left") ?? params.get("panes");
  return panes === null ? undefined : fromGrafana(panes);
}

/** Prometheus writes its times in UTC, without saying so. */
const utc = (text: string): number => Date.parse(`${text.trim().replace(" ", "T")}Z`);

function fromPrometheus(params: URLSearchParams): string {
  const indices = [...params.keys()]
    .map((key) => /^g(\d+)\.expr$/.exec(key)?.[1])
    .filter((index) => index !== undefined)
    .sort((a, b) => Number(a) - Number(b));
  const first = (name: string): string => params.get(`g${indices[0]!}.${name}`) ?? "";
  const spanMs = parseDuration(first("range_input")) ?? 3_600_000;
  const endMs = utc(first("end_input") || first("moment_input"));
  const range = Number.isNaN(endMs)
    ? { from: `now-${formatDuration(spanMs)}`, to: "now" }
    : { from: String(endMs - spanMs), to: String(endMs) };
  const step = first("step_input") || first("res_step");
  const stepMs = /^\d+$/.test(step) ? Number(step) * 1000 : parseDuration(step);
  const state: ExploreState = {
    queries: indices
      .slice(0, MOST_QUERIES)
      .map((index) => ({ expr: params.get(`g${index}.expr`)!, hidden: false })),
    view: ["1", "table"].includes(first("tab")) ? "table" : "chart",
    style: first("stacked") === "1" || first("display_mode") === "stacked" ? "stacked" : "lines",
    stepMs: stepMs === undefined || stepMs === 0 ? undefined : stepMs,
  };
  return `explore?${readable(writeExplore(state, new URLSearchParams({ from: range.from, to: range.to })))}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // it is not Grafana's
  }
}

function fromGrafana(text: string): string {
  const content = parseJson(text);
  const nested = Object.values(asObject(content))[0];
  const pane = asObject(asObject(content).queries === undefined ? nested : content);
  const list = Array.isArray(content) ? (content as unknown[]) : asList(pane.queries); // the oldest form is a list
  const queries = list
    .map((entry) => asText(asObject(entry).expr))
    .filter((expr) => expr !== undefined)
    .slice(0, MOST_QUERIES);
  const { from, to } = Array.isArray(content) ? { from: list[0], to: list[1] } : asObject(pane.range);
  const range = { from: asText(from) ?? DEFAULT_RANGE.from, to: asText(to) ?? DEFAULT_RANGE.to };
  return exploreAddress({ queries: queries.length > 0 ? queries : [""], range });
}
