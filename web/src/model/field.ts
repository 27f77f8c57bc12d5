/** Field configuration: how the values of a series are written and coloured, with Grafana's overrides. Pure. */

import type { Labels } from "../api/frames";
import type { FieldType } from "./frame";
import { asList, asNumber, asObject, asText, asTexts, entryOf, type Json } from "./json";
import { formatLabels } from "./legend";
import { applyMappings, parseMappings, type Mapping } from "./mappings";
import { matchesPattern } from "./pattern";
import { calcKeepsUnit, reduceAny } from "./reduce";
import { NO_THRESHOLDS, parseThresholds, type Thresholds } from "./thresholds";
import { format, type Formatted } from "./units";

export interface FieldConfig {
  unit?: string;
  decimals?: number;
  min?: number;
  max?: number;
  /** Without bounds of its own, the field's range is that of its own values, not of all of the panel. */
  fieldMinMax?: boolean;
  displayName?: string;
  noValue?: string;
  /** `seriesBy`: which value of a series decides, where its colour follows from one. */
  color: { mode: string; fixedColor?: string; seriesBy?: string };
  thresholds: Thresholds;
  mappings: readonly Mapping[];
  links: readonly Link[];
  /** Drawing options of the panel type. */
  custom: Json;
}

interface Override {
  matcher: { id: string; options: unknown };
  properties: readonly { id: string; value: unknown }[];
}

export interface FieldRules {
  defaults: FieldConfig;
  overrides: readonly Override[];
}

/** A link of a field or panel, as the document has it. */
export interface Link {
  title: string;
  url: string;
  newTab: boolean;
}

/** What an override may be matched by. */
export interface FieldKey {
  /** As it is shown. */
  name: string;
  refId: string;
  labels?: Labels;
  /** As the source calls it, where that is another name. */
  sourceName?: string;
  /** `number` where it is absent. */
  type?: FieldType;
  values?: ArrayLike<unknown>;
}

/** Leaves out what is undefined, so that optional keys stay absent. */
function compact<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}

/** Reads a list of links; what has no address is none. */
export const parseLinks = (raw: unknown): Link[] =>
  asList(raw).flatMap((entry) => {
    const { title, url, targetBlank } = asObject(entry);
    const address = asText(url) ?? "";
    return address === ""
      ? []
      : [{ title: asText(title) || address, url: address, newTab: targetBlank === true }];
  });

/** Kinds of panels that give each series its own colour unless told otherwise; the others colour by threshold. */
const BY_SERIES = new Set([
  "timeseries",
  "barchart",
  "piechart",
  "histogram",
  "heatmap",
  "state-timeline",
  "trend",
  "watchglass-sparkline",
]);

/** The colour mode of a panel that names none. */
const modeUnlessGiven = (raw: Json, type: string): string =>
  BY_SERIES.has(type) || raw.thresholds === undefined ? "palette-classic" : "thresholds";

function parseField(raw: Json, type = "timeseries"): FieldConfig {
  const color = asObject(raw.color);
  return compact<FieldConfig>({
    unit: asText(raw.unit),
    decimals: asNumber(raw.decimals),
    min: asNumber(raw.min),
    max: asNumber(raw.max),
    fieldMinMax: raw.fieldMinMax === true ? true : undefined,
    displayName: asText(raw.displayName),
    noValue: asText(raw.noValue),
    color: compact<FieldConfig["color"]>({
      mode: asText(color.mode) ?? modeUnlessGiven(raw, type),
      fixedColor: asText(color.fixedColor),
      seriesBy: asText(color.seriesBy),
    }),
    thresholds: raw.thresholds === undefined ? NO_THRESHOLDS : parseThresholds(raw.thresholds),
    mappings: parseMappings(raw.mappings),
    links: parseLinks(raw.links),
    custom: asObject(raw.custom),
  });
}

/** Reads the `fieldConfig` of a panel of `type`. */
export function parseFieldRules(raw: unknown, type = "timeseries"): FieldRules {
  const source = asObject(raw);
  const overrides = asList(source.overrides).map((entry): Override => {
    const matcher = asObject(asObject(entry).matcher);
    return {
      matcher: { id: asText(matcher.id) ?? "", options: matcher.options },
      properties: asList(asObject(entry).properties).map((property) => {
        const { id, value } = asObject(property);
        return { id: asText(id) ?? "", value };
      }),
    };
  });
  return { defaults: parseField(asObject(source.defaults), type), overrides };
}

const isNamed = (key: FieldKey, name: string): boolean => key.name === name || key.sourceName === name;

function byNames(options: unknown, key: FieldKey): boolean {
  const { names, mode } = asObject(options);
  const listed = asTexts(names).some((name) => isNamed(key, name));
  return mode === "exclude" ? !listed : listed;
}

const COMPARE: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "==": (value, bound) => value === bound,
  "!=": (value, bound) => value !== bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
};

/** A field whose reduced value compares so with a number. */
function byValue(options: unknown, key: FieldKey): boolean {
  const { reducer, op, value } = asObject(options);
  const reduced = reduceAny(asText(reducer) ?? "", Array.from(key.values ?? []));
  const bound = asNumber(value) ?? NaN;
  return typeof reduced === "number" && (entryOf(COMPARE, asText(op) ?? "")?.(reduced, bound) ?? false);
}

const typeOf = ({ type = "number" }: FieldKey): FieldType => type;

