/** A dashboard in Grafana's classic JSON, read into what the page needs; what is missing gets a default. Pure. */

import type { Note } from "../api/catalog";
import { parseFieldRules, parseLinks, type FieldRules, type Link } from "./field";
import { referencesIn, type Variables } from "./interpolate";
import { asList, asNumber, asObject, asText, asTexts, type Json } from "./json";
import type { Repeat } from "./repeat";
import { neededType, sourceUid, type SourceUid } from "./source";
import { parseDuration, parseRefresh, UNSAID_RANGE, type RawRange } from "./timerange";
import { parseVariables, type Variable } from "./variable";

export type { SourceUid } from "./source";

/** One entry of a panel's `targets` (a "target" in our own words is something that is scraped). */
export interface PanelQuery {
  refId: string;
  expr: string;
  legend?: string;
  instant: boolean;
  /** Uid of the data source that is asked. */
  source: SourceUid;
  /** `table`: its answer is one table, a label a column. */
  format?: "table" | "heatmap";
  /** The smallest step, as the document writes it. */
  minStep?: string;
  /** The step is this many times as wide. */
  factor?: number;
  /** The expression before variables were filled in. */
  written?: string;
}

export interface GridPos {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  description: string;
  grid: GridPos;
  queries: PanelQuery[];
  options: Json;
  fields: FieldRules;
  transformations: readonly { id: string; options: Json; filter?: Json }[];
  /** The smallest step, as the document writes it. */
  minStep?: string;
  /** The same in ms, where it names no variable that has no value yet. */
  minStepMs?: number;
  maxPoints?: number;
  transparent: boolean;
  /** Rows only, and our own: the row is there only where this expression has an answer, and then it is open. */
  requires?: string;
  /** The data source of what names none of its own. */
  source: SourceUid;
  /** A kind of data source that is not here, and without which the panel has nothing to show. */
  needs?: string;
  /** What could not be taken over as it is. */
  notes: readonly string[];
  links: readonly Link[];
  repeat?: Repeat;
  /** The values of a copy's own: those of the variables by which it repeats. */
  scope?: Variables;
  /** A variable that its queries name has no value yet. */
  waits?: true;
  /** A range of its own: `6h` up to now. */
  timeFrom?: string;
  /** Draws what was this long before. */
  timeShift?: string;
  /** The header does not tell about the two above. */
  hidesTime: boolean;
  /** Rows only. */
  collapsed: boolean;
  panels: Panel[];
  raw: Json;
}

export interface Dashboard {
  uid: string;
  title: string;
  description: string;
  tags: string[];
  time: RawRange;
  /** ms between refreshes; 0 for none, undefined where the document does not say. */
  refreshMs: number | undefined;
  /** Hovering one chart shows the time on all of them. */
  sharedCrosshair: boolean;
  variables: Variable[];
  links: readonly Link[];
  panels: Panel[];
  /** What was translated to show it. */
  notes: readonly Note[];
  raw: Json;
}

const COLUMNS = 24;

/** Names of data source variables, and the type of source that each holds. */
type SourceVariables = ReadonlyMap<string, string>;

interface Parsed {
  queries: PanelQuery[];
  /** The kind of source that it needs, where that is not here. */
  needs?: string;
  refId: string;
}

/**
 * How it is asked: instant, range, or both, as two queries. What says neither is a range, of tables too: Grafana,
 * pkg/promlib/models/query.go, `Parse`.
 */
function moments({ instant, range }: Json): Pick<PanelQuery, "instant">[] {
  if (instant !== true) return [{ instant: false }];
  return range === true ? [{ instant: false }, { instant: true }] : [{ instant: true }];
}

