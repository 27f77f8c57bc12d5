/** The units that people choose from, by what they measure, with names; any other text is a unit of its own. Data. */

import { format } from "../model/units";

export interface Unit {
  id: string;
  name: string;
  group: string;
  /** A number written in it. */
  example: string;
}

type Row = readonly [id: string, name: string, sample?: number];

const GROUPS: Readonly<Record<string, readonly Row[]>> = {
  Numbers: [
    ["none", "Number"],
    ["short", "Short (K, M, B)", 1_234_000],
    ["percent", "Percent (0–100)", 42],
    ["percentunit", "Percent (0.0–1.0)", 0.42],
    ["sci", "Scientific", 1_234_000],
    ["locale", "With separators", 1_234_000],
    ["bool", "True or false", 1],
    ["bool_yes_no", "Yes or no", 1],
    ["bool_on_off", "On or off", 1],
    ["string", "Text"],
  ],
  Data: [
    ["bytes", "Bytes (KiB, MiB)", 1_610_612_736],
    ["decbytes", "Bytes (kB, MB)", 1_500_000_000],
    ["bits", "Bits (Kib, Mib)", 1_610_612_736],
    ["decbits", "Bits (kb, Mb)", 1_500_000_000],
    ["kbytes", "Kibibytes", 1536],
    ["mbytes", "Mebibytes", 1536],
    ["gbytes", "Gibibytes", 1536],
  ],
  "Data rate": [
    ["binBps", "Bytes/s (KiB/s)", 1_610_612],
    ["Bps", "Bytes/s (kB/s)", 1_500_000],
    ["binbps", "Bits/s (Kib/s)", 1_610_612],
    ["bps", "Bits/s (kb/s)", 1_500_000],
    ["pps", "Packets/s", 1234],
  ],
  Time: [
    ["s", "Seconds", 0.25],
    ["ms", "Milliseconds", 250],
    ["µs", "Microseconds", 250],
    ["ns", "Nanoseconds", 250],
    ["m", "Minutes", 90],
    ["h", "Hours", 36],
    ["d", "Days", 10],
    ["dtdurations", "Duration, from seconds", 9000],
    ["dtdurationms", "Duration, from milliseconds", 9_000_000],
    ["dthms", "Clock (hh:mm:ss)", 9000],
    ["hertz", "Hertz", 2_400_000_000],
  ],
  Throughput: [
    ["reqps", "Requests/s", 12.5],
    ["ops", "Operations/s", 12.5],
    ["cps", "Counts/s", 12.5],
    ["rps", "Reads/s", 12.5],
    ["wps", "Writes/s", 12.5],
    ["iops", "I/O operations/s", 12.5],
    ["eps", "Events/s", 12.5],
    ["mps", "Messages/s", 12.5],
    ["rowsps", "Rows/s", 12.5],
    ["reqpm", "Requests/min", 12.5],
    ["opm", "Operations/min", 12.5],
    ["suffix: tok/s", "Tokens/s", 84],
  ],
  Money: [
    ["currencyUSD", "US dollars", 412.8],
    ["currencyEUR", "Euros", 412.8],
    ["currencyGBP", "Pounds", 412.8],
    ["currencyJPY", "Yen", 412.8],
    ["currencyCNY", "Yuan", 412.8],
    ["currencyINR", "Rupees", 412.8],
    ["currencyCHF", "Swiss francs", 412.8],
    ["currencyBTC", "Bitcoin", 0.5],
  ],
  "Date and time": [
    ["dateTimeAsIso", "Date and time"],
    ["dateTimeFromNow", "Time ago"],
  ],
  Physics: [
    ["celsius", "Celsius", 54],
    ["fahrenheit", "Fahrenheit", 129],
    ["kelvin", "Kelvin", 327],
    ["watt", "Watts", 250],
    ["kwatth", "Kilowatt hours", 1.2],
    ["joule", "Joules", 250],
    ["volt", "Volts", 12],
    ["amp", "Amperes", 1.5],
    ["rotrpm", "Revolutions/min", 1800],
    ["dBm", "Decibel-milliwatts", -60],
    ["humidity", "Humidity", 45],
    ["pressurehpa", "Hectopascals", 1013],
    ["lengthm", "Metres", 12],
    ["massg", "Grams", 250],
  ],
  Computing: [
    ["flops", "FLOPS", 1.2e12],
    ["Hs", "Hashes/s", 1.2e6],
    ["hex", "Hexadecimal", 255],
    ["hex0x", "Hexadecimal with 0x", 255],
  ],
};

function write(id: string, value: number): string {
  const { prefix = "", text, suffix } = format(value, id);
  return `${prefix}${text}${suffix}`;
}

const SAMPLE = 1234;
/** Dates of a moment that is not now tell nothing. */
const UNTOLD = new Set(["string", "dateTimeAsIso", "dateTimeFromNow"]);

export const UNIT_LIST: readonly Unit[] = Object.entries(GROUPS).flatMap(([group, rows]) =>
  rows.map(([id, name, sample = SAMPLE]) => ({
    id,
    name,
    group,
    example: UNTOLD.has(id) ? "" : write(id, sample),
  })),
);

/** What a unit is called; an own one by its text. */
export const unitName = (id: string): string => UNIT_LIST.find((unit) => unit.id === id)?.name ?? id;

/** As rates are also spoken and written: `Requests per second /second`. */
const SPOKEN = { s: "second", min: "minute" };

const spoken = (name: string): string =>
  name.replace(/\/(s|min)\b/, (_, short: keyof typeof SPOKEN) => ` per ${SPOKEN[short]} /${SPOKEN[short]}`);

const FOUND_BY: ReadonlyMap<string, string> = new Map(
  UNIT_LIST.map(({ id, name, group, example }) => [
    id,
    `${id} ${name} ${spoken(name)} ${group} ${example}`.toLowerCase(),
  ]),
);

/** `req/mins` as `req`, `/min`; without the plural, of which names may have less. */
const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .replaceAll("/", " /")
    .replaceAll(/\/\s+/g, "/")
    .split(/\s+/)
    .map((word) => word.replace(/(\w{3,})s$/, "$1"))
    .filter(Boolean);

/** Units whose name, id, group or example has all words of the search; all where there are none. */
export function searchUnits(text: string): Unit[] {
  const words = wordsOf(text);
  return UNIT_LIST.filter(({ id }) => words.every((word) => FOUND_BY.get(id)!.includes(word)));
}
