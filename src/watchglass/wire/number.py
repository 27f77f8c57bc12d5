"""Numbers as Prometheus's text formats write them: Go's float syntax, and nothing that only Python accepts.

Source: prometheus/prometheus, model/textparse/promparse.go (parseFloat) and Go's strconv.ParseFloat.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Sequence
from decimal import Decimal

from watchglass.model.sample import NAN_BITS

NAN: float = struct.unpack("<d", NAN_BITS.to_bytes(8, "little"))[0]
"""An ordinary NaN, in the bits that Prometheus gives it."""

_PLAIN = b"0123456789.eE+-"
_SPECIAL_LETTERS = b"nNaAiIfFtTyY"  # of nan, inf and infinity
_SPECIAL = {
    b"nan": NAN,
    **dict.fromkeys((b"inf", b"+inf", b"infinity", b"+infinity"), math.inf),
    **dict.fromkeys((b"-inf", b"-infinity"), -math.inf),
}
_NUMBER = re.compile(rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def parse_value(text: bytes) -> float:
    """One value; NaN comes back in Prometheus's bits.

    Raises:
        ValueError: it is not a number, or too large for 64 bits.
    """
    special = _SPECIAL.get(text.lower())
    if special is not None:
        return special
    if not _NUMBER.fullmatch(text):
        raise ValueError("is not a number")
    value = float(text)
    if math.isinf(value):
        raise ValueError("is out of range")
    return value


def parse_values(texts: Sequence[bytes]) -> list[float]:
    """The same for many at once, at the speed of `float`, which takes underscores and blanks where we must not.

    Raises:
        ValueError: one of them is not a number; find it with `parse_value`.
    """
    values = list(map(float, texts))
    unusual = b"".join(texts).translate(None, _PLAIN)
    if unusual.translate(None, _SPECIAL_LETTERS):
        return [parse_value(text) for text in texts]
    if unusual or not math.isfinite(sum(values)):  # an overflow has become infinite
        for index, value in enumerate(values):
            if value - value != 0.0:  # NaN or infinite
                values[index] = parse_value(texts[index])
    return values


def format_value(value: float) -> str:
    """Write so that every parser of the formats reads the same bits: `1.0`, `+Inf`, `NaN`."""
    if math.isfinite(value):
        return repr(float(value))
    if math.isnan(value):
        return "NaN"
    return "+Inf" if value > 0 else "-Inf"


def canonical_float(text: str) -> str:
    """A `le` or `quantile` as OpenMetrics writes it (`1` becomes `1.0`); what is not a number stays as it is.

    Source: prometheus/prometheus, model/labels/float.go (FormatOpenMetricsFloat).
    """
    try:
        value = parse_value(text.encode())
    except ValueError:
        return text
    if not math.isfinite(value):
        return format_value(value)
    written = _shortest(value)
    return written if "e" in written or "." in written else written + ".0"


def _shortest(value: float) -> str:
    """Go's `%g` with the fewest digits: an exponent from 1e+06 up and below 1e-04."""
    sign, digits, power = Decimal(repr(value)).normalize().as_tuple()
    exponent = len(digits) - 1 + int(power)
    if value == 0 or -4 <= exponent < 6:
        plain = repr(value)
        return plain.removesuffix(".0")
    text = "".join(map(str, digits))
    point = "." + text[1:] if len(text) > 1 else ""
    return f"{'-' if sign else ''}{text[0]}{point}e{exponent:+03d}"
