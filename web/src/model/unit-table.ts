/** The table of units: Grafana's names and how a number in them is scaled and written. Data only. */

/** One written form: a number divided by `by`, followed by `suffix`. */
export interface Scale {
  by: number;
  suffix: string;
}

const SI = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"];
const IEC = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];
const SMALL = ["m", "µ", "n", "p", "f"];
/** Counts use Grafana's capital K and what a billion is called. */
const COUNT = ["", "K", "M", "B", "T"];

/** Prefixed forms of a unit; `down` adds milli, micro, nano and so on. */
function scaled(base: number, prefixes: readonly string[], unit: string, factor = 1, down = false): Scale[] {
  const up = prefixes.map((prefix, power) => ({ by: base ** power / factor, suffix: prefix + unit }));
  const below = down
    ? SMALL.map((prefix, power) => ({ by: base ** -(power + 1) / factor, suffix: prefix + unit }))
    : [];
  return [...below.reverse(), ...up];
}

export const plain = (suffix: string, by = 1): Scale[] => [{ by, suffix }];
const si = (unit: string, factor = 1): Scale[] => scaled(1000, SI, unit, factor);
const iec = (unit: string, factor = 1): Scale[] => scaled(1024, IEC, unit, factor);
/** Physical quantities, which are small as often as large. */
export const quantity = (unit: string, factor = 1): Scale[] => scaled(1000, SI, unit, factor, true);
export const count = (unit: string): Scale[] => scaled(1000, COUNT, unit);

/** Sizes in seconds of the units that times are written in. */
export const SECONDS = [
  ["ns", 1e-9],
  ["µs", 1e-6],
  ["ms", 1e-3],
  ["s", 1],
  ["min", 60],
  ["h", 3600],
  ["d", 86400],
  ["wk", 604800],
  ["y", 31557600],
] as const;

/** Time in a unit of `seconds`, written in whichever unit fits. */
const time = (seconds: number): Scale[] => SECONDS.map(([suffix, size]) => ({ by: size / seconds, suffix }));

/** The same unit for each of several prefixes: `KBs`, `MBs`, … */
const family = (
  make: (unit: string, factor: number) => Scale[],
  unit: string,
  base: number,
  names: readonly string[],
): Record<string, Scale[]> =>
  Object.fromEntries(names.map((name, power) => [name, make(unit, base ** (power + 1))]));

const STEPS = ["k", "m", "g", "t", "p"];
const RATES = ["K", "M", "G", "T", "P"];

const DATA: Readonly<Record<string, readonly Scale[]>> = {
  bits: iec("b"),
  decbits: si("b"),
  bytes: iec("B"),
  decbytes: si("B"),
  ...family(
    iec,
    "B",
    1024,
    STEPS.map((step) => `${step}bytes`),
  ),
  ...family(
    si,
    "B",
    1000,
    STEPS.map((step) => `dec${step}bytes`),
  ),
  Bps: si("B/s"),
  binBps: iec("B/s"),
  bps: si("b/s"),
  binbps: iec("b/s"),
  ...family(
    iec,
    "B/s",
    1024,
    RATES.map((rate) => `${rate}iBs`),
  ),
  ...family(
    iec,
    "b/s",
    1024,
    RATES.map((rate) => `${rate}ibits`),
  ),
  ...family(
    si,
    "B/s",
    1000,
    RATES.map((rate) => `${rate}Bs`),
  ),
  ...family(
    si,
    "b/s",
    1000,
    RATES.map((rate) => `${rate}bits`),
  ),
  pps: count(" p/s"),
};

const TIMES: Readonly<Record<string, readonly Scale[]>> = {
  ns: time(1e-9),
  µs: time(1e-6),
  μs: time(1e-6), // the Greek letter, which some editors write
  us: time(1e-6),
  ms: time(1e-3),
  s: time(1),
  m: time(60),
  h: time(3600),
  d: time(86400),
  w: time(604800),
  timeticks: time(0.01),
  hertz: si("Hz"),
};

