/** The time zones to choose from, by the names that they have today; by their old ones they are found too. */

import { isZone, type Zone } from "./zone";

/** Cities that were renamed: region, old name, today's. Browsers list them by the old one. Source: tz database, `backward`. */
const RENAMED = new Map(
  [
    "Africa Asmera Asmara",
    ..."Buenos_Aires,Catamarca,Cordoba,Jujuy,Mendoza"
      .split(",")
      .map((city) => `America ${city} Argentina/${city}`),
    "America Coral_Harbour Atikokan",
    "America Godthab Nuuk",
    "America Indianapolis Indiana/Indianapolis",
    "America Louisville Kentucky/Louisville",
    "Asia Calcutta Kolkata",
    "Asia Katmandu Kathmandu",
    "Asia Rangoon Yangon",
    "Asia Saigon Ho_Chi_Minh",
    "Atlantic Faeroe Faroe",
    "Europe Kiev Kyiv",
    "Pacific Enderbury Kanton",
    "Pacific Ponape Pohnpei",
    "Pacific Truk Chuuk",
  ].map((line) => {
    const [region, old, now] = line.split(" ");
    return [`${region}/${old}`, `${region}/${now}`];
  }),
);

/** A zone by the name that it has today, where the browser knows it by that. */
export function zoneToday(zone: Zone): Zone {
  const now = RENAMED.get(zone);
  return now !== undefined && isZone(now) ? now : zone;
}

/** A zone as people read it; an old name says the one that it has today. */
export function sayZone(zone: Zone): string {
  const now = zoneToday(zone);
  return (now === zone ? zone : `${zone} (${now})`).replaceAll("_", " ");
}

/** Every named zone but UTC, by all its names. Asking for them takes a browser long: only where somebody chooses. */
export function listZones(): Zone[] {
  const listed = Intl.supportedValuesOf("timeZone").filter((name) => name !== "UTC");
  const known = [...RENAMED].flat().filter(isZone);
  return [...new Set([...listed, ...known])].sort();
}

/** A zone with its distance to UTC at a time: `Europe/Berlin (UTC+01:00)`. */
export function describeZone(zone: Zone, ms: number): string {
  if (zone === "utc") return "UTC";
  const name = zoneToday(zone === "browser" ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone);
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: name,
    timeZoneName: "longOffset",
  }).formatToParts(ms);
  const offset = parts.find(({ type }) => type === "timeZoneName")?.value.replace("GMT", "UTC") ?? "";
  return name === "UTC" ? "UTC" : `${name.replaceAll("_", " ")} (${offset})`;
}
