/** The page's time range and refresh interval, kept in the address (`from`, `to`, `refresh`). */

import { useMemo } from "react";
import { formatDuration, parseDuration, resolveRange, type RawRange } from "../model/timerange";
import { setParams, useAddress } from "./location";

/** What a page uses where its address says nothing. */
export interface RangeDefaults {
  time: RawRange;
  refreshMs: number;
}

export interface PageRange {
  raw: RawRange;
  refreshMs: number;
}

/** Refresh intervals on offer, in ms; 0 is off. */
export const REFRESH_CHOICES_MS = [0, 1000, 5000, 10_000, 30_000, 60_000, 300_000];

/** Whether a range makes sense does not depend on the time of day. */
const LOADED_MS = Date.now();

/** The range in an address, or the page's default where it is missing or makes no sense. */
export function readRange(params: URLSearchParams, defaults: RangeDefaults): PageRange {
  const asked = { from: params.get("from") ?? defaults.time.from, to: params.get("to") ?? defaults.time.to };
  const raw = resolveRange(asked, LOADED_MS) === undefined ? defaults.time : asked;
  const refresh = params.get("refresh");
  return { raw, refreshMs: refresh === null ? defaults.refreshMs : (parseDuration(refresh) ?? 0) };
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
