/** Comma-separated values (RFC 4180), safe to open in a spreadsheet. Pure. */

import { writeAny, type FieldConfig } from "../model/field";
import { nameOf, type DataFrame, type Field, type Value } from "../model/frame";
import { formatTime } from "../model/timerange";

/** `raw`: numbers in full and times in UTC, for programs; `shown`: as the page writes them. */
export type Writing = "raw" | "shown";

const LINE_END = "\r\n";
const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

/**
 * A text that a spreadsheet would take for a formula gets an apostrophe in front, which it hides again. Metrics and
 * labels come from whoever is scraped.
 */
export const guardText = (text: string): string =>
  /^[=+\-@\t\r]/.test(text) && !NUMBER.test(text) ? `'${text}` : text;

/** One cell: quoted where it has to be. */
export function writeCell(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const PLAIN: FieldConfig = {
  color: { mode: "fixed" },
  thresholds: { mode: "absolute", steps: [] },
  mappings: [],
  links: [],
  custom: {},
};

function rawNumber(value: number): string {
  if (Number.isNaN(value)) return "";
  return value === Infinity ? "+Inf" : value === -Infinity ? "-Inf" : String(value);
}

const isTime = ({ type, config }: Field): boolean => type === "time" && config?.unit === undefined;

const timeText = (ms: number, writing: Writing): string =>
  !Number.isFinite(ms) ? "" : writing === "raw" ? new Date(ms).toISOString() : formatTime(ms);

/** A value as a cell; numbers are never guarded, texts always. */
function cellOf(field: Field, value: Value | undefined, writing: Writing): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" && isTime(field)) return timeText(value, writing);
  if (typeof value === "object") return "";
  if (writing === "raw") return typeof value === "number" ? rawNumber(value) : guardText(String(value));
  if (typeof value === "number" && Number.isNaN(value)) return "";
  const { prefix = "", text, suffix } = writeAny(field.config ?? PLAIN, value);
  const words = `${prefix}${text}${suffix}`;
  // The page's minus is no hyphen, which is what spreadsheets read.
  return typeof value === "number" && /^−\d/.test(words) ? words.replace("−", "-") : guardText(words);
}

/** A table as one text, with a line of names above it. */
export function toCsv({ fields, length }: DataFrame, writing: Writing): string {
  const lines = [fields.map((field) => writeCell(guardText(nameOf(field)))).join(",")];
  for (let at = 0; at < length; at += 1)
    lines.push(fields.map((field) => writeCell(cellOf(field, field.values[at], writing))).join(","));
  return lines.join(LINE_END) + LINE_END;
}