const THROUGHPUT: Readonly<Record<string, readonly Scale[]>> = Object.fromEntries(
  Object.entries({
    cps: "c/s",
    ops: "ops/s",
    reqps: "req/s",
    rps: "rd/s",
    wps: "wr/s",
    iops: "io/s",
    eps: "evt/s",
    mps: "msg/s",
    recps: "rec/s",
    rowsps: "rows/s",
    cpm: "c/min",
    opm: "ops/min",
    reqpm: "req/min",
    rpm: "rd/min",
    wpm: "wr/min",
    epm: "evt/min",
    mpm: "msg/min",
    recpm: "rec/min",
  }).map(([name, suffix]) => [name, count(` ${suffix}`)]),
);

const ENERGY: Readonly<Record<string, readonly Scale[]>> = {
  watt: quantity("W"),
  kwatt: quantity("W", 1e3),
  megwatt: quantity("W", 1e6),
  gwatt: quantity("W", 1e9),
  mwatt: quantity("W", 1e-3),
  Wm2: quantity("W/m²"),
  voltamp: quantity("VA"),
  kvoltamp: quantity("VA", 1e3),
  voltampreact: quantity("VAr"),
  kvoltampreact: quantity("VAr", 1e3),
  watth: quantity("Wh"),
  watthperkg: quantity("Wh/kg"),
  kwatth: quantity("Wh", 1e3),
  kwattm: quantity("W-min", 1e3),
  joule: quantity("J"),
  ev: quantity("eV"),
  amp: quantity("A"),
  kamp: quantity("A", 1e3),
  mamp: quantity("A", 1e-3),
  amph: quantity("Ah"),
  kamph: quantity("Ah", 1e3),
  mamph: quantity("Ah", 1e-3),
  volt: quantity("V"),
  kvolt: quantity("V", 1e3),
  mvolt: quantity("V", 1e-3),
  dBm: plain(" dBm"),
  ohm: quantity("Ω"),
  kohm: quantity("Ω", 1e3),
  Mohm: quantity("Ω", 1e6),
  mohm: quantity("Ω", 1e-3),
  farad: quantity("F"),
  µfarad: quantity("F", 1e-6),
  nfarad: quantity("F", 1e-9),
  pfarad: quantity("F", 1e-12),
  ffarad: quantity("F", 1e-15),
  henry: quantity("H"),
  mhenry: quantity("H", 1e-3),
  µhenry: quantity("H", 1e-6),
  lumens: quantity("Lm"),
};

const RADIATION: Readonly<Record<string, readonly Scale[]>> = {
  radbq: quantity("Bq"),
  radci: quantity("Ci"),
  radgy: quantity("Gy"),
  radrad: quantity("rad"),
  radsv: quantity("Sv"),
  radmsv: quantity("Sv", 1e-3),
  radμsv: quantity("Sv", 1e-6),
  radμsvh: quantity("Sv/h", 1e-6),
  radusv: quantity("Sv", 1e-6),
  radrem: quantity("rem"),
  radexpckg: quantity("C/kg"),
  radr: quantity("R"),
  radsvh: quantity("Sv/h"),
  radmsvh: quantity("Sv/h", 1e-3),
  radusvh: quantity("Sv/h", 1e-6),
};

/** Quantities that are written as they are. */
const AS_IS: Readonly<Record<string, readonly Scale[]>> = Object.fromEntries(
  Object.entries({
    percent: "%",
    humidity: "%H",
    dB: " dB",
    candela: " cd",
    pixel: " px",
    accMS2: " m/s²",
    accFS2: " f/s²",
    accG: " g",
    degree: "°",
    radian: " rad",
    grad: " gon",
    arcmin: "′",
    arcsec: "″",
    areaM2: " m²",
    areaF2: " ft²",
    areaMI2: " mi²",
    acres: " ac",
    areaAC: " ac",
    areaHA: " ha",
    hectares: " ha",
    ppm: " ppm",
    conppm: " ppm",
    conppb: " ppb",
    conngm3: " ng/m³",
    conngNm3: " ng/Nm³",
    conμgm3: " μg/m³",
    conμgNm3: " μg/Nm³",
    conmgm3: " mg/m³",
    conmgNm3: " mg/Nm³",
    congm3: " g/m³",
    congNm3: " g/Nm³",
    conmgdL: " mg/dL",
    conmmolL: " mmol/L",
    flowgpm: " gpm",
    flowcms: " cms",
    flowcfs: " cfs",
    flowcfm: " cfm",
    litreh: " L/h",
    flowlpm: " L/min",
    flowmlpm: " mL/min",
    lux: " lux",
    rotrpm: " rpm",
    rotrads: " rad/s",
    rotdegs: " °/s",
    celsius: "°C",
    fahrenheit: "°F",
    farenheit: "°F", // as older documents have it
    kelvin: " K",
    velocityms: " m/s",
    velocitykmh: " km/h",
    velocitymph: " mph",
    velocityknot: " kn",
    lengthin: " in",
    lengthft: " ft",
    lengthmi: " mi",
    masslb: " lb",
    masst: " t",
    m3: " m³",
    Nm3: " Nm³",
    dm3: " dm³",
    gallons: " gal",
    pressurehg: " inHg",
    pressurepsi: " psi",
  }).map(([name, suffix]) => [name, plain(suffix)]),
);

