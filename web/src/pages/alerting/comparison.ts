/** Splits the expression of an alert into what is measured and the limit it is compared with. Pure. */

export const COMPARISONS = [">", ">=", "<", "<=", "==", "!="] as const;
export type ComparisonOperator = (typeof COMPARISONS)[number];

export interface Comparison {
  /** What is measured. */
  expr: string;
  operator: ComparisonOperator;
  limit: number;
}

interface Token {
  text: string;
  from: number;
  to: number;
}

const COMMENT = /("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)|#.*/g;
const TOKEN =
  /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|==|!=|>=|<=|=~|!~|[(){}[\]]|[<>]|[a-zA-Z_:][\w:]*|[\d.]+(?:e[+-]?\d+)?\w*|\S/gi;
const OPENING = new Set(["(", "{", "["]);
const CLOSING = new Set([")", "}", "]"]);

const withoutComments = (text: string): string =>
  text.replaceAll(COMMENT, (_, kept: string | undefined) => kept ?? "");

/** Tokens outside of all brackets; the brackets themselves stand for what is in them. */
function topTokens(text: string): Token[] {
  const found: Token[] = [];
  let depth = 0;
  for (const match of text.matchAll(TOKEN)) {
    const token = { text: match[0], from: match.index, to: match.index + match[0].length };
    if (CLOSING.has(token.text)) depth -= 1;
    if (depth === 0) found.push(token);
    if (OPENING.has(token.text)) depth += 1;
  }
  return found;
}

/** The text within brackets that are around all of it. */
function unwrapped(text: string): string {
  const inside = text.trim();
  const tokens = topTokens(inside);
  const isWrapped = tokens.length === 2 && tokens[0]!.text === "(" && tokens[1]!.text === ")";
  return isWrapped ? unwrapped(inside.slice(1, -1)) : inside;
}

const word = ({ text }: Token): string => text.toLowerCase();

const FLIPPED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  ">": "<",
  ">=": "<=",
  "<": ">",
  "<=": ">=",
  "==": "==",
  "!=": "!=",
};

/**
 * The comparison that an expression is, where one of its sides is a number: `A > 5`, `5 < A`, `A > bool 5`. Of
 * `A > 5 and B` it is the first: what is measured is A. Undefined where there is no such thing.
 */
export function splitComparison(text: string): Comparison | undefined {
  const whole = unwrapped(withoutComments(text));
  const tokens = topTokens(whole);
  if (tokens.some((token) => word(token) === "or")) return undefined;
  const joined = tokens.find((token) => ["and", "unless"].includes(word(token)));
  if (joined !== undefined) return splitComparison(whole.slice(0, joined.from));
  const compared = tokens.filter((token) => (COMPARISONS as readonly string[]).includes(token.text));
  if (compared.length !== 1) return undefined;
  const [{ text: found, from, to }] = compared as [Token];
  const operator = found as ComparisonOperator;
  const left = whole.slice(0, from).trim();
  const right = whole
    .slice(to)
    .replace(/^\s*bool\b/i, "")
    .trim();
  const [leftValue, rightValue] = [numberOf(left), numberOf(right)];
  if (rightValue !== undefined && leftValue === undefined)
    return { expr: unwrapped(left), operator, limit: rightValue };
  if (leftValue !== undefined && rightValue === undefined)
    return { expr: unwrapped(right), operator: FLIPPED[operator], limit: leftValue };
  return undefined;
}

const SECONDS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** A number as PromQL writes it; a duration is its seconds. */
function literal(text: string): number | undefined {
  if (/^inf$/i.test(text)) return Infinity;
  if (/^0x[0-9a-f]+$/i.test(text)) return Number.parseInt(text.slice(2), 16);
  if (/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (!/^(\d+(ms|[smhdwy]))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * SECONDS[unit!]!,
    0,
  );
}

const NUMBER_TOKEN = /\d+\.?\d*e[+-]?\d+|[\w.]+|[-+*/%^()]|\S/gi;

const LEVELS: readonly Readonly<Record<string, (a: number, b: number) => number>>[] = [
  { "+": (a, b) => a + b, "-": (a, b) => a - b },
  { "*": (a, b) => a * b, "/": (a, b) => a / b, "%": (a, b) => a % b },
];

/** The value of a text that is arithmetic of numbers alone; undefined for anything else. */
export function numberOf(text: string): number | undefined {
  const tokens = [...text.matchAll(NUMBER_TOKEN)].map(([token]) => token);
  let at = 0;
  const level = (depth: number): number | undefined => {
    const operators = LEVELS[depth];
    if (operators === undefined) return signed();
    let value = level(depth + 1);
    while (value !== undefined && tokens[at] !== undefined && Object.hasOwn(operators, tokens[at]!)) {
      const combine = operators[tokens[at++]!]!;
      const right = level(depth + 1);
      value = right === undefined ? undefined : combine(value, right);
    }
    return value;
  };
  const signed = (): number | undefined => {
    if (tokens[at] === "-" || tokens[at] === "+") {
      const sign = tokens[at++] === "-" ? -1 : 1;
      const value = signed();
      return value === undefined ? undefined : sign * value;
    }
    const base = atom();
    if (base === undefined || tokens[at] !== "^") return base;
    at += 1;
    const power = signed(); // binds to the right
    return power === undefined ? undefined : base ** power;
  };
  const atom = (): number | undefined => {
    const token = tokens[at++];
    if (token === undefined) return undefined;
    if (token !== "(") return literal(token);
    const value = level(0);
    return tokens[at++] === ")" ? value : undefined;
  };
  const value = level(0);
  return at === tokens.length ? value : undefined;
}
