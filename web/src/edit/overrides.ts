/** Operations on the overrides of a panel: for which fields, and what they set. Pure. */

import { asList, asObject, asText, asTexts } from "../model/json";
import { parsePattern } from "../model/pattern";
import { moveEntry, type RawPanel } from "./doc";
import type { Pair } from "./options";
import { propertyOf } from "./properties";
import { getAt, setAt, type Path } from "./tree";

export const OVERRIDES: Path = ["fieldConfig", "overrides"];

/** How fields are chosen, as people choose it. */
export const MATCHERS: readonly Pair[] = [
  ["byName", "With the name"],
  ["byNames", "With one of the names"],
  ["byRegexp", "Whose name matches"],
  ["byType", "Of the type"],
  ["byFrameRefID", "Of the query"],
];

export const FIELD_TYPES: readonly Pair[] = [
  ["number", "Numbers"],
  ["string", "Texts"],
  ["time", "Times"],
  ["boolean", "True or false"],
];

export interface RawProperty {
  id: string;
  value: unknown;
}

export interface RawOverride {
  matcher: string;
  options: unknown;
  properties: readonly RawProperty[];
}

const readProperty = (raw: unknown): RawProperty => {
  const { id, value } = asObject(raw);
  return { id: asText(id) ?? "", value };
};

export const overridesOf = (panel: RawPanel): RawOverride[] =>
  asList(getAt(panel, OVERRIDES)).map((entry) => {
    const { matcher, properties } = asObject(entry);
    const { id, options } = asObject(matcher);
    return { matcher: asText(id) ?? "", options, properties: asList(properties).map(readProperty) };
  });

/** Adds an override for a field, or for one that is yet to be named. */
export const addOverride = (panel: RawPanel, name = ""): RawPanel => {
  const list = asList(getAt(panel, OVERRIDES));
  return setAt(panel, OVERRIDES, [...list, { matcher: { id: "byName", options: name }, properties: [] }]);
};

export const removeOverride = (panel: RawPanel, at: number): RawPanel =>
  setAt(panel, [...OVERRIDES, at], undefined);

export const moveOverride = (panel: RawPanel, at: number, step: -1 | 1): RawPanel =>
  moveEntry(panel, OVERRIDES, at, at + step);

/** What the options of a matcher say as one text; undefined where they are no text and no list of names. */
export function matcherText({ matcher, options }: RawOverride): string | undefined {
  if (matcher === "byNames") return asTexts(asObject(options).names).join("\n");
  return options === undefined ? "" : asText(options);
}

/** One on each line: names of series have commas. */
const namesIn = (text: string): string[] =>
  text
    .split("\n")
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** The options of a matcher for a text; what else the old ones said of names is kept. */
function optionsFor(id: string, text: string, before: unknown): unknown {
  return id === "byNames" ? { mode: "include", ...asObject(before), names: namesIn(text) } : text;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** What a matcher of another kind begins with: as near to the former as it can be. */
function begin(id: string, { matcher, ...rest }: RawOverride, refId: string): string {
  const named = matcher === "byName" || matcher === "byNames";
  const text = named ? (matcherText({ matcher, ...rest }) ?? "") : "";
  if (id === "byRegexp") return text === "" ? "/.*/" : `/^(${namesIn(text).map(escaped).join("|")})$/`;
  if (id === "byType") return "number";
  return id === "byFrameRefID" ? refId : text;
}

export function setMatcher(panel: RawPanel, at: number, id: string, refId: string): RawPanel {
  const before = overridesOf(panel)[at];
  if (before === undefined || before.matcher === id) return panel;
  const options = optionsFor(id, begin(id, before, refId), undefined);
  return setAt(panel, [...OVERRIDES, at, "matcher"], { id, options });
}

export function setMatcherText(panel: RawPanel, at: number, text: string): RawPanel {
  const before = overridesOf(panel)[at];
  if (before === undefined) return panel;
  const options = optionsFor(before.matcher, text, before.options);
  return setAt(panel, [...OVERRIDES, at, "matcher"], { id: before.matcher, options });
}

/** A pattern that does not compile, said as the browser says it; undefined where there is none. */
export function faultOfPattern(pattern: string): string | undefined {
  try {
    parsePattern(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error
      ? error.message.replace(/^Invalid regular expression: /, "")
      : String(error);
  }
}

const propertiesAt = (at: number): Path => [...OVERRIDES, at, "properties"];

export function addProperty(panel: RawPanel, at: number, id: string): RawPanel {
  const list = asList(getAt(panel, propertiesAt(at)));
  const value = structuredClone(propertyOf(id)?.starts);
  return setAt(panel, propertiesAt(at), [...list, { id, value }]);
}

export const setProperty = (panel: RawPanel, at: number, place: number, value: unknown): RawPanel =>
  setAt(panel, [...propertiesAt(at), place, "value"], value);

export const removeProperty = (panel: RawPanel, at: number, place: number): RawPanel =>
  setAt(panel, [...propertiesAt(at), place], undefined);

/** For which fields an override is, in a few words. */
export function sayMatcher(override: RawOverride): string {
  const { matcher } = override;
  const text = matcherText(override);
  if (text === undefined) return matcher;
  if (text === "") return "No field yet";
  if (matcher === "byType") return FIELD_TYPES.find(([type]) => type === text)?.[1] ?? `Type ${text}`;
  return matcher === "byFrameRefID" ? `Query ${text}` : text;
}

/** What an override sets, in a few words. */
export const sayProperties = ({ properties }: RawOverride): string =>
  properties.map(({ id }) => propertyOf(id)?.label ?? id).join(", ");

/** A raw value as people read JSON. */
export const sayJson = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));
