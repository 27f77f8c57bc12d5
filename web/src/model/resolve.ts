/** A dashboard with the values of its variables: panels repeated, texts and expressions filled in, filters added. Pure. */

import { minStepOf, type Dashboard, type Panel, type PanelQuery } from "./dashboard";
import { addFilters, formatFilter, type Filter } from "./filters";
import {
  interpolate,
  interpolateDeep,
  parameters,
  referencesIn,
  single,
  type Variables,
} from "./interpolate";
import { asList, asObject, type Json } from "./json";
import { makeSections, type Section } from "./layout";
import { repeatSections } from "./repeat";
import { chooseStep, rangeMacros } from "./step";
import type { RawRange, TimeRange } from "./timerange";

/** What is chosen on a page. */
export interface Situation {
  variables: Variables;
  filters: readonly Filter[];
  /** Variables that have no value yet. */
  waiting: ReadonlySet<string>;
  /** The page's range, for texts that tell it. */
  range: TimeRange;
  raw: RawRange;
}

/** Everything that is chosen, as parameters of an address. */
function choicesOf({ variables: known }: Dashboard, { variables, filters }: Situation): string[] {
  const adhoc = new Set(known.filter(({ kind }) => kind === "adhoc").map(({ name }) => name));
  const written = { ...single(""), values: filters.length === 0 ? [""] : filters.map(formatFilter) };
  return Object.entries(variables).map(([name, value]) =>
    interpolate(`\${${name}:queryparam}`, { [name]: adhoc.has(name) ? written : value }, "raw"),
  );
}

/** Names of the page itself, which texts may use. */
export function pageVariables(dashboard: Dashboard, situation: Situation): Variables {
  const [{ title, uid }, { variables, raw, range }] = [dashboard, situation];
  return {
    ...rangeMacros(range),
    __dashboard: { ...single(title), fields: { uid, title } },
    __url_time_range: parameters(`from=${encodeURIComponent(raw.from)}&to=${encodeURIComponent(raw.to)}`),
    __all_variables: parameters(choicesOf(dashboard, situation).join("&")),
    ...variables,
  };
}

/** `$__interval` in a title: no chart is as wide as it is not yet known to be. */
const USUAL_POINTS = 1000;

function resolveQuery(query: PanelQuery, variables: Variables, filters: readonly Filter[]): PanelQuery {
  const expr = addFilters(interpolate(query.expr, { __all: single(".*"), ...variables }, "promql"), filters);
  const source = interpolate(query.source, variables, "raw");
  return {
    ...query,
    expr,
    source: source === "" || source.includes("$") ? "default" : source,
    ...(query.legend === undefined ? {} : { legend: interpolate(query.legend, variables, "text") }),
    ...(query.minStep === undefined ? {} : { minStep: interpolate(query.minStep, variables, "raw") }),
    ...(expr === query.expr ? {} : { written: query.written ?? query.expr }),
  };
}

const isText = ({ type }: Panel): boolean => type === "text";

/** Values inside of a text panel's markup must not become markup. */
function resolveOptions(panel: Panel, texts: Variables): Json {
  if (!isText(panel)) return interpolateDeep(panel.options, texts, "text");
  const content = panel.options.content ?? panel.raw.content; // old ones keep it outside
  return interpolateDeep({ ...panel.options, ...(content === undefined ? {} : { content }) }, texts, "html");
}

/** Names by document: a page of 500 panels is resolved again at each choice, and its documents stay. */
const NAMES = new WeakMap<Json, Set<string>>();

/** The variables that a panel's document names. */
function refersTo({ raw }: Panel): Set<string> {
  const known = NAMES.get(raw);
  if (known !== undefined) return known;
  const { panels: _, ...own } = raw;
  const names = new Set(referencesIn(JSON.stringify(own)));
  NAMES.set(raw, names);
  return names;
}

/** One panel with everything filled in; the same object where nothing changes. */
export function resolvePanel(panel: Panel, situation: Situation, page: Variables): Panel {
  const { filters, waiting, range } = situation;
  const names = refersTo(panel);
  const touched = names.size > 0 || (filters.length > 0 && panel.queries.length > 0);
  if (!touched) return panel;
  const variables = { ...situation.variables, ...panel.scope };
  const minStepMs =
    panel.minStep === undefined ? undefined : minStepOf(interpolate(panel.minStep, variables, "raw"));
  const stepMs = chooseStep(range, panel.maxPoints ?? USUAL_POINTS, minStepMs);
  const texts = { ...page, ...variables, ...rangeMacros(range, stepMs) };
  const text = (template: string): string => interpolate(template, texts, "text");
  const isWaiting = [...names].some((name) => waiting.has(name) && panel.scope?.[name] === undefined);
  return {
    ...panel,
    ...(minStepMs === undefined ? {} : { minStepMs }),
    title: text(panel.title),
    description: text(panel.description),
    queries: panel.queries.map((query) => resolveQuery(query, variables, filters)),
    options: resolveOptions(panel, texts),
    fields: resolveFields(panel, texts),
    transformations: interpolateDeep(panel.transformations, texts, "raw"),
    links: resolveLinks(panel.links, texts),
    ...(panel.timeFrom === undefined ? {} : { timeFrom: text(panel.timeFrom) }),
    ...(panel.timeShift === undefined ? {} : { timeShift: text(panel.timeShift) }),
    ...(isWaiting ? { waits: true as const } : {}),
  };
}

const resolveLinks = (links: Panel["links"], texts: Variables): Panel["links"] =>
  links.map((link) => ({
    ...link,
    title: interpolate(link.title, texts, "text"),
    url: interpolate(link.url, texts, "uriencode"),
  }));

/** Names and links of fields; what a link says of the value under the pointer is filled in where that is known. */
function resolveFields({ fields }: Panel, texts: Variables): Panel["fields"] {
  const { displayName } = fields.defaults;
  return {
    defaults: {
      ...fields.defaults,
      ...(displayName === undefined ? {} : { displayName: interpolate(displayName, texts, "text") }),
      links: resolveLinks(fields.defaults.links, texts),
    },
    overrides: fields.overrides.map(({ matcher, properties }) => ({
      matcher: interpolateDeep(matcher, texts, "text"),
      properties: properties.map(({ id, value }) => ({ id, value: resolveProperty(id, value, texts) })),
    })),
  };
}

/** A link's address is filled in as one, wherever it stands; what else an override sets is text. */
function resolveProperty(id: string, value: unknown, texts: Variables): unknown {
  if (id !== "links") return interpolateDeep(value, texts, "text");
  return asList(value).map((link) => {
    const { url, ...rest } = asObject(link);
    const filled = interpolateDeep(rest, texts, "text");
    return url === undefined ? filled : { ...filled, url: interpolateDeep(url, texts, "uriencode") };
  });
}

/** The links of the page itself. */
export const pageLinks = (dashboard: Dashboard, situation: Situation): Panel["links"] =>
  resolveLinks(dashboard.links, pageVariables(dashboard, situation));

/** The page as it is drawn. */
export function resolveDashboard(dashboard: Dashboard, situation: Situation): Section[] {
  const page = pageVariables(dashboard, situation);
  const sections = repeatSections(makeSections(dashboard.panels), situation.variables);
  return sections.map(({ row, panels, ...rest }) => ({
    ...rest,
    ...(row === undefined ? {} : { row: resolvePanel(row, situation, page) }),
    panels: panels.map((panel) => resolvePanel(panel, situation, page)),
  }));
}
