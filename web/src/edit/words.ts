/** What people call the places of a dashboard's document. Data, and how it is looked up. Pure. */

import { asList, asObject, asText, entryOf } from "../model/json";
import type { Path } from "./tree";

const WORDS: Readonly<Record<string, string>> = {
  type: "type",
  title: "title",
  description: "description",
  transparent: "transparent",
  datasource: "data source",
  targets: "queries",
  transformations: "transformations",
  links: "links",
  repeat: "repeat",
  "fieldConfig.defaults.unit": "unit",
  "fieldConfig.defaults.decimals": "decimals",
  "fieldConfig.defaults.min": "minimum",
  "fieldConfig.defaults.max": "maximum",
  "fieldConfig.defaults.noValue": "text without a value",
  "fieldConfig.defaults.displayName": "name of series",
  "fieldConfig.defaults.color": "colours",
  "fieldConfig.defaults.color.mode": "colours",
  "fieldConfig.defaults.mappings": "value mappings",
  "fieldConfig.defaults.thresholds": "thresholds",
  "fieldConfig.defaults.thresholds.steps": "thresholds",
  "fieldConfig.defaults.thresholds.mode": "thresholds in",
  "fieldConfig.defaults.custom.drawStyle": "style",
  "fieldConfig.defaults.custom.lineWidth": "line width",
  "fieldConfig.defaults.custom.fillOpacity": "fill",
  "fieldConfig.defaults.custom.stacking.mode": "stacking",
  "fieldConfig.defaults.custom.axisLabel": "axis label",
  "fieldConfig.defaults.custom.spanNulls": "lines over gaps",
  "fieldConfig.defaults.custom.thresholdsStyle.mode": "thresholds drawn as",
  "fieldConfig.overrides": "overrides",
  "options.legend.showLegend": "legend",
  "options.legend.displayMode": "legend as",
  "options.legend.placement": "legend at",
  "options.legend.calcs": "values of the legend",
  "options.reduceOptions.calcs": "calculation",
  "options.content": "text",
  "templating.list": "variables",
  "annotations.list": "annotations",
  "time.from": "start of the range",
  "time.to": "end of the range",
  refresh: "refresh",
  tags: "tags",
  timezone: "time zone",
  graphTooltip: "shared crosshair",
};

const QUERY_WORDS: Readonly<Record<string, string>> = {
  expr: "query",
  legendFormat: "legend",
  hide: "hidden",
  instant: "instant",
  range: "range",
  format: "format",
  interval: "smallest step",
  datasource: "data source",
};

/** A place as people call it; where nobody has a word for it, its path. */
export function nameOf(path: Path): string {
  const last = path.at(-1);
  if (typeof last === "number" && path[0] !== "targets") return `${nameOf(path.slice(0, -1))} ${last + 1}`;
  const whole = path.join(".");
  const word = entryOf(WORDS, whole);
  if (word !== undefined) return word;
  if (path[0] === "targets" && typeof path[1] === "string") {
    const key = String(path[2] ?? "expr");
    return `${entryOf(QUERY_WORDS, key) ?? key} ${path[1]}`;
  }
  return whole.replace(/^fieldConfig\.defaults\.(custom\.)?/, "").replace(/^options\./, "");
}

const LONGEST = 400;
const short = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

/** A value in a few words. */
export function sayValue(value: unknown): string {
  if (value === undefined || value === null || value === "") return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return short(value);
  if (typeof value !== "object") return JSON.stringify(value);
  const list = asList(value);
  if (list.length === 0 && Array.isArray(value)) return "none";
  if (list.every((entry) => typeof entry === "string") && Array.isArray(value)) return short(list.join(", "));
  if (list.length > 0 && list.every(isStep)) return short(list.map(sayStep).join(", "));
  if (Array.isArray(value)) return list.length === 1 ? "1 entry" : `${list.length} entries`;
  return short(asText(asObject(value).uid) ?? sayLeaves(value));
}

/** Keys that are data and no words of the form: the values of a mapping, and switches. */
const isSaid = (key: string, inside: unknown): boolean => typeof inside === "boolean" || /^-?\d/.test(key);

/** What stands in an object, without its structure. */
function sayLeaves(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "object") return typeof value === "string" ? value : JSON.stringify(value);
  return Object.entries(value)
    .map(([key, inside]) =>
      !Array.isArray(value) && isSaid(key, inside) ? `${key} ${sayValue(inside)}` : sayLeaves(inside),
    )
    .filter((text) => text !== "")
    .join(", ");
}

const isStep = (entry: unknown): boolean => "color" in asObject(entry) && "value" in asObject(entry);

function sayStep(entry: unknown): string {
  const { value, color } = asObject(entry);
  return `${asText(color) ?? ""}${value === null || value === undefined ? "" : ` from ${JSON.stringify(value)}`}`;
}
