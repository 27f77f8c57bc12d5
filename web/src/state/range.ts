/** The page's time range and refresh interval, kept in the address (`from`, `to`, `refresh`). */

import { useMemo } from "react";
import {
  formatDuration,
  LAST_HOUR,
  parseRefresh,
  resolveRange,
  zoomOut,
  type RawRange,
} from "../model/timerange";
import { setParams, useAddress } from "./location";

/** What a page uses where its address says nothing. */
export interface RangeDefaults {
  time: RawRange;
  /** Undefined: as often as the server says for all that do not say it themselves. */
  refreshMs: number | undefined;
}

export interface PageRange {
  raw: RawRange;
  refreshMs: number;
  /** The page's own range, where it means nothing and another one is shown. */
  refused?: RawRange;
}

/** Refresh intervals on offer, in ms; 0 is off. */
export const REFRESH_CHOICES_MS = [0, 1000, 5000, 10_000, 30_000, 60_000, 300_000];

/** What the server's page says; 0 where it says nothing, as in development. */
const servedRefreshMs = (): number =>
  Number(document.querySelector<HTMLMetaElement>("meta[name=watchglass-refresh]")?.content ?? 0);

/** A default that means nothing is no default: the last hour stands in for it, and the page says so. */
function settle({ time }: RangeDefaults): Pick<PageRange, "raw" | "refused"> {
  return resolveRange(time, Date.now()) === undefined ? { raw: LAST_HOUR, refused: time } : { raw: time };
}

/** The range in an address, or the page's default where it is missing or makes no sense. */
export function readRange(params: URLSearchParams, defaults: RangeDefaults): PageRange {
  const [from, to, refresh] = ["from", "to", "refresh"].map((name) => params.get(name));
  const asked = { from: from ?? defaults.time.from, to: to ?? defaults.time.to };
  const isAsked = (from ?? to) !== null && resolveRange(asked, Date.now()) !== undefined;
  const refreshMs =
    typeof refresh === "string" ? parseRefresh(refresh) : (defaults.refreshMs ?? servedRefreshMs());
  return isAsked ? { raw: asked, refreshMs } : { ...settle(defaults), refreshMs };
}

/** The range of the page as its address is now. */
export function usePageRange(defaults: RangeDefaults): PageRange {
  const { params } = useAddress();
  return useMemo(() => readRange(params, defaults), [params, defaults]);
}

/** Writes the range into the address. */
export const setRange = (raw: RawRange): void => setParams({ from: raw.from, to: raw.to });

/** Writes the refresh interval into the address; 0 turns it off. */
export const setRefresh = (ms: number): void =>
  setParams({ refresh: ms === 0 ? "off" : formatDuration(ms) }, true);

/** Shows twice as much around what is shown. */
export function widenRange(raw: RawRange): void {
  const range = resolveRange(raw, Date.now());
  if (range !== undefined) setRange(zoomOut(range, Date.now()));
}
