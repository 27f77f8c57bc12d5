/** A time of day as every notice writes it, always with its zone: `18:05 UTC`. */

import { wallClock, zoneNow } from "./zone";

const pad = (value: number): string => String(value).padStart(2, "0");

/** The short name of the page's zone at a time: `UTC`, `CET`, `GMT+2`. */
function zoneName(ms: number): string {
  const zone = zoneNow();
  if (zone === "utc") return "UTC";
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZoneName: "short",
    ...(zone === "browser" ? {} : { timeZone: zone }),
  }).formatToParts(ms);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

function dayOf(ms: number): string {
  const { year, month, day } = wallClock(ms);
  return `${year}-${pad(month)}-${pad(day)}`;
}

/** `18:05 UTC`; with its day where that is not today: `2026-11-20 18:05 UTC`. */
export function formatMoment(ms: number, nowMs: number = Date.now()): string {
  const { hour, minute } = wallClock(ms);
  const time = `${pad(hour)}:${pad(minute)} ${zoneName(ms)}`;
  return dayOf(ms) === dayOf(nowMs) ? time : `${dayOf(ms)} ${time}`;
}
