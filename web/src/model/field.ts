/** Field configuration: how the values of a series are written and coloured, with Grafana's overrides. Pure. */

import type { Labels } from "../api/frames";
import { asList, asNumber, asObject, asText, type Json } from "./json";
import { applyMappings, parseMappings, type Mapping } from "./mappings";
import { NO_THRESHOLDS, parseThresholds, type Thresholds } from "./thresholds";
import { format, type Formatted } from "./units";

export interface FieldConfig {
  unit?: string;
  decimals?: number;
  min?: number;
  max?: number;
  displayName?: string;
  noValue?: string;
  color: { mode: string; fixedColor?: string };
  thresholds: Thresholds;
  mappings: readonly Mapping[];
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

/** What an override may be matched by. */
export interface FieldKey {
  name: string;
  refId: string;
  labels?: Labels;
}

/** Leaves out what is undefined, so that optional keys stay absent. */
function compact<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}

function parseField(raw: Json): FieldConfig {
  const color = asObject(raw.color);
  return compact<FieldConfig>({
    unit: asText(raw.unit),
    decimals: asNumber(raw.decimals),
    min: asNumber(raw.min),
    max: asNumber(raw.max),
    displayName: asText(raw.displayName),
    noValue: asText(raw.noValue),
    color: compact<FieldConfig["color"]>({
      mode: asText(color.mode) ?? "palette-classic",
      fixedColor: asText(color.fixedColor),
    }),
    thresholds: raw.thresholds === undefined ? NO_THRESHOLDS : parseThresholds(raw.thresholds),
    mappings: parseMappings(raw.mappings),
    custom: asObject(raw.custom),
  });
}

/** Reads a panel's `fieldConfig`. */
export function parseFieldRules(raw: unknown): FieldRules {
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
  return { defaults: parseField(asObject(source.defaults)), overrides };
}

function matches({ id, options }: Override["matcher"], key: FieldKey): boolean {
  const text = asText(options) ?? "";
  if (id === "byName") return key.name === text;
  if (id === "byFrameRefID") return key.refId === text;
  return id === "byRegexp" && matchesPattern(text, key.name);
}

/** Matches `/pattern/flags` or a bare pattern; one that does not compile matches nothing. */
export function matchesPattern(pattern: string, text: string): boolean {
  const slashed = /^\/(.*)\/([a-z]*)$/s.exec(pattern);
  try {
    return new RegExp(slashed?.[1] ?? pattern, slashed?.[2] ?? "").test(text);
  } catch {
    return false;
  }
}

/** `custom.a.b` set to a value inside the raw form of a field. */
function setPath(target: Json, path: readonly string[], value: unknown): Json {
  const [head, ...rest] = path;
  return { ...target, [head!]: rest.length === 0 ? value : setPath(asObject(target[head!]), rest, value) };
}

/** The configuration of one field: the defaults with every matching override on top. */
export function fieldFor(rules: FieldRules, key: FieldKey): FieldConfig {
  const properties = rules.overrides
    .filter(({ matcher }) => matches(matcher, key))
    .flatMap((rule) => rule.properties);
  if (properties.length === 0) return rules.defaults;
  const changed = properties.reduce((raw: Json, { id, value }) => setPath(raw, id.split("."), value), {});
  const parsed = parseField(changed);
  const only = Object.fromEntries(
    Object.keys(changed).map((name) => [name, parsed[name as keyof FieldConfig]]),
  );
  return { ...rules.defaults, ...only, custom: mergeCustom(rules.defaults.custom, asObject(changed.custom)) };
}

const mergeCustom = (base: Json, change: Json): Json =>
  Object.entries(change).reduce((merged: Json, [name, value]) => {
    const nested = typeof value === "object" && value !== null && !Array.isArray(value);
    return { ...merged, [name]: nested ? { ...asObject(merged[name]), ...value } : value };
  }, base);

export interface Written extends Formatted {
  /** Colour from a value mapping. */
  color?: string;
}

/** A value as its field writes it: mapped, without a value, or with its unit. */
export function writeValue(field: FieldConfig, value: number): Written {
  const mapped = applyMappings(field.mappings, value);
  if (mapped?.text !== undefined) {
    return { text: mapped.text, suffix: "", ...(mapped.color === undefined ? {} : { color: mapped.color }) };
  }
  if (Number.isNaN(value)) return { text: field.noValue ?? "–", suffix: "" };
  return format(value, field.unit, field.decimals);
}

/** The same as one string. */
export function writeText(field: FieldConfig, value: number): string {
  const { prefix = "", text, suffix } = writeValue(field, value);
  return `${prefix}${text}${/^\p{L}/u.test(suffix) ? "\u00a0" : ""}${suffix}`;
}
