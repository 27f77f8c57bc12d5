/** Variables of a dashboard (`templating.list`): what they are, as the document says it. Pure. */

import { parseFilter, type Filter } from "./filters";
import { ALL, referencesIn, type VariableValue } from "./interpolate";
import { asList, asNumber, asObject, asText, asTexts, type Json } from "./json";
import { parseDuration } from "./timerange";

export interface Choice {
  text: string;
  value: string;
}

const KINDS = ["query", "custom", "interval", "constant", "textbox", "datasource", "adhoc"] as const;
export type VariableKind = (typeof KINDS)[number] | "other";

export interface Variable {
  name: string;
  label: string;
  description: string;
  kind: VariableKind;
  hide: "nothing" | "label" | "all";
  /** What the choices are made of: a query, a list, a type of data source. */
  query: string;
  /** Keeps and names parts of what a query answers. */
  regex: string;
  sort: number;
  /** `never`: the saved choices; `range`: asked again for another time range. */
  refresh: "never" | "load" | "range";
  multi: boolean;
  includeAll: boolean;
  allValue?: string;
  /** The data source as the document names it, perhaps by a variable. */
  source: unknown;
  saved: VariableValue;
  savedChoices: Choice[];
  /** Interval only: also offers a step that follows from the range. */
  auto?: { count: number; minMs: number };
  /** Ad hoc only. */
  filters: Filter[];
}

const textOf = (value: unknown): string =>
  typeof value === "number" || typeof value === "boolean" ? String(value) : (asText(value) ?? "");
const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(textOf) : [textOf(value)]);

/** Kinds of variable query in Grafana's object form (PrometheusVariableQueryType). */
const [LABEL_NAMES, LABEL_VALUES, METRICS, QUERY_RESULT, SERIES] = [0, 1, 2, 3, 4];

/** `{metric, labelFilters}` as a selector. */
function selectorText({ metric, labelFilters }: Json): string {
  const filters = asList(labelFilters).map((entry) => {
    const { label, op, value } = asObject(entry);
    return `${textOf(label)}${asText(op) ?? "="}"${textOf(value)}"`;
  });
  return filters.length === 0 ? textOf(metric) : `${textOf(metric)}{${filters.join(",")}}`;
}

/** The query as text, also where the document has its parts only. */
function queryText(raw: unknown): string {
  if (typeof raw !== "object") return textOf(raw);
  const query = asObject(raw);
  const whole = asText(query.query) ?? asText(query.expr) ?? asText(query.seriesQuery) ?? "";
  if (whole !== "") return whole;
  const type = asNumber(query.qryType);
  const selector = selectorText(query);
  if (type === LABEL_NAMES) return selector === "" ? "label_names()" : `label_names(${selector})`;
  if (type === LABEL_VALUES)
    return `label_values(${selector === "" ? "" : `${selector}, `}${textOf(query.label)})`;
  if (type === METRICS) return `metrics(${textOf(query.metric)})`;
  if (type === QUERY_RESULT) return `query_result(${textOf(query.varQuery)})`;
  return type === SERIES ? selector : "";
}

const SORTS: readonly string[] = [
  "disabled",
  "alphabeticalAsc",
  "alphabeticalDesc",
  "numericalAsc",
  "numericalDesc",
];

function parseHide(raw: unknown): Variable["hide"] {
  if (raw === 2 || raw === "hideVariable") return "all";
  return raw === 1 || raw === "hideLabel" ? "label" : "nothing";
}

function parseRefresh(raw: unknown): Variable["refresh"] {
  if (raw === 2 || raw === "onTimeRangeChanged") return "range";
  return raw === 0 || raw === "never" || raw === false ? "never" : "load";
}

/** `{text, value}` as documents hold choices. */
export function parseChoice(raw: unknown): Choice {
  if (typeof raw !== "object") return asChoice(textOf(raw));
  const { text, value } = asObject(raw);
  const written = textsOf(value)[0] ?? "";
  return { text: textsOf(text)[0] || written, value: written };
}

/** A choice that is called what it is. */
export const asChoice = (text: string): Choice => ({ text, value: text });

function parseSaved(raw: Json, several: boolean): VariableValue {
  const { text, value } = asObject(raw.current);
  const values = textsOf(value).filter((entry, _, all) => entry !== "" || all.length > 1);
  const texts = textsOf(text);
  return {
    values,
    texts: texts.length === values.length ? texts : values,
    all: values.includes(ALL),
    several,
  };
}

