/** Links of panels, of values and of the dashboard: what may be followed, and what a new one begins with. Pure. */

import { asList, asObject, asText, asTexts, type Json } from "../model/json";
import { safeUrl } from "../model/links";

export const linksOf = (raw: unknown): Json[] => asList(raw).map(asObject);

export const NEW_LINK: Json = { title: "", url: "" };

/** `example.com/x`: browsers take it for a path, and nobody means one. */
const HOST_LIKE = /^\s*([a-z0-9-]+\.)+(?!html?\b)[a-z]{2,}(:\d+)?([/?#]|\s*$)/i;

/** What a link may contain: variables at its place of the scheme leave it to the page, which looks again. */
export function faultOfUrl(url: string): string | undefined {
  if (url.trim() === "") return undefined;
  if (HOST_LIKE.test(url))
    return `Without http:// or https:// this is a path of this server: did you mean https://${url.trim()}?`;
  if (safeUrl(url) !== undefined) return undefined;
  const scheme = /^\s*([a-z][a-z0-9+.-]*):/i.exec(url)?.[1];
  return scheme === undefined
    ? "An address begins with http://, https:// or a path, such as /d/uid."
    : `Addresses with ${scheme}: are not followed: use http://, https:// or a path, such as /d/uid.`;
}

/** A link in a few words. */
export function sayLink({ title, url, type, tags }: Json): string {
  const named = asText(title) ?? "";
  if (named !== "") return named;
  if (type === "dashboards") return asTexts(tags).join(", ") || "All dashboards";
  return asText(url) || "No address yet";
}
