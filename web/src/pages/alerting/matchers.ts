/** Matchers of silences and routes: the four operators, as text and as Alertmanager's API has them. Pure. */

import type { SilenceMatcher, Texts } from "./api";

export const OPERATORS = ["=", "!=", "=~", "!~"] as const;
export type Operator = (typeof OPERATORS)[number];

export const OPERATOR_WORDS: Readonly<Record<Operator, string>> = {
  "=": "is",
  "!=": "is not",
  "=~": "matches",
  "!~": "does not match",
};

export interface Matcher {
  name: string;
  operator: Operator;
  value: string;
}

const PLAIN = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** A text in double quotes, as Go and we read it. */
const quoted = (text: string): string =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;

/** `name="value"`, the name in quotes where it must be. */
export const writeMatcher = ({ name, operator, value }: Matcher): string =>
  `${PLAIN.test(name) ? name : quoted(name)}${operator}${quoted(value)}`;

const WRITTEN = /^\s*("(?:\\.|[^"\\])*"|[^\s"=!~{}]+?)\s*(=~|!~|!=|=)\s*("(?:\\.|[^"\\])*"|[^"]*?)\s*$/s;

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", '"': '"', "\\": "\\" };

const unquoted = (text: string): string =>
  text.startsWith('"')
    ? text.slice(1, -1).replaceAll(/\\(.)/gs, (whole, letter: string) => ESCAPES[letter] ?? whole)
    : text;

/** Reads one of `name="value"`, `name=value`, `name=~"a|b"`; undefined for what is none. */
export function readMatcher(text: string): Matcher | undefined {
  const found = WRITTEN.exec(text);
  if (found === null) return undefined;
  const [, name = "", operator, value = ""] = found;
  return { name: unquoted(name), operator: operator as Operator, value: unquoted(value) };
}

const PART =
  /\s*,?\s*((?:"(?:\\.|[^"\\])*"|[^\s"=!~{},]+?)\s*(?:=~|!~|!=|=)\s*(?:"(?:\\.|[^"\\])*"|[^\s",{}]*))/gs;

/** Reads a list of them, in braces or not; undefined where something else stands among them. */
export function readMatchers(text: string): Matcher[] | undefined {
  const inside = text.trim().replace(/^\{/, "").replace(/\}$/, "");
  if (inside.trim() === "") return [];
  const found = [...inside.matchAll(PART)];
  const rest = inside.replaceAll(PART, "").replaceAll(/[\s,]/g, "");
  const read = found.map(([, part]) => readMatcher(part!));
  return rest === "" && read.every((one) => one !== undefined) ? read : undefined;
}

/** What silences exactly this alert: each of its labels with its value, the name first. */
export function matchersOf(labels: Texts): Matcher[] {
  const names = Object.keys(labels).sort((a, b) =>
    a === "alertname" ? -1 : b === "alertname" ? 1 : a.localeCompare(b),
  );
  return names.map((name) => ({ name, operator: "=", value: labels[name]! }));
}

export const toApi = ({ name, operator, value }: Matcher): SilenceMatcher => ({
  name,
  value,
  isRegex: operator.endsWith("~"),
  isEqual: operator.startsWith("="),
});

export const fromApi = ({ name, value, isRegex, isEqual = true }: SilenceMatcher): Matcher => ({
  name,
  operator: isRegex ? (isEqual ? "=~" : "!~") : isEqual ? "=" : "!=",
  value,
});

/** Whether a matcher also takes alerts that lack its label, as far as that can be told without an engine of Go's patterns. */
const takesNothing = ({ operator, value }: Matcher): boolean =>
  operator === "="
    ? value === ""
    : operator === "=~"
      ? isEmptyPattern(value)
      : operator === "!="
        ? value !== ""
        : false;

function isEmptyPattern(value: string): boolean {
  try {
    return new RegExp(`^(?:${value})$`).test("");
  } catch {
    return false; // Go may read it; the server says so if it does not
  }
}

/** Why the server would refuse these matchers; undefined where it would not. */
export function faultOf(matchers: readonly Matcher[]): string | undefined {
  if (matchers.length === 0) return "A silence needs at least one matcher.";
  if (matchers.some(({ name }) => name.trim() === "")) return "Every matcher needs a label.";
  if (matchers.every(takesNothing))
    return "At least one matcher must not match an empty value: this one would silence everything.";
  return undefined;
}
