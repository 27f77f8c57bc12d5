/** The unit of a result, as far as the name of the metric tells; better none than a wrong one. Pure. */

const NAME = /(?<![\w:.$])([a-zA-Z_:][\w:]*)(?=\s*(?:\{|\[|\)|$|\s))/g;

/** Functions that keep the unit of what they are given. */
const KEEPING = new Set(
  (
    "sum avg min max topk bottomk quantile by without sort sort_desc abs ceil floor round clamp clamp_min clamp_max " +
    "avg_over_time min_over_time max_over_time last_over_time quantile_over_time delta histogram_quantile histogram_avg"
  ).split(" "),
);
const RATES = new Set(["rate", "irate", "deriv"]);
const GROWTHS = new Set(["increase", "idelta"]);
const WORDS = new Set("by without on ignoring offset bool and or unless atan2 inf nan".split(" "));

function unitOfName(name: string): string | undefined {
  const base = name.replace(/_(total|sum|bucket)$/, "");
  if (/_bytes$/.test(base)) return "bytes";
  if (/_seconds$/.test(base)) return "s";
  return /_ratio$/.test(base) ? "percentunit" : undefined;
}

/** Functions that are called, and names that are not. */
function namesOf(plain: string): { calls: string[]; metrics: string[] } {
  const called = plain.matchAll(/([a-z_]\w*)\s*(?:(?:by|without)\s*\([^)]*\)\s*)?\(/g);
  const calls = [...called].map(([, name]) => name!);
  const bare = plain
    .replaceAll(/\b(?:by|without|on|ignoring)\s*\([^)]*\)/g, "")
    .replaceAll(/\[[^\]]*\]/g, "");
  const names = [...bare.matchAll(NAME)].map(([, name]) => name!);
  return { calls, metrics: names.filter((name) => !WORDS.has(name) && !calls.includes(name)) };
}

/** Grafana's name of the unit, or undefined. */
export function guessUnit(expr: string): string | undefined {
  const plain = expr.replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '""').replaceAll(/\{[^}]*\}/g, "");
  if (/[*/%^]|[<>=]=?|\bcount\b|[^\w]-[^\w]/.test(plain)) return undefined;
  const { calls, metrics } = namesOf(plain);
  const units = new Set(metrics.map(unitOfName));
  const [unit] = units;
  if (units.size !== 1 || unit === undefined) return undefined;
  const others = calls.filter((name) => !KEEPING.has(name));
  if (others.every((name) => GROWTHS.has(name))) return unit;
  if (!others.every((name) => GROWTHS.has(name) || RATES.has(name))) return undefined;
  if (calls.includes("histogram_quantile")) return unit;
  return unit === "bytes" ? "binBps" : undefined;
}
