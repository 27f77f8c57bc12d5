"""Units of values by Grafana's names: which are known, and what their old spellings mean now.

A text that is no known name is shown behind the number, as Grafana does.
Source: Grafana, packages/grafana-data/src/valueFormats/categories.ts.
"""

from __future__ import annotations

from collections.abc import Mapping

PREFIXES = ("suffix:", "prefix:", "si:", "count:", "time:", "currency:", "bool:")

_SPELLINGS: Mapping[str, str] = {
    "us": "µs",
    "\u03bcs": "µs",  # the Greek letter instead of the micro sign
    "usd": "currencyUSD",
    "eur": "currencyEUR",
    "percent (0-100)": "percent",
    "percent (0.0-1.0)": "percentunit",
}

_NAMES: Mapping[str, str] = {
    "numbers": "none string short sishort percent percentunit humidity dB hex0x hex sci locale pixel candela",
    "acceleration": "accMS2 accFS2 accG",
    "angles": "degree radian grad arcmin arcsec",
    "areas": "areaM2 areaF2 areaMI2 areaAC areaHA",
    "computation": "flops mflops gflops tflops pflops eflops zflops yflops",
    "concentration": "ppm conppb conngm3 conngNm3 conμgm3 conμgNm3 conmgm3 conmgNm3 congm3 congNm3 conmgdL conmmolL",
    "data": "bytes decbytes bits decbits kbytes deckbytes mbytes decmbytes gbytes decgbytes tbytes dectbytes pbytes "
    "decpbytes",
    "data rates": "pps binBps Bps binbps bps KiBs Kibits KBs Kbits MiBs Mibits MBs Mbits GiBs Gibits GBs Gbits TiBs "
    "Tibits TBs Tbits PiBs Pibits PBs Pbits",
    "dates": "dateTimeAsIso dateTimeAsIsoNoDateIfToday dateTimeAsUS dateTimeAsUSNoDateIfToday dateTimeAsLocal "
    "dateTimeAsLocalNoDateIfToday dateTimeAsSystem dateTimeFromNow",
    "energy": "watt kwatt megwatt gwatt mwatt Wm2 voltamp kvoltamp voltampreact kvoltampreact watth watthperkg kwatth "
    "kwattm amph kamph mamph joule ev amp kamp mamp volt kvolt mvolt dBm mohm ohm kohm Mohm farad µfarad nfarad "
    "pfarad ffarad henry mhenry µhenry lumens",
    "flow": "flowgpm flowcms flowcfs flowcfm litreh flowlpm flowmlpm lux",
    "force": "forceNm forcekNm forceN forcekN",
    "hash rates": "Hs KHs MHs GHs THs PHs EHs",
    "mass": "massmg massg masslb masskg masst",
    "length": "lengthmm lengthin lengthft lengthm lengthkm lengthmi",
    "pressure": "pressurembar pressurebar pressurekbar pressurepa pressurehpa pressurekpa pressurehg pressurepsi",
    "radiation": "radbq radci radgy radrad radsv radmsv radμsv radrem radexpckg radr radsvh radmsvh radμsvh",
    "rotation": "rotrpm rothz rotrads rotdegs",
    "temperature": "celsius fahrenheit kelvin",
    "time": "hertz ns µs ms s m h d dtdurationms dtdurations dthms dtdhms timeticks clockms clocks",
    "throughput": "cps ops reqps rps wps iops eps mps recps rowsps cpm opm reqpm rpm wpm epm mpm",
    "velocity": "velocityms velocitykmh velocitymph velocityknot",
    "volume": "mlitre litre m3 Nm3 dm3 gallons",
    "truth": "bool bool_yes_no bool_on_off",
}

NAMES: frozenset[str] = frozenset(name for names in _NAMES.values() for name in names.split())


def modern_unit(unit: str) -> str:
    """The unit's current name; a text that is no name stays as it is."""
    return unit if unit in NAMES else _SPELLINGS.get(unit.strip().lower(), unit)


def is_named(unit: str) -> bool:
    """Whether the unit is one of Grafana's names, and not a text that stands behind the number."""
    return unit in NAMES or unit.startswith((*PREFIXES, "currency"))