/** How an override chooses its fields, under Grafana's names. */
const MATCHERS: Readonly<Record<string, (options: unknown, key: FieldKey) => boolean>> = {
  byName: (options, key) => isNamed(key, asText(options) ?? ""),
  byNames,
  byRegexp: (options, key) => matchesPattern(asText(options) ?? "", key.name),
  byRegexpOrNames: (options, key) =>
    byNames(options, key) || matchesPattern(asText(asObject(options).pattern) ?? "(?!)", key.name),
  byType: (options, key) => typeOf(key) === options,
  byTypes: (options, key) => asTexts(options).includes(typeOf(key)),
  numeric: (_, key) => typeOf(key) === "number",
  time: (_, key) => typeOf(key) === "time",
  byFrameRefID: (options, key) => key.refId === options,
  byValue,
};

const matches = ({ id, options }: Override["matcher"], key: FieldKey): boolean =>
  entryOf(MATCHERS, id)?.(options, key) ?? false;

/** `custom.a.b` set to a value inside the raw form of a field. */
function setPath(target: Json, path: readonly string[], value: unknown): Json {
  const [head, ...rest] = path;
  return { ...target, [head!]: rest.length === 0 ? value : setPath(asObject(target[head!]), rest, value) };
}

/** What a raw configuration says, and only that, on top of another. */
function override(base: FieldConfig, change: Json): FieldConfig {
  const parsed = parseField(change);
  const only = Object.fromEntries(
    Object.keys(change).map((name) => [name, parsed[name as keyof FieldConfig]]),
  );
  return { ...base, ...only, custom: mergeCustom(base.custom, asObject(change.custom)) };
}

/** `${__field.labels.job}` and the like, of which a shown name may be made. */
function fillName(template: string, key: FieldKey): string {
  const labels = key.labels ?? {};
  return template.replaceAll(
    /\$\{__(?:field|series)\.(\w+)(?:\.([\w.]+)|\["([^"]+)"\])?\}|\$__(name|field_name|series_name)/g,
    (_, what?: string, label?: string, quoted?: string) => {
      if (what !== "labels") return key.name;
      const name = label ?? quoted;
      return name === undefined ? formatLabels(labels) : (entryOf(labels, name) ?? "");
    },
  );
}

const WRITES_TIMES = /^(dateTime|time:)/;

/** Times have no unit but one of dates: that of a panel's values is not theirs. */
function forTimes({ unit, decimals: _, ...rest }: FieldConfig): FieldConfig {
  return unit !== undefined && WRITES_TIMES.test(unit) ? { ...rest, unit } : rest;
}

/** The configuration of one field: the defaults, what its data bring (`own`), every matching override on top. */
export function fieldFor(rules: FieldRules, key: FieldKey, own?: Json): FieldConfig {
  const field = configFor(rules, key, own);
  return typeOf(key) === "time" ? forTimes(field) : field;
}

function configFor(rules: FieldRules, key: FieldKey, own?: Json): FieldConfig {
  const base = own === undefined ? rules.defaults : override(rules.defaults, own);
  const properties = rules.overrides
    .filter(({ matcher }) => matches(matcher, key))
    .flatMap((rule) => rule.properties);
  const changed = properties.reduce((raw: Json, { id, value }) => setPath(raw, id.split("."), value), {});
  const field = properties.length === 0 ? base : override(base, changed);
  if (field.displayName?.includes("$") !== true) return field;
  return { ...field, displayName: fillName(field.displayName, key) };
}

const mergeCustom = (base: Json, change: Json): Json =>
  Object.entries(change).reduce((merged: Json, [name, value]) => {
    const nested = typeof value === "object" && value !== null && !Array.isArray(value);
    return { ...merged, [name]: nested ? { ...asObject(merged[name]), ...value } : value };
  }, base);

export interface Written extends Formatted {
  /** Colour from a value mapping. */
  color?: string;
  /** Icon from a value mapping. */
  icon?: string;
}

/** A value as its field writes it: mapped, without a value, or with its unit. */
export function writeValue(field: FieldConfig, value: number): Written {
  const mapped = applyMappings(field.mappings, value);
  const { text, color, icon } = mapped ?? {};
  const looks = { ...(color === undefined ? {} : { color }), ...(icon === undefined ? {} : { icon }) };
  if (text !== undefined) return { text, suffix: "", ...looks };
  if (Number.isNaN(value)) return { text: field.noValue ?? "–", suffix: "", ...looks };
  return { ...format(value, field.unit, field.decimals), ...looks };
}

/** The same for values of any kind; texts and truth values have no unit. */
export function writeAny(field: FieldConfig, value: unknown): Written {
  if (typeof value === "number") return writeValue(field, value);
  if (value === null || value === undefined) return writeValue(field, NaN);
  const plain =
    typeof value === "boolean" ? value : typeof value === "string" ? value : JSON.stringify(value);
  const mapped = applyMappings(field.mappings, plain) ?? {};
  return { suffix: "", ...mapped, text: mapped.text ?? String(plain) };
}

/** Whether a mapping has words for a value that is not there. */
export const mapsAbsent = ({ mappings }: FieldConfig): boolean =>
  applyMappings(mappings, NaN)?.text !== undefined;

/** The same for what is calculated of its values: a count has no unit, and a share is one. */
export function fieldOfCalc(field: FieldConfig, calc: string): FieldConfig {
  if (calcKeepsUnit(calc)) return field;
  const { decimals: _, ...rest } = field;
  return { ...rest, unit: calc === "diffperc" ? "percentunit" : "none" };
}

/** The same as one string. */
export function writeText(field: FieldConfig, value: number): string {
  const { prefix = "", text, suffix } = writeValue(field, value);
  return `${prefix}${text}${/^\p{L}/u.test(suffix) ? "\u00a0" : ""}${suffix}`;
}
