/** The page's address: a small router over the History API. Paths have no leading slash; the base is the server's. */

import { useMemo, useSyncExternalStore } from "react";

const base = (): string => (inBrowser ? new URL(document.baseURI).pathname : "/");

export interface Address {
  /** Below the base, without a leading slash. */
  path: string;
  params: URLSearchParams;
}

const inBrowser = typeof window !== "undefined";

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}

const snapshot = (): string => location.pathname + location.search;

function read(href: string): Address {
  const [pathname = "", search = ""] = href.split("?");
  const path = pathname.startsWith(base()) ? pathname.slice(base().length) : pathname.replace(/^\//, "");
  return { path, params: new URLSearchParams(search) };
}

/** A part of a path as people mean it; one that is encoded wrongly stands for itself. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The address outside of React. */
export const currentAddress = (): Address => read(inBrowser ? snapshot() : "");

/** Calls `listener` at each change of the address, before the page is drawn anew. */
export function onAddress(listener: () => void): void {
  if (inBrowser) subscribe(listener);
}

/** The address now; renders again when it changes. */
export function useAddress(): Address {
  const href = useSyncExternalStore(subscribe, snapshot);
  return useMemo(() => read(href), [href]);
}

/** Whether one may go from one address to another, each a path with its query string; asked before one goes. */
type Guard = (to: string, from: string) => boolean;
let guard: Guard | undefined;

/** The address that is shown: Back and Forward move `location` before anybody is asked. */
let shown = inBrowser ? snapshot() : "";

/** Back and Forward ask the guard too. Where it refuses, the address that is shown is put on top again. */
function onPop(event: PopStateEvent): void {
  if (guard?.(snapshot(), shown) === false) {
    event.stopImmediatePropagation();
    history.pushState(null, "", shown);
  }
  shown = snapshot();
}

if (inBrowser) window.addEventListener("popstate", onPop); // before anybody who draws

/** Asks `next` before every step within the page; gives what ends that. */
export function guardLeaving(next: Guard | undefined): () => void {
  guard = next;
  return () => {
    if (guard === next) guard = undefined;
  };
}

/** Goes to a path below the base, with its query string. */
export function navigate(to: string, replace = false): void {
  goTo(base() + to.replace(/^\//, ""), replace);
}

/** Goes to an address of this server. */
export function goTo(href: string, replace = false): void {
  if (href === snapshot()) return;
  if (guard?.(href, shown) === false) return;
  if (replace) history.replaceState(null, "", href);
  else history.pushState(null, "", href);
  shown = snapshot();
  for (const listener of listeners) listener();
}

/** Changes query parameters of this page; undefined removes one. */
export function setParams(changes: Record<string, string | undefined>, replace = false): void {
  const lists = Object.entries(changes).map(
    ([key, value]) => [key, value === undefined ? [] : [value]] as const,
  );
  setParamLists(Object.fromEntries(lists), replace);
}

/** The same for parameters that may stand several times. */
export function setParamLists(changes: Record<string, readonly string[]>, replace = false): void {
  const { path, params } = currentAddress();
  for (const [key, values] of Object.entries(changes)) {
    if (values.length === 1) params.set(key, values[0]!);
    else params.delete(key);
    if (values.length > 1) for (const value of values) params.append(key, value);
  }
  // Spaces and colons of dates read better unescaped, and both are allowed in a query string.
  const query = params.toString().replaceAll("%3A", ":");
  navigate(query === "" ? path : `${path}?${query}`, replace);
}