function parseQuery(raw: unknown, index: number, panelSource: unknown, known: SourceVariables): Parsed {
  const source = asObject(raw);
  const refId = asText(source.refId) ?? String.fromCharCode(65 + index);
  const expr = asText(source.expr) ?? asText(source.query) ?? "";
  if (source.hide === true) return { queries: [], refId };
  const from = source.datasource ?? panelSource;
  const needs = neededType(from, known);
  if (needs !== undefined) return { queries: [], refId, needs };
  if (expr.trim() === "") return { queries: [], refId };
  const [legend, format, minStep] = [asText(source.legendFormat), source.format, parseMinStep(source)];
  const factor = asNumber(source.intervalFactor) ?? 1;
  const rest: Omit<PanelQuery, "instant"> = {
    refId,
    expr,
    source: sourceUid(from, known) ?? "default",
    ...(legend === undefined ? {} : { legend }),
    ...(format === "table" || format === "heatmap" ? { format } : {}),
    ...(minStep === undefined ? {} : { minStep }),
    ...(factor > 1 ? { factor } : {}),
  };
  return { queries: moments(source).map((moment) => ({ ...rest, ...moment })), refId };
}

/** `step` in seconds is the oldest form. */
function parseMinStep({ interval, step }: Json): string | undefined {
  const text = asText(interval)?.replace(/^>/, "").trim();
  if (text !== undefined && text !== "") return text;
  const seconds = asNumber(step);
  return seconds === undefined || seconds <= 0 ? undefined : `${seconds}s`;
}

function parseGrid(raw: unknown): GridPos {
  const source = asObject(raw);
  const w = Math.min(COLUMNS, Math.max(1, asNumber(source.w) ?? 12));
  return {
    x: Math.min(COLUMNS - w, Math.max(0, asNumber(source.x) ?? 0)),
    y: Math.max(0, asNumber(source.y) ?? 0),
    w,
    h: Math.max(1, asNumber(source.h) ?? 8),
  };
}

/** What a panel asks, and what of it cannot be asked here. */
function parseQueries(source: Json, known: SourceVariables): Pick<Panel, "queries" | "notes" | "needs"> {
  const parsed = asList(source.targets).map((entry, at) => parseQuery(entry, at, source.datasource, known));
  const queries = parsed.flatMap((one) => one.queries);
  const elsewhere = parsed.filter(({ needs }) => needs !== undefined);
  if (elsewhere.length === 0) return { queries, notes: [] };
  if (queries.length === 0) return { queries, notes: [], needs: elsewhere[0]!.needs! };
  const notes = elsewhere.map(({ refId, needs }) => `Query ${refId} needs ${needs!} and is left out.`);
  return { queries, notes };
}

function parseRepeat(source: Json): Pick<Panel, "repeat"> {
  const variable = asText(source.repeat) ?? "";
  if (variable === "") return {};
  const perRow = Math.max(1, asNumber(source.maxPerRow) ?? 4);
  return { repeat: { variable, vertical: source.repeatDirection === "v", perRow } };
}

function parseTimes(source: Json): Pick<Panel, "timeFrom" | "timeShift" | "hidesTime"> {
  const [timeFrom, timeShift] = [asText(source.timeFrom) ?? "", asText(source.timeShift) ?? ""];
  return {
    ...(timeFrom === "" ? {} : { timeFrom }),
    ...(timeShift === "" ? {} : { timeShift }),
    hidesTime: source.hideTimeOverride === true,
  };
}

/** A smallest step in ms; Grafana lets it begin with `>`. */
export const minStepOf = (text: string): number | undefined =>
  parseDuration(text.replace(/^\s*>/, "").trim());

function parsePanel(raw: unknown, index: number, known: SourceVariables): Panel {
  const source = asObject(raw);
  const minStep = asText(source.interval) ?? "";
  const minStepMs = minStepOf(minStep);
  const maxPoints = asNumber(source.maxDataPoints);
  const requires = asText(asObject(source.watchglass).requires);
  const type = asText(source.type) ?? "text";
  return {
    id: asNumber(source.id) ?? 1_000_000 + index,
    type,
    title: asText(source.title) ?? "",
    description: asText(source.description) ?? "",
    grid: parseGrid(source.gridPos),
    ...parseQueries(source, known),
    options: asObject(source.options),
    fields: parseFieldRules(source.fieldConfig, type),
    transformations: asList(source.transformations).map((entry) => {
      const { id, options, disabled, filter } = asObject(entry);
      const step = { id: disabled === true ? "" : (asText(id) ?? ""), options: asObject(options) };
      return filter === undefined ? step : { ...step, filter: asObject(filter) };
    }),
    ...(minStep === "" ? {} : { minStep }),
    ...(minStepMs === undefined ? {} : { minStepMs }),
    ...(maxPoints === undefined ? {} : { maxPoints }),
    ...(requires === undefined ? {} : { requires }),
    source: sourceUid(source.datasource, known) ?? "default",
    links: parseLinks(source.links),
    ...parseRepeat(source),
    ...parseTimes(source),
    transparent: source.transparent === true,
    collapsed: source.collapsed === true,
    panels: asList(source.panels).map((entry, at) => parsePanel(entry, at, known)),
    raw: source,
  };
}

