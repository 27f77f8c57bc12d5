/** What can be read off a PromQL expression about its filters, to explain why it answers nothing. Pure. */

export interface Matcher {
  label: string;
  op: "=" | "!=" | "=~" | "!~";
  value: string;
  /** As it was written. */
  text: string;
}

export interface Selector {
  /** Empty where the selector names no metric. */
  metric: string;
  matchers: Matcher[];
  /** As it was written: a query by itself. */
  text: string;
}

const STRING = String.raw`"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|` + "`[^`]*`";
const BRACED = new RegExp(
  String.raw`(?:([a-zA-Z_:][\w:]*)\s*)?\{((?:${STRING}|[^{}"'` + "`" + String.raw`])*)\}`,
  "g",
);
const MATCHER = new RegExp(String.raw`(${STRING}|[a-zA-Z_][\w.]*)\s*(=~|!~|!=|=)\s*(${STRING})`, "g");
const QUOTED_METRIC = new RegExp(String.raw`^\s*(${STRING})\s*(?:,|$)`);

/** What a quoted text says; escapes that only PromQL knows stay as they are. */
function unquote(text: string): string {
  const inside = text.slice(1, -1);
  return text.startsWith("`") ? inside : inside.replaceAll(/\\(["'\\])/g, "$1");
}

const unquoteName = (text: string): string => (/^["'`]/.test(text) ? unquote(text) : text);

/** The selectors of an expression that filter by labels, in order of appearance. */
export function selectorsOf(expr: string): Selector[] {
  return [...expr.matchAll(BRACED)].flatMap(([text, name, inside]) => {
    const all = [...inside!.matchAll(MATCHER)].map(([whole, label, op, value]): Matcher => ({
      label: unquoteName(label!),
      op: op as Matcher["op"],
      value: unquote(value!),
      text: whole,
    }));
    const quoted = QUOTED_METRIC.exec(inside!)?.[1];
    const named = all.find(({ label, op }) => label === "__name__" && op === "=");
    const metric = name ?? (quoted === undefined ? (named?.value ?? "") : unquote(quoted));
    const matchers = all.filter((matcher) => matcher !== named);
    return matchers.length === 0 ? [] : [{ metric, matchers, text }];
  });
}

/** Whether a label's value passes; a pattern that only RE2 knows passes everything. */
export function passes({ op, value }: Matcher, candidate: string): boolean {
  if (op === "=") return candidate === value;
  if (op === "!=") return candidate !== value;
  try {
    return new RegExp(`^(?:${value})$`).test(candidate) === (op === "=~");
  } catch {
    return true;
  }
}

/** Whether the expression looks at another time than that of its result. */
export const looksElsewhere = (expr: string): boolean =>
  /\boffset\b|@/.test(expr.replaceAll(new RegExp(STRING, "g"), ""));

/** Whether it takes rates, which need two samples. */
export const takesRates = (expr: string): boolean =>
  /\b(?:rate|irate|increase|delta|idelta|deriv)\s*\(/i.test(expr);

/** Whether it estimates a quantile, which nothing has when nothing happened. */
export const takesQuantile = (expr: string): boolean =>
  /\bhistogram_(?:quantile|avg|stddev)\s*\(/i.test(expr);
