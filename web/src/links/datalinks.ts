/**
 * Links of single values: `${__field.name}`, `${__field.labels.job}`, `${__series.name}`, `${__value.raw}`,
 * `${__value.text}`, `${__value.time}`, `${__data.fields.Name}`, `${__data.fields[0]}`, with Grafana's formats after a
 * colon. Variables of the page are filled in before. Source: Grafana, docs "Configure data links". Pure.
 */

import { entryOf } from "../model/json";
import type { Labels } from "../api/frames";
import { writeText, type FieldConfig, type Link } from "../model/field";
import { interpolate, single } from "../model/interpolate";
import { linkAddress } from "../model/links";

/** The value that a link is about. */
export interface Subject {
  /** Of the field, as it is shown. */
  name: string;
  refId: string;
  field: FieldConfig;
  labels: Labels;
  value: number;
  /** The value itself, where it is a text. */
  text?: string;
  /** NaN where it has none. */
  timeMs: number;
  /** The other values of its row, by name. */
  row?: Readonly<Record<string, string>>;
}

export interface FilledLink {
  title: string;
  /** Undefined where it may not be followed. */
  href: string | undefined;
  /** As it is written, once all is filled in. */
  url: string;
  newTab: boolean;
}

const REFERENCE =
  /\$\{__(field|series|value|data)((?:\.[\w-]+|\["[^"]*"\]|\[\d+\])+)(?::([^}]+))?\}|\$__(series_name|field_name|value_time|cell)\b/g;

const OLD: Readonly<Record<string, readonly [string, ...string[]]>> = {
  series_name: ["series", "name"],
  field_name: ["field", "name"],
  value_time: ["value", "time"],
  cell: ["value", "raw"],
};

/** `.labels.job`, `.labels["a b"]`, `[0]` as a list of steps. */
const stepsOf = (path: string): string[] =>
  [...path.matchAll(/\.([\w-]+)|\["([^"]*)"\]|\[(\d+)\]/g)].map(
    ([, word, quoted, number]) => (word ?? quoted ?? number)!,
  );

function aboutField({ name, labels }: Subject, [what, label]: readonly string[]): string | undefined {
  if (what === "name" || what === "displayName") return name;
  if (what !== "labels") return undefined;
  return label === undefined
    ? Object.entries(labels)
        .map(([key, value]) => `${key}="${value}"`)
        .join(", ")
    : (entryOf(labels, label) ?? "");
}

function aboutValue({ value, text, timeMs, field }: Subject, [what]: readonly string[]): string | undefined {
  if (what === "raw" || what === "numeric") return text ?? String(value);
  if (what === "text") return text ?? writeText(field, value);
  return what === "time" ? (Number.isNaN(timeMs) ? "" : String(timeMs)) : undefined;
}

function aboutData(subject: Subject, [what, name]: readonly string[]): string | undefined {
  if (what === "refId") return subject.refId;
  if (what !== "fields" || name === undefined) return undefined;
  const { row = {} } = subject;
  if (Object.hasOwn(row, name)) return row[name];
  const byPlace = /^\d+$/.test(name) ? Object.values(row)[Number(name)] : undefined;
  return byPlace ?? (name === subject.name ? String(subject.value) : entryOf(subject.labels, name));
}

/** What a reference says; undefined for one that nobody knows, which stays as it is. */
function valueOf(subject: Subject, root: string, steps: readonly string[]): string | undefined {
  if (root === "value") return aboutValue(subject, steps);
  return root === "data" ? aboutData(subject, steps) : aboutField(subject, steps);
}

/** Fills in a text; in addresses every value is escaped, unless it is the address itself. */
export function fill(template: string, subject: Subject, inAddress: boolean): string {
  return template.replaceAll(
    REFERENCE,
    (whole: string, root?: string, path?: string, format?: string, old?: string, at?: unknown) => {
      const [name, ...steps] = root === undefined ? OLD[old ?? ""]! : [root, ...stepsOf(path ?? "")];
      const value = valueOf(subject, name, steps);
      if (value === undefined) return whole;
      const wanted = format ?? (inAddress && Number(at) > 0 ? "percentencode" : "raw");
      return interpolate("${x}", { x: single(value) }, wanted);
    },
  );
}

/** The link for one value. */
export function fillLink(link: Link, subject: Subject, base: string): FilledLink {
  const url = fill(link.url, subject, true);
  return {
    title: fill(link.title, subject, false),
    url,
    href: linkAddress(url, base),
    newTab: link.newTab,
  };
}
