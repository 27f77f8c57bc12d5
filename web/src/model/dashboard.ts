/** A dashboard in Grafana's classic JSON, read into what the page needs; what is missing gets a default. Pure. */

import { parseFieldRules, type FieldRules } from "./field";
import { asList, asNumber, asObject, asText, asTexts, type Json } from "./json";
import { parseDuration, type RawRange } from "./timerange";

/** One entry of a panel's `targets` (a "target" in our own words is something that is scraped). */
export interface PanelQuery {
  refId: string;
  expr: string;
  legend?: string;
  instant: boolean;
  /** Uid of the data source that is asked. */
  source: SourceUid;
}

/** This process's own metrics, or whatever the server asks by default: a Prometheus elsewhere, where one is set. */
export type SourceUid = "embedded" | "default";

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
  transformations: readonly { id: string; options: Json }[];
  /** Smallest step in ms, when the panel asks for one. */
  minStepMs?: number;
  maxPoints?: number;
  transparent: boolean;
  /** Rows only, and our own: the row is there only where this expression has an answer, and then it is open. */
  requires?: string;
  /** The data source of what names none of its own. */
  source: SourceUid;
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
  /** ms between refreshes; 0 for none. */
  refreshMs: number;
  /** Hovering one chart shows the time on all of them. */
  sharedCrosshair: boolean;
  variables: Readonly<Record<string, string>>;
  panels: Panel[];
}

const DEFAULT_TIME: RawRange = { from: "now-1h", to: "now" };
const COLUMNS = 24;

/** Documents from elsewhere name data sources that are not here: they mean the default one, as those do that name none. */
const parseSource = (raw: unknown): SourceUid | undefined => {
  const uid = asText(raw) ?? asText(asObject(raw).uid);
  return uid === undefined || uid === "" ? undefined : uid === "embedded" ? "embedded" : "default";
};

function parseQuery(raw: unknown, index: number, panelSource: SourceUid): PanelQuery | undefined {
  const source = asObject(raw);
  const expr = asText(source.expr) ?? asText(source.query) ?? "";
  if (source.hide === true || expr.trim() === "") return undefined;
  const legend = asText(source.legendFormat);
  return {
    refId: asText(source.refId) ?? String.fromCharCode(65 + index),
    expr,
    instant: source.instant === true || (source.instant === undefined && source.format === "table"),
    source: parseSource(source.datasource) ?? panelSource,
    ...(legend === undefined ? {} : { legend }),
  };
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

function parsePanel(raw: unknown, index: number): Panel {
  const source = asObject(raw);
  const minStepMs = parseDuration(asText(source.interval) ?? "");
  const maxPoints = asNumber(source.maxDataPoints);
  const requires = asText(asObject(source.watchglass).requires);
  const panelSource = parseSource(source.datasource) ?? "default";
  return {
    id: asNumber(source.id) ?? 1_000_000 + index,
    type: asText(source.type) ?? "text",
    title: asText(source.title) ?? "",
    description: asText(source.description) ?? "",
    grid: parseGrid(source.gridPos),
    queries: asList(source.targets)
      .map((entry, at) => parseQuery(entry, at, panelSource))
      .filter((query) => query !== undefined),
    options: asObject(source.options),
    fields: parseFieldRules(source.fieldConfig),
    transformations: asList(source.transformations).map((entry) => {
      const { id, options, disabled } = asObject(entry);
      return { id: disabled === true ? "" : (asText(id) ?? ""), options: asObject(options) };
    }),
    ...(minStepMs === undefined ? {} : { minStepMs }),
    ...(maxPoints === undefined ? {} : { maxPoints }),
    ...(requires === undefined ? {} : { requires }),
    source: panelSource,
    transparent: source.transparent === true,
    collapsed: source.collapsed === true,
    panels: asList(source.panels).map(parsePanel),
    raw: source,
  };
}

/** The value a variable stands for in an expression: several values become a regular expression's alternatives. */
function currentValue(raw: Json): string {
  const value = asObject(raw.current).value ?? raw.query;
  const values = Array.isArray(value) ? asTexts(value) : [asText(value) ?? ""];
  if (values.includes("$__all")) return asText(raw.allValue) ?? ".*";
  return values.length === 1 ? values[0]! : `(${values.join("|")})`;
}

function parseVariables(raw: unknown): Record<string, string> {
  const entries = asList(asObject(raw).list).map((entry) => asObject(entry));
  return Object.fromEntries(
    entries
      .filter(({ type }) => type !== "datasource" && type !== "adhoc")
      .map((entry) => [asText(entry.name) ?? "", currentValue(entry)]),
  );
}

/** Reads a dashboard; never throws. */
export function parseDashboard(raw: unknown): Dashboard {
  const source = asObject(raw);
  const time = asObject(source.time);
  return {
    uid: asText(source.uid) ?? "",
    title: asText(source.title) ?? "Untitled",
    description: asText(source.description) ?? "",
    tags: asTexts(source.tags),
    time: { from: asText(time.from) ?? DEFAULT_TIME.from, to: asText(time.to) ?? DEFAULT_TIME.to },
    refreshMs: parseDuration(asText(source.refresh) ?? "") ?? 0,
    sharedCrosshair: source.graphTooltip === 1 || source.graphTooltip === 2,
    variables: parseVariables(source.templating),
    panels: asList(source.panels).map(parsePanel),
  };
}

/** Every data source that panels ask. */
export const sourcesOf = (panels: readonly Panel[]): Set<SourceUid> =>
  new Set(
    panels.flatMap(({ queries, panels: inside }) => [
      ...queries.map(({ source }) => source),
      ...sourcesOf(inside),
    ]),
  );

/** Replaces `$name`, `${name}`, `${name:format}` and `[[name]]` of known variables; others stay. */
export function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /\$\{(\w+)(?::\w+)?\}|\$(\w+)|\[\[(\w+)\]\]/g,
    (whole, braced?: string, plain?: string, old?: string) =>
      variables[braced ?? plain ?? old ?? ""] ?? whole,
  );
}