/** Every panel, those inside of rows too. */
export const everyPanel = (panels: readonly Panel[]): Panel[] =>
  panels.flatMap((panel) => [panel, ...everyPanel(panel.panels)]);

/** A panel that shows another one's data (`-- Dashboard --`) asks what that one asks. */
function shareQueries(panels: readonly Panel[]): Panel[] {
  const byId = new Map(everyPanel(panels).map((panel) => [panel.id, panel]));
  const share = (panel: Panel): Panel => {
    const target = asObject(asList(panel.raw.targets)[0]);
    const other = byId.get(asNumber(target.panelId) ?? NaN);
    const isShared = asText(asObject(target.datasource ?? panel.raw.datasource).uid) === "-- Dashboard --";
    const inside = panel.panels.map(share);
    if (!isShared && panel.raw.datasource !== "-- Dashboard --") return { ...panel, panels: inside };
    if (other === undefined)
      return { ...panel, panels: inside, notes: ["The panel whose data it shows is not here."] };
    return { ...panel, panels: inside, queries: other.queries };
  };
  return panels.map(share);
}

/** A link of the page may take its range and its choices along. */
function withChoices(raw: unknown): Json {
  const link = asObject(raw);
  const url = asText(link.url) ?? "";
  const along = [
    ...(link.keepTime === true ? ["${__url_time_range}"] : []),
    ...(link.includeVars === true ? ["${__all_variables}"] : []),
  ];
  if (url === "" || along.length === 0) return link;
  return { ...link, url: `${url}${url.includes("?") ? "&" : "?"}${along.join("&")}` };
}

/** Reads a dashboard; never throws. */
export function parseDashboard(raw: unknown, notes: readonly Note[] = []): Dashboard {
  const source = asObject(raw);
  const time = asObject(source.time);
  const variables = parseVariables(source.templating);
  const known = new Map(
    variables.filter(({ kind }) => kind === "datasource").map(({ name, query }) => [name, query]),
  );
  return {
    uid: asText(source.uid) ?? "",
    title: asText(source.title) ?? "Untitled",
    description: asText(source.description) ?? "",
    tags: asTexts(source.tags),
    time: { from: asText(time.from) ?? UNSAID_RANGE.from, to: asText(time.to) ?? UNSAID_RANGE.to },
    refreshMs: "refresh" in source ? parseRefresh(asText(source.refresh) ?? "") : undefined,
    sharedCrosshair: source.graphTooltip === 1 || source.graphTooltip === 2,
    variables,
    links: parseLinks(asList(source.links).map(withChoices)),
    panels: shareQueries(asList(source.panels).map((entry, at) => parsePanel(entry, at, known))),
    notes,
    raw: source,
  };
}

const written = ({ raw, notes }: Dashboard): string => JSON.stringify([raw, notes]);

/** Of a document that was read twice, what was read first: what is drawn of it stays. */
export const keepSame = (before: Dashboard | undefined, now: Dashboard): Dashboard =>
  before !== undefined && written(before) === written(now) ? before : now;

/** Every data source that panels ask; what a variable names is not known here. */
export const sourcesOf = (panels: readonly Panel[]): Set<SourceUid> =>
  new Set(
    everyPanel(panels).flatMap(({ queries }) =>
      queries.map(({ source }) => (referencesIn(source).length > 0 ? "default" : source)),
    ),
  );
