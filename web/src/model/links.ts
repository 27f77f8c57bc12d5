/** Addresses from documents: only such as lead to a page. Pure. */

/** The address where it is one of the web or of this server; undefined for scripts, files and what is none. */
export function safeUrl(url: string): string | undefined {
  // Control characters and blanks inside of a scheme are dropped by browsers, so they are here.
  const bare = url.replaceAll(/[\u0000-\u0020]/g, "");
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(bare)?.[1]?.toLowerCase();
  if (scheme !== undefined) return scheme === "http" || scheme === "https" ? bare : undefined;
  return bare === "" || bare.startsWith("\\") ? undefined : url.trim();
}

/** The same below the page's base: `/d/x` means this server, wherever it lives. Undefined where it may not be followed. */
export function linkAddress(url: string, base: string): string | undefined {
  const safe = safeUrl(url);
  if (safe === undefined) return undefined;
  if (/^https?:/i.test(safe) || safe.startsWith("//")) return safe;
  const below = new URL(base).pathname;
  return new URL(safe.startsWith(below) ? safe : safe.replace(/^\/+/, ""), base).href;
}