const MECHANICS: Readonly<Record<string, readonly Scale[]>> = {
  forceNm: quantity("Nm"),
  forcekNm: quantity("Nm", 1e3),
  forceN: quantity("N"),
  forcekN: quantity("N", 1e3),
  lengthmm: quantity("m", 1e-3),
  lengthm: quantity("m"),
  lengthkm: quantity("m", 1e3),
  massmg: quantity("g", 1e-3),
  massg: quantity("g"),
  masskg: quantity("g", 1e3),
  mlitre: quantity("L", 1e-3),
  litre: quantity("L"),
  pressurembar: quantity("bar", 1e-3),
  pressurebar: quantity("bar"),
  pressurekbar: quantity("bar", 1e3),
  pressurepa: quantity("Pa"),
  pressurehpa: plain(" hPa"),
  pressurekpa: quantity("Pa", 1e3),
  rothz: si("Hz"),
};

export const UNITS: Readonly<Record<string, readonly Scale[]>> = {
  none: plain(""),
  short: count(""),
  sishort: quantity(""),
  percentunit: plain("%", 0.01),
  flops: si("FLOPS"),
  ...family(si, "FLOPS", 1000, [
    "kflops",
    "mflops",
    "gflops",
    "tflops",
    "pflops",
    "eflops",
    "zflops",
    "yflops",
  ]),
  Hs: si("H/s"),
  ...family(si, "H/s", 1000, ["KHs", "MHs", "GHs", "THs", "PHs", "EHs"]),
  ...AS_IS,
  ...DATA,
  ...TIMES,
  ...THROUGHPUT,
  ...ENERGY,
  ...RADIATION,
  ...MECHANICS,
};

/** Signs of currencies; those in the second list stand behind the amount. */
export const CURRENCIES: Readonly<Record<string, string>> = {
  currencyUSD: "$",
  currencyEUR: "€",
  currencyGBP: "£",
  currencyJPY: "¥",
  currencyCNY: "¥",
  currencyINR: "₹",
  currencyRUB: "₽",
  currencyUAH: "₴",
  currencyBRL: "R$",
  currencyBTC: "฿",
  currencymBTC: "m฿",
  currencyμBTC: "μ฿",
  currencyZAR: "R",
  currencyKRW: "₩",
  currencyTRY: "₺",
  currencyIDR: "Rp ",
  currencyMYR: "RM ",
  currencyPHP: "PHP ",
  currencyCHF: "CHF ",
  currencyCAD: "C$",
  currencyAUD: "A$",
  currencyPYG: "₲",
  currencyILS: "₪",
  currencyUYU: "$U",
};

export const TRAILING_CURRENCIES: Readonly<Record<string, string>> = {
  currencyDKK: " kr",
  currencyISK: " kr",
  currencyNOK: " kr",
  currencySEK: " kr",
  currencyCZK: " Kč",
  currencyPLN: " zł",
  currencyVND: " đ",
  currencyBGN: " лв",
  currencyXPF: " XPF",
};

/** The SI prefix that a `si:` unit begins with (`si:mF`): its power of a thousand and the bare unit. */
export function splitPrefix(unit: string): [factor: number, unit: string] {
  const [letter, rest] = [unit.slice(0, 1), unit.slice(1)];
  const up = SI.indexOf(letter);
  const down = SMALL.indexOf(letter === "u" || letter === "μ" ? "µ" : letter);
  if (rest === "" || (up < 1 && down < 0)) return [1, unit];
  return [up > 0 ? 1000 ** up : 1000 ** -(down + 1), rest];
}
