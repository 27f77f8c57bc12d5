/** Annotation lists of a dashboard (`annotations.list`): what they are, as the document says it. Pure. */

import { asList, asNumber, asObject, asText, asTexts, type Json } from "../model/json";
import { sourceUid } from "../model/source";
import { parseDuration } from "../model/timerange";
import type { Concern } from "./alertmarks";
import type { Variable } from "../model/variable";

interface Common {
  name: string;
  /** On where nobody has said otherwise. */
  enabled: boolean;
  /** Without a switch. */
  hidden: boolean;
  color: string;
  /** Shows on these panels only, or on all but these. */
  panels?: { exclude: boolean; ids: readonly number[] };
}

/** Made of what an expression answers. */
export interface QueryList extends Common {
  kind: "query";
  source: string;
  expr: string;
  stepMs?: number;
  titleFormat: string;
  textFormat: string;
  tagKeys: readonly string[];
  /** The sample's value is the event's time, in ms. */
  valueIsTime: boolean;
  /** Of the list of firing alerts: what each concerns. */
  concerns?: ReadonlyMap<string, Concern>;
}

/** What people and programs have marked. */
export interface KeptList extends Common {
  kind: "kept";
  /** On any dashboard, by their tags; else those of this one. */
  byTags: boolean;
  tags: readonly string[];
  anyTag: boolean;
  limit: number;
}

export type EventList = QueryList | KeptList;

/** Variables of the page that hold a data source, and of which type. */
type SourceVariables = ReadonlyMap<string, string>;

export const sourceVariables = (variables: readonly Variable[]): SourceVariables =>
  new Map(variables.flatMap(({ kind, name, query }) => (kind === "datasource" ? [[name, query]] : [])));

const BUILT_IN = "Annotations & Alerts";
const USUAL_LIMIT = 100;
const USUAL_COLOR = "blue";

function parsePanels(raw: unknown): Pick<Common, "panels"> {
  const { exclude, ids } = asObject(raw);
  const numbers = (Array.isArray(ids) ? (ids as unknown[]) : []).flatMap((id) => asNumber(id) ?? []);
  return numbers.length === 0 ? {} : { panels: { exclude: exclude === true, ids: numbers } };
}

const parseKept = (common: Common, target: Json): KeptList => ({
  ...common,
  kind: "kept",
  byTags: target.type === "tags",
  tags: asTexts(target.tags),
  anyTag: target.matchAny === true,
  limit: asNumber(target.limit) ?? USUAL_LIMIT,
});

/** The expression and its formats stand at the top in older documents, in `target` in newer ones. */
function parseQuery(common: Common, raw: Json, target: Json, known: SourceVariables): QueryList {
  const text = (name: string): string => asText(raw[name]) ?? asText(target[name]) ?? "";
  const stepMs = parseDuration(text("step") || text("interval"));
  return {
    ...common,
    kind: "query",
    source: sourceUid(raw.datasource ?? target.datasource, known) ?? "default",
    expr: text("expr"),
    titleFormat: text("titleFormat"),
    textFormat: text("textFormat"),
    tagKeys: text("tagKeys")
      .split(",")
      .map((key) => key.trim())
      .filter((key) => key !== ""),
    valueIsTime: raw.useValueForTime === true || raw.useValueForTime === "on",
    ...(stepMs === undefined ? {} : { stepMs }),
  };
}

/** Whether a list is of what people and programs have marked, rather than of an expression. */
export const isOurs = ({ builtIn, datasource }: Json): boolean =>
  builtIn === 1 ||
  builtIn === true ||
  datasource === "-- Grafana --" ||
  ["-- Grafana --", "grafana"].includes(asText(asObject(datasource).uid) ?? "");

function parseList(raw: Json, known: SourceVariables): EventList[] {
  const target = asObject(raw.target);
  const common: Common = {
    name: asText(raw.name) ?? "Annotations",
    enabled: raw.enable !== false,
    hidden: raw.hide === true,
    color: asText(raw.iconColor) ?? USUAL_COLOR,
    ...parsePanels(raw.filter),
  };
  // Grafana 7 and before wrote the built-in one's choices at the top.
  if (isOurs(raw)) return [parseKept(common, raw.target === undefined ? raw : target)];
  const query = parseQuery(common, raw, target, known);
  return query.expr.trim() === "" ? [] : [query];
}

/** All lists, the one of what was marked on the dashboard first: every dashboard has it. */
export function parseEventLists(annotations: unknown, known: SourceVariables = new Map()): EventList[] {
  const lists = asList(asObject(annotations).list).flatMap((entry) => parseList(asObject(entry), known));
  const kept = lists.find((list) => list.kind === "kept" && !list.byTags);
  const builtIn = parseKept({ name: BUILT_IN, enabled: true, hidden: true, color: USUAL_COLOR }, {});
  const all = kept === undefined ? [builtIn, ...lists] : lists;
  return all.filter((list, at) => all.findIndex(({ name }) => name === list.name) === at);
}
