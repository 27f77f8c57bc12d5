/** Ad hoc filters: a matcher added to every selector of an expression. Reads tokens only: a broken expression stays. Pure. */

/** One filter of a page. `=|` and `!=|` hold several values. */
export interface Filter {
  label: string;
  op: FilterOp;
  values: readonly string[];
}

export const FILTER_OPS = ["=", "!=", "=~", "!~", "=|", "!=|"] as const;
export type FilterOp = (typeof FILTER_OPS)[number];

type TokenKind = "string" | "comment" | "word" | "open" | "close" | "duration" | "space" | "other";

interface Token {
  kind: TokenKind;
  text: string;
  at: number;
}

/** A selector's name may hold colons; a number or duration is no word. `$x` and `${x}` are macros, filled in later. */
const TOKEN =
  /(?<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)|(?<comment>#[^\n]*)|(?<duration>\[[^\]]*\]|\d[\w.]*(?:[eE][+-]?\d+)?|\$\{[^}]*\}|\$\w+)|(?<word>[a-zA-Z_:][\w:]*)|(?<open>[{(])|(?<close>[})])|(?<space>\s+)|(?<other>[^])/g;

const tokenize = (expr: string): Token[] =>
  [...expr.matchAll(TOKEN)].map((match) => {
    const [kind] = Object.entries(match.groups!).find(
      ([, text]) => (text as string | undefined) !== undefined,
    )!;
    return { kind: kind as TokenKind, text: match[0], at: match.index };
  });

/** Words that stand between expressions, and are no metric unless a brace follows. */
const BETWEEN = new Set(
  "and or unless atan2 bool offset start end inf nan smoothed anchored fill".split(" "),
);
/** Words before a list of labels. */
const GROUPING = new Set("by without on ignoring group_left group_right".split(" "));

const isQuiet = ({ kind }: Token): boolean => kind === "space" || kind === "comment";

/** Place of the next token that says something, from `at` on. */
function next(tokens: readonly Token[], at: number): number {
  let place = at;
  while (place < tokens.length && isQuiet(tokens[place]!)) place += 1;
  return place;
}

/** Place of the bracket that closes the one at `at`; undefined where it is missing. */
function closing(tokens: readonly Token[], at: number): number | undefined {
  let depth = 0;
  for (let place = at; place < tokens.length; place += 1) {
    if (tokens[place]!.kind === "open") depth += 1;
    if (tokens[place]!.kind === "close") depth -= 1;
    if (depth === 0) return place;
  }
  return undefined;
}

interface Insertion {
  at: number;
  /** What stands around the matchers there. */
  before: string;
  after: string;
}

/** Where matchers go into the braces that open at `at`. */
function insideBraces(tokens: readonly Token[], at: number, close: number): Insertion {
  const said = tokens.slice(at + 1, close).filter((token) => !isQuiet(token));
  const separated = said.length === 0 || said.at(-1)!.text === ",";
  return { at: tokens[close]!.at, before: separated ? "" : ", ", after: "" };
}

/** Every place where a matcher must be added; undefined where the expression is broken. */
function insertions(expr: string): Insertion[] | undefined {
  const tokens = tokenize(expr);
  const found: Insertion[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const { kind, text } = tokens[at]!;
    if (kind === "other" && /["'`]/.test(text)) return undefined; // a string that does not end
    if (text === "{") {
      const close = closing(tokens, at);
      if (close === undefined) return undefined;
      found.push(insideBraces(tokens, at, close));
      at = close;
      continue;
    }
    if (kind !== "word") continue;
    const after = next(tokens, at + 1);
    const follower = tokens[after]?.text ?? "";
    if (follower === "{") continue; // the braces take it
    const word = text.toLowerCase();
    if (GROUPING.has(word) && follower === "(") {
      const close = closing(tokens, after);
      if (close === undefined) return undefined;
      at = close;
    } else if (
      follower !== "(" &&
      !isAggregation(word, follower) &&
      !BETWEEN.has(word) &&
      !GROUPING.has(word)
    ) {
      const end = tokens[at]!.at + text.length;
      found.push({ at: end, before: "{", after: "}" });
    }
  }
  return found;
}

const AGGREGATIONS = new Set(
  "sum min max avg group stddev stdvar count count_values bottomk topk quantile limitk limit_ratio".split(
    " ",
  ),
);

/** `sum by (x) (y)`: the name stands before its list of labels. */
const isAggregation = (word: string, follower: string): boolean =>
  AGGREGATIONS.has(word) && /^(by|without)$/i.test(follower);

const quote = (text: string): string =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
const escapeRegex = (text: string): string => text.replaceAll(/[\\^$*+?.()|[\]{}]/g, "\\$&");

/** `label="value"`; a name that needs it is quoted. */
export function matcherText({ label, op, values }: Filter): string {
  const name = /^[a-zA-Z_]\w*$/.test(label) ? label : quote(label);
  if (op === "=|" || op === "!=|") {
    return `${name}${op === "=|" ? "=~" : "!~"}${quote(values.map(escapeRegex).join("|"))}`;
  }
  return name + op + quote(values[0] ?? "");
}

/** The expression with the filters on each of its selectors. */
export function addFilters(expr: string, filters: readonly Filter[]): string {
  if (filters.length === 0) return expr;
  const places = insertions(expr);
  if (places === undefined) return expr;
  const matchers = filters.map(matcherText).join(", ");
  return places.reduceRight(
    (text, { at, before, after }) => text.slice(0, at) + before + matchers + after + text.slice(at),
    expr,
  );
}

const ESCAPES = [
  ["__gfp__", "|"],
  ["__gfc__", ","],
  ["__gfh__", "#"],
] as const;
const unescape = (text: string): string =>
  ESCAPES.reduce((plain, [code, letter]) => plain.replaceAll(code, letter), text.split(",")[0]!);
const escape = (text: string): string =>
  ESCAPES.reduce((coded, [code, letter]) => coded.replaceAll(letter, code), text);

/** Reads `label|op|value`, as addresses hold it; undefined where it is none. */
export function parseFilter(text: string): Filter | undefined {
  const several = /^([^|]+)\|(!?=\|)\|(.*)$/s.exec(text);
  const [, label, op, rest] = several ?? /^([^|]+)\|([^|]+)\|(.*)$/s.exec(text) ?? [];
  if (label === undefined || !FILTER_OPS.includes(op as FilterOp)) return undefined;
  return { label: unescape(label), op: op as FilterOp, values: rest!.split("|").map(unescape) };
}

/** Writes a filter into an address. */
export const formatFilter = ({ label, op, values }: Filter): string =>
  [escape(label), op, ...values.map(escape)].join("|");
