/** Operations on a panel's queries (`targets`). Pure. */

import { asList, asObject, asText, type Json } from "../model/json";
import { sourceName } from "../model/source";
import { moveEntry, type RawPanel } from "./doc";
import { setAt } from "./tree";

export const queriesOf = (panel: RawPanel): readonly Json[] => asList(panel.targets).map(asObject);

/** A, B, … Z, AA, …: the first that no query of the panel has. */
export function nextRefId(panel: RawPanel): string {
  const taken = new Set(queriesOf(panel).map(({ refId }) => asText(refId)));
  for (let number = 0; ; number++) {
    const name = refIdAt(number);
    if (!taken.has(name)) return name;
  }
}

const refIdAt = (number: number): string =>
  (number >= 26 ? refIdAt(Math.floor(number / 26) - 1) : "") + String.fromCharCode(65 + (number % 26));

/** A query asks what the panel's other ones ask, where these name a data source. */
export function addQuery(panel: RawPanel, more: Json = {}): RawPanel {
  const queries = queriesOf(panel);
  const last = queries.at(-1)?.datasource ?? panel.datasource;
  const datasource = sourceName(last) === "" ? undefined : last;
  const query = {
    refId: nextRefId(panel),
    expr: "",
    ...(datasource === undefined ? {} : { datasource }),
    ...more,
  };
  return { ...panel, targets: [...queries, query] };
}

/** The source that a query asks, as its document says it. */
export const sourceOf = (panel: RawPanel, query: Json): unknown => query.datasource ?? panel.datasource;

/** A source as Grafana writes it; nothing for the default one. */
export const writeSource = (name: string): Json | undefined =>
  name === "" ? undefined : { type: "prometheus", uid: name };

const MIXED: Json = { type: "datasource", uid: "-- Mixed --" };

/**
 * Lets a query ask another source. As in Grafana, the panel has the source of all its queries, or says that they are
 * mixed.
 */
export function setSource(panel: RawPanel, at: number, name: string): RawPanel {
  const names = queriesOf(panel).map((query, place) =>
    place === at ? name : sourceName(sourceOf(panel, query)),
  );
  const targets = queriesOf(panel).map((query, place) => {
    const kept = sourceOf(panel, query);
    const own = place === at ? writeSource(name) : sourceName(kept) === "" ? undefined : kept;
    return setAt(query, ["datasource"], own);
  });
  const whole = names.every((one) => one === name) ? writeSource(name) : MIXED;
  return setAt({ ...panel, targets }, ["datasource"], whole);
}

export const duplicateQuery = (panel: RawPanel, at: number): RawPanel => {
  const query = queriesOf(panel)[at];
  return query === undefined ? panel : addQuery(panel, { ...query, refId: nextRefId(panel) });
};

export const removeQuery = (panel: RawPanel, at: number): RawPanel =>
  setAt(panel, ["targets", at], undefined);

export const moveQuery = (panel: RawPanel, at: number, step: -1 | 1): RawPanel =>
  moveEntry(panel, ["targets"], at, at + step);

/** Sets one thing of a query; undefined takes it away. */
export const setQuery = (panel: RawPanel, at: number, key: string, value: unknown): RawPanel =>
  setAt(panel, ["targets", at, key], value);

/** How often a query is evaluated, as people choose it. */
export type Moment = "range" | "instant" | "both";

export function momentOf({ instant, range }: Json): Moment {
  if (instant !== true) return "range";
  return range === true ? "both" : "instant";
}

export function setMoment(panel: RawPanel, at: number, moment: Moment): RawPanel {
  const instant = setQuery(panel, at, "instant", moment !== "range");
  return setQuery(instant, at, "range", moment !== "instant");
}

/** The text of a query, also where an old document calls it otherwise. */
export const exprOf = ({ expr, query }: Json): string => asText(expr) ?? asText(query) ?? "";
