"""Numbers as PromQL writes them.

Source: Go's strconv.ParseInt with base 0, ParseFloat and FormatFloat(value, 'f', -1).
"""

from __future__ import annotations

import math
import re
from decimal import Decimal

from watchglass.wire.quoting import go_quote

_OCTAL = re.compile(r"0[0-7_]+")
_PLAIN = re.compile(r"[1-9][0-9]{0,17}|0")


def parse_number(text: str) -> float:
    """The value of a number token. A leading zero makes an integer octal; a NaN is always `math.nan` itself.

    Raises:
        ValueError: it is not a number, or too large; the message is Prometheus's.
    """
    if _PLAIN.fullmatch(text):
        return float(text)
    if text.lower() == "nan":
        return math.nan
    try:
        value = _integer(text)
        if value is None:
            value = float(text)
    except ValueError:
        raise ValueError(_complaint(text, "invalid syntax")) from None
    if math.isinf(value) and text.lower() != "inf":
        raise ValueError(_complaint(text, "value out of range"))
    return value


def _integer(text: str) -> float | None:
    """The value of an integer with a base; None where it is none or does not fit 64 bits."""
    if text[:2].lower() == "0x":
        value = int(text, 16)
        if value >= 2**63:
            raise ValueError("a hexadecimal floating-point number needs an exponent")
    elif _OCTAL.fullmatch(text):
        value = int(text, 8)
    else:
        return None
    return float(value) if value < 2**63 else None


def _complaint(text: str, why: str) -> str:
    return f"error parsing number: strconv.ParseFloat: parsing {go_quote(text)}: {why}"


def format_number(value: float) -> str:
    """The shortest text that reads back as `value`, without an exponent; `+Inf`, `-Inf`, `NaN`."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    written = format(Decimal(repr(value)), "f")
    return written.removesuffix(".0")
