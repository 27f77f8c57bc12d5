/** What can be read off a PromQL expression without parsing it: metric names and jobs, to explain empty panels. Pure. */

const WORDS = new Set(
  "by without on ignoring group_left group_right offset bool and or unless inf nan start end atan2".split(
    " ",
  ),
);

/** Label lists and strings hold no metric names. */
const NOT_METRICS = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#.*|\[[^\]]*\]/g;
const LABEL_LISTS = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/gi;

/** Names of the metrics an expression selects, in order of appearance. */
export function metricNames(expr: string): string[] {
  const quoted = [...expr.matchAll(/\{\s*"([^"]+)"\s*[,}]|__name__\s*=\s*"([^"]+)"/g)].map(
    (match) => match[1] ?? match[2]!,
  );
  const bare = expr
    .replaceAll(NOT_METRICS, "")
    .replaceAll(/\{[^}]*\}/g, "")
    .replaceAll(LABEL_LISTS, "")
    .matchAll(/(?<![\w:$.])([a-zA-Z_:][\w:]*)\b(?!\s*\()/g);
  const names = [...quoted, ...[...bare].map((match) => match[1]!)];
  return [...new Set(names.filter((name) => !WORDS.has(name.toLowerCase())))];
}

/** Values of `job="…"` matchers. */
export const jobNames = (expr: string): string[] => [
  ...new Set([...expr.matchAll(/\bjob\s*=\s*"([^"]*)"/g)].map((match) => match[1]!)),
];
