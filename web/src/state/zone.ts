/** The time zone and the calendar of the page: what the address says, else the dashboard, else what was chosen before. */

import { useLayoutEffect } from "react";
import { ISO_CALENDAR, setCalendar, type Calendar } from "../model/datemath";
import { asNumber, asText, entryOf, type Json } from "../model/json";
import { isZone, setZone, type Zone } from "../model/zone";
import { currentAddress, onAddress, setParams } from "./location";
import { makeStored } from "./stored";
import { makeStore, useStore } from "./store";

const PARAM = "timezone";

/** A zone that can be used here, or none; `UTC` is written in many ways. */
function asZone(text: unknown): Zone | undefined {
  if (typeof text !== "string" || text === "") return undefined;
  const zone = text.toLowerCase() === "utc" ? "utc" : text;
  return isZone(zone) ? zone : undefined;
}

const fromAddress = (): Zone | undefined => asZone(currentAddress().params.get(PARAM));

const remembered = makeStored<Zone>("timezone", (stored) => asZone(stored) ?? "browser");

/** What a dashboard says about times. */
export interface OwnTimes {
  zone: Zone | undefined;
  calendar: Calendar;
}

const WEEK_STARTS: Readonly<Record<string, number>> = { sunday: 0, monday: 1, saturday: 6 };

/** The `timezone`, `weekStart` and `fiscalYearStartMonth` of a document; `browser` is what its reader has chosen. */
export function ownTimes(raw: Json): OwnTimes {
  const zone = asZone(raw.timezone);
  const month = asNumber(raw.fiscalYearStartMonth) ?? 0;
  return {
    zone: zone === "browser" ? undefined : zone,
    calendar: {
      weekStart: entryOf(WEEK_STARTS, asText(raw.weekStart)?.toLowerCase() ?? "") ?? ISO_CALENDAR.weekStart,
      fiscalStart: month >= 0 && month < 12 ? Math.floor(month) : 0,
    },
  };
}

/** The zone of a page: the address goes before the dashboard, and that before what was chosen once. */
export const zoneOf = (address: Zone | undefined, own: Zone | undefined, chosen: Zone): Zone =>
  address ?? own ?? chosen;

/** Tells documents apart by what they say about times. */
const sayingOf = ({ timezone, weekStart, fiscalYearStartMonth }: Json): string =>
  JSON.stringify([timezone, weekStart, fiscalYearStartMonth]);

let own: OwnTimes = ownTimes({});
const shown = makeStore(sayingOf({}));
const effective = makeStore<Zone>("browser");

/** The model is told first: whoever hears of the change draws with it. */
function settle(): void {
  const zone = zoneOf(fromAddress(), own.zone, remembered.get());
  setZone(zone);
  setCalendar(own.calendar);
  effective.set(zone);
}

const asked = fromAddress();
if (asked !== undefined) remembered.set(asked);
settle();
remembered.subscribe(settle);
onAddress(settle);

/** Says which document is shown, and with that its zone and calendar; none for other pages. */
export function showTimesOf(raw: Json = {}): void {
  own = ownTimes(raw);
  settle();
  shown.set(sayingOf(raw));
}

/** Shows times as a document wants them while it is there; false until that holds. */
export function useTimesOf(raw: Json | undefined): boolean {
  useLayoutEffect(() => showTimesOf(raw), [raw]);
  useLayoutEffect(() => () => showTimesOf(), []);
  return useStore(shown) === sayingOf(raw ?? {});
}

/** The zone in effect; renders again when it changes. */
export const useZone = (): Zone => useStore(effective);

/** Chooses and remembers; the address says so too, so that a copied link shows the same times. */
export function chooseZone(zone: Zone): void {
  remembered.set(zone);
  setParams({ [PARAM]: zone === (own.zone ?? "browser") ? undefined : zone }, true);
}
