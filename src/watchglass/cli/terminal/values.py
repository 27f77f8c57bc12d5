"""How a number in a unit is written for people: the units that packs and monitoring use, by Grafana's names."""

from __future__ import annotations

import math

_SI = ("", "k", "M", "G", "T", "P", "E")
_IEC = ("", "Ki", "Mi", "Gi", "Ti", "Pi")
_COUNT = ("", "K", "M", "B", "T")
_SECONDS = (("ns", 1e-9), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0), ("min", 60.0), ("h", 3600.0), ("d", 86400.0))
_DURATIONS = (("y", 31557600), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1))

Scale = tuple[float, str]
"""What a number is divided by, and what then stands behind it."""


def _powers(base: int, prefixes: tuple[str, ...], unit: str, factor: float = 1.0, joint: str = "") -> tuple[Scale, ...]:
    return tuple((base**power / factor, joint + prefix + unit) for power, prefix in enumerate(prefixes))


def _time(seconds: float) -> tuple[Scale, ...]:
    return tuple((size / seconds, f" {name}") for name, size in _SECONDS)


_BYTES = {f"{prefix}bytes": 1024.0**power for power, prefix in enumerate(("", "k", "m", "g", "t"))}
_DECBYTES = {f"dec{name}": 1000.0**power for power, name in enumerate(_BYTES)}
_RATES = {"reqps": " req/s", "ops": " ops/s", "cps": " c/s", "rps": " rd/s", "wps": " wr/s", "eps": " evt/s"}
_CURRENCIES = {"currencyUSD": "$", "currencyEUR": "€", "currencyGBP": "£", "currencyJPY": "¥"}

_SCALES: dict[str, tuple[Scale, ...]] = {
    "": _powers(1000, _COUNT, ""),
    "short": _powers(1000, _COUNT, ""),
    "none": ((1.0, ""),),
    "percent": ((1.0, "%"),),
    "percentunit": ((0.01, "%"),),
    "s": _time(1),
    "ms": _time(1e-3),
    "µs": _time(1e-6),
    "ns": _time(1e-9),
    "m": _time(60),
    "h": _time(3600),
    "d": _time(86400),
    "Bps": _powers(1000, _SI, "B/s", 1, " "),
    "binBps": _powers(1024, _IEC, "B/s", 1, " "),
    "bps": _powers(1000, _SI, "b/s", 1, " "),
    "Mbits": _powers(1000, _SI, "b/s", 1e6, " "),
    "hertz": _powers(1000, _SI, "Hz", 1, " "),
    **{name: _powers(1024, _IEC, "B", factor, " ") for name, factor in _BYTES.items()},
    **{name: _powers(1000, _SI, "B", factor, " ") for name, factor in _DECBYTES.items()},
    **{name: _powers(1000, _COUNT, suffix) for name, suffix in _RATES.items()},
}


def format_value(value: float, unit: str = "", decimals: int | None = None) -> str:
    """A number as people read it; `decimals` None means three significant digits."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "-∞"
    match unit:
        case "locale":
            return _grouped(value, decimals)
        case "dtdurations":
            return duration_words(value)
        case "bool" | "bool_yes_no" | "bool_on_off":
            return _TRUTH[unit][value != 0]
    prefix, scales, decimals = _form(unit, value, decimals)
    by, suffix = _scale_for(scales, abs(value))
    text = _digits(value / by, decimals, 2 if suffix == "%" else 6)
    minus, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    return f"{minus}{prefix}{text}{suffix}"


_TRUTH = {"bool": ("False", "True"), "bool_yes_no": ("No", "Yes"), "bool_on_off": ("Off", "On")}


def _form(unit: str, value: float, decimals: int | None) -> tuple[str, tuple[Scale, ...], int | None]:
    if unit in _CURRENCIES:
        return _CURRENCIES[unit], _powers(1000, _COUNT, ""), _cents(value) if decimals is None else decimals
    kind, colon, rest = unit.partition(":")
    match kind if colon else "":
        case "suffix":
            return "", ((1.0, rest),), decimals
        case "prefix":
            return rest, ((1.0, ""),), decimals
        case "currency":
            return rest, _powers(1000, _COUNT, ""), _cents(value) if decimals is None else decimals
    return "", _SCALES.get(unit, ((1.0, f" {unit}"),)), decimals


def _cents(value: float) -> int:
    size = abs(value)
    return 2 if size == 0 or size >= 1 else min(6, max(2, 1 - math.floor(math.log10(size))))


def _scale_for(scales: tuple[Scale, ...], size: float) -> Scale:
    """The largest scale in which the number is at least 1; three digits that round up count as the next one."""
    if size == 0:
        return next((scale for scale in scales if scale[0] == 1), scales[0])
    return next((scale for scale in reversed(scales) if size / scale[0] >= 0.9995), scales[0])


def _digits(value: float, decimals: int | None, most: int) -> str:
    if decimals is None:
        size = abs(value)
        decimals = 0 if value.is_integer() else min(most, max(0, 2 - math.floor(math.log10(size))))
    text = f"{value:.{max(0, min(20, decimals))}f}"
    return text.lstrip("-") if float(text) == 0 else text


def _grouped(value: float, decimals: int | None) -> str:
    if decimals is not None:
        return f"{value:,.{decimals}f}"
    return f"{value:,.3f}".rstrip("0").rstrip(".")


def duration_words(seconds: float) -> str:
    """`23h 59m`, `4m 10s`: the largest part of a duration and the one after it."""
    whole = round(abs(seconds))
    at = next((at for at, (_, size) in enumerate(_DURATIONS) if whole >= size), len(_DURATIONS) - 1)
    name, size = _DURATIONS[at]
    words = f"{whole // size}{name}"
    if at + 1 < len(_DURATIONS):
        small, part = _DURATIONS[at + 1]
        words += f" {whole % size // part}{small}"
    return f"-{words}" if seconds < 0 and whole else words
