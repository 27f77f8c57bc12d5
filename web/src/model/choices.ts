/** The choices of a variable and what is chosen of them. Pure. */

import { ALL, single, type VariableValue } from "./interpolate";
import { compile } from "./pattern";
import { chooseStep } from "./step";
import { formatDuration, type TimeRange } from "./timerange";
import { asChoice, parseChoice, type Choice, type Variable } from "./variable";

/** `a, b, shown : value` with `\,` for a comma; or a JSON list of texts or of `{text, value}`. */
function customChoices(query: string): Choice[] {
  const listed = /^\s*\[/.test(query) ? parseJson(query) : undefined;
  if (Array.isArray(listed)) return listed.map(parseChoice);
  return [...query.matchAll(/(?:\\,|[^,])+/g)].map(([part]) => {
    const text = part.replaceAll("\\,", ",");
    const named = /^\s*(.+)\s:\s(.+)$/.exec(text); // the last colon parts them: `CustomVariable` of Grafana's scenes
    return named === null ? asChoice(text.trim()) : { text: named[1]!.trim(), value: named[2]!.trim() };
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Value of an interval that follows from the range. */
const AUTO = "$__auto";

function intervalChoices({ query, auto }: Variable): Choice[] {
  const listed = [...query.matchAll(/(["'])(.*?)\1|[\w$]+/g)].map((match) => asChoice(match[2] ?? match[0]));
  return auto === undefined ? listed : [{ text: "auto", value: AUTO }, ...listed];
}

/** Choices that need no server. */
export function ownChoices(variable: Variable): Choice[] {
  if (variable.kind === "custom") return customChoices(variable.query);
  if (variable.kind === "interval") return intervalChoices(variable);
  return variable.savedChoices;
}

/** What the regular expression leaves of one answer: groups called `value` and `text`, the first group, or all of it. */
function extract(text: string, pattern: RegExp): Choice[] {
  const matches = pattern.global
    ? [...text.matchAll(pattern)]
    : [pattern.exec(text)].filter((match) => match !== null);
  if (matches.length === 0) return [];
  const group = (name: string): string | undefined =>
    matches.find(({ groups }) => groups?.[name])?.groups?.[name];
  const [value, shown] = [group("value"), group("text")];
  if (value !== undefined || shown !== undefined) return [{ text: shown ?? value!, value: value ?? shown! }];
  const grouped = matches.filter((match) => match.length > 1);
  if (grouped.length === 0) return [asChoice(text)];
  return grouped.map((match) => asChoice(match[1] ?? "")).filter((choice) => choice.value !== "");
}

const firstNumber = ({ text }: Choice): number => Number(/\d+/.exec(text)?.[0] ?? -1);
const natural = new Intl.Collator("en", { numeric: true });
const caseless = new Intl.Collator("en", { sensitivity: "base" });
const byText = (a: Choice, b: Choice): number => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);

/** Grafana's numbers of orders; each odd one goes up, and the even one after it down. */
const COMPARE: readonly ((a: Choice, b: Choice) => number)[] = [
  byText,
  (a, b) => firstNumber(a) - firstNumber(b),
  (a, b) => caseless.compare(a.text, b.text),
  (a, b) => natural.compare(a.text, b.text),
];

function sorted(choices: Choice[], sort: number): Choice[] {
  const compare = COMPARE[Math.ceil(sort / 2) - 1];
  if (compare === undefined) return choices;
  return choices.sort((a, b) => (sort % 2 === 1 ? compare(a, b) : compare(b, a)));
}

/** The choices that a query's answers make: of those with one value the first, in the variable's order. */
export function makeChoices(
  { regex, sort }: Pick<Variable, "regex" | "sort">,
  answers: readonly string[],
): Choice[] {
  const pattern = regex === "" ? undefined : compile(regex);
  const all = answers.flatMap((text) => (pattern === undefined ? [asChoice(text)] : extract(text, pattern)));
  const seen = new Set<string>();
  return sorted(
    all.filter(({ value }) => !seen.has(value) && seen.add(value)),
    sort,
  );
}

/** What is chosen, and what of it is not among the choices. */
export interface Settled {
  value: VariableValue;
  strange: string[];
}

const isAll = (value: string): boolean => value === ALL || value === "All";

/** The value of a variable: what the address says, else what was saved and still is a choice, else the first choice. */
export function settle(variable: Variable, choices: readonly Choice[], asked: readonly string[]): Settled {
  const { multi, includeAll, saved } = variable;
  const known = new Map(choices.map((choice) => [choice.value, choice]));
  const make = (values: readonly string[]): VariableValue => ({
    values,
    texts: values.map((value) => known.get(value)?.text ?? value),
    all: false,
    several: multi || includeAll,
  });
  if (includeAll && (asked.length > 0 ? asked.some(isAll) : saved.all)) {
    return { value: everything(variable, make(choices.map(({ value }) => value))), strange: [] };
  }
  if (asked.length > 0) {
    // A link may say what people see instead of what is meant.
    const meant = (text: string): string =>
      known.has(text) ? text : (choices.find((choice) => choice.text === text)?.value ?? text);
    const values = (multi ? asked : asked.slice(0, 1)).map(meant);
    const strange = choices.length === 0 ? [] : values.filter((value) => !known.has(value));
    return { value: make(values), strange };
  }
  const kept = saved.values.filter((value) => known.has(value));
  if (kept.length > 0) return { value: make(multi ? kept : kept.slice(0, 1)), strange: [] };
  return { value: make(choices.slice(0, 1).map(({ value }) => value)), strange: [] };
}

const everything = ({ allValue }: Variable, value: VariableValue): VariableValue => ({
  ...value,
  all: true,
  ...(allValue === undefined ? {} : { allValue }),
});

/** What stands in while the choices cannot be had: the address, or what was saved. */
export function settleUnknown(variable: Variable, asked: readonly string[]): VariableValue {
  const { value } = settle(variable, [], asked);
  if (value.all) return { ...value, allValue: variable.allValue ?? ".*" };
  return asked.length > 0 ? value : { ...variable.saved, several: value.several };
}

/** The value of a variable that has no choices: a constant, a text, or what is not known here. */
export function settleText(variable: Variable, asked: readonly string[]): VariableValue {
  if (variable.kind === "constant") return single(variable.query || (variable.saved.values[0] ?? ""));
  return single(asked[0] ?? variable.saved.values[0] ?? variable.query);
}

/** The duration that an interval of `auto` stands for. */
export function settleInterval(variable: Variable, value: VariableValue, range: TimeRange): VariableValue {
  const { count = 30, minMs = 10_000 } = variable.auto ?? {};
  if (value.values[0]?.startsWith(AUTO) !== true) return value;
  return single(formatDuration(chooseStep(range, count, minMs)), "auto");
}
