/** Regular expressions as dashboards write them. Pure. */

/**
 * `/pattern/flags`, which may match any part, or a bare pattern, which must match the whole; throws where it does not
 * compile. As Grafana's `stringToJsRegex` has it.
 */
export function parsePattern(pattern: string): RegExp {
  const slashed = /^\/(.*)\/([a-z]*)$/s.exec(pattern);
  return new RegExp(slashed?.[1] ?? `^${pattern}$`, slashed?.[2] ?? "");
}

/** The same; undefined where it does not compile. */
export function compile(pattern: string): RegExp | undefined {
  try {
    return parsePattern(pattern);
  } catch {
    return undefined;
  }
}

/** Whether a text matches; with a pattern that does not compile, none does. */
export const matchesPattern = (pattern: string, text: string): boolean =>
  compile(pattern)?.test(text) ?? false;