function parseSavedFilter(raw: unknown): Filter[] {
  const { key, operator, value, values } = asObject(raw);
  const filter = parseFilter(`${textOf(key)}|${asText(operator) ?? "="}|x`);
  if (filter === undefined) return [];
  const several = asTexts(values);
  return [{ ...filter, values: several.length > 0 ? several : [textOf(value)] }];
}

function parseAuto(raw: Json): Pick<Variable, "auto"> {
  if (raw.auto !== true) return {};
  return {
    auto: { count: asNumber(raw.auto_count) ?? 30, minMs: parseDuration(textOf(raw.auto_min)) ?? 10_000 },
  };
}

function parseVariable(raw: Json): Variable {
  const multi = raw.multi === true;
  const includeAll = raw.includeAll === true;
  const kind = KINDS.find((known) => known === raw.type) ?? "other";
  const allValue = asText(raw.allValue) ?? "";
  return {
    name: textOf(raw.name),
    label: textOf(raw.label) || textOf(raw.name),
    description: textOf(raw.description),
    kind,
    hide: kind === "constant" ? "all" : parseHide(raw.hide),
    query: queryText(raw.query ?? raw.definition),
    regex: textOf(raw.regex),
    sort: asNumber(raw.sort) ?? Math.max(0, SORTS.indexOf(textOf(raw.sort))),
    refresh: parseRefresh(raw.refresh),
    multi,
    includeAll,
    ...(allValue === "" ? {} : { allValue }),
    source: raw.datasource,
    saved: parseSaved(raw, multi || includeAll),
    savedChoices: asList(raw.options)
      .map(parseChoice)
      .filter(({ value }) => value !== ALL),
    ...parseAuto(raw),
    filters: [...asList(raw.filters), ...asList(raw.baseFilters)].flatMap(parseSavedFilter),
  };
}

/** Reads `templating`; entries without a name are left out. */
export function parseVariables(raw: unknown): Variable[] {
  const entries = asList(asObject(raw).list).map((entry) => parseVariable(asObject(entry)));
  return entries.filter(
    ({ name }, at) => name !== "" && entries.findIndex((one) => one.name === name) === at,
  );
}

/** What a variable must know before it can ask: other variables that its definition names. */
const dependencies = ({ query, regex, source, name }: Variable): string[] =>
  referencesIn(`${query} ${regex} ${JSON.stringify(source ?? null)}`).filter((other) => other !== name);

/** Variables such that each stands after those it needs; those that need one another keep their order. */
export function inOrder(variables: readonly Variable[]): Variable[] {
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  const done = new Set<Variable>();
  const visit = (variable: Variable, above: ReadonlySet<Variable>): void => {
    if (done.has(variable) || above.has(variable)) return;
    for (const name of dependencies(variable)) {
      const needed = byName.get(name);
      if (needed !== undefined) visit(needed, new Set([...above, variable]));
    }
    done.add(variable);
  };
  for (const variable of variables) visit(variable, new Set());
  return [...done];
}

/** Every variable that `name` needs, at any remove. */
export function ancestors(name: string, variables: readonly Variable[]): Set<string> {
  const found = new Set<string>();
  const visit = (at: string): void => {
    const variable = variables.find((one) => one.name === at);
    for (const other of variable === undefined ? [] : dependencies(variable)) {
      if (found.has(other)) continue;
      found.add(other);
      visit(other);
    }
  };
  visit(name);
  return found;
}

/** What a variable's query asks of a Prometheus. */
export type ChoiceQuery =
  | { kind: "label_values"; label: string; match?: string }
  | { kind: "label_names"; match?: string }
  | { kind: "metrics"; pattern: string }
  | { kind: "query_result"; expr: string }
  | { kind: "series"; match: string };

/** Reads Grafana's small query language of variables; what is none of its functions is a selector of series. */
export function parseChoiceQuery(text: string): ChoiceQuery | undefined {
  const [, name, inside = ""] =
    /^\s*(label_values|label_names|metrics|query_result)\s*\((.*)\)\s*$/s.exec(text) ?? [];
  if (name === "label_values") {
    const [, match, label] = /^(?:(.+),)?\s*("[^"]+"|[\w.]+)\s*$/s.exec(inside) ?? [];
    if (label === undefined) return undefined;
    const bare = label.replaceAll('"', "");
    return { kind: "label_values", label: bare, ...(match === undefined ? {} : { match: match.trim() }) };
  }
  if (name === "label_names") {
    return { kind: "label_names", ...(inside.trim() === "" ? {} : { match: inside.trim() }) };
  }
  if (name === "metrics") return { kind: "metrics", pattern: inside.trim() };
  if (name === "query_result") return { kind: "query_result", expr: inside.trim() };
  return text.trim() === "" ? undefined : { kind: "series", match: text.trim() };
}
