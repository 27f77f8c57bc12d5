"""Sample values and times as Prometheus's API writes them.

Source: prometheus/prometheus, util/jsonutil (MarshalFloat, MarshalTimestamp); Go's strconv.FormatFloat.
"""

from __future__ import annotations

import math
from decimal import Decimal

from watchglass.promql.numbers import format_number


def format_value(value: float) -> str:
    """The shortest decimal that reads back as `value`; with an exponent of two digits below 1e-6 and from 1e21 on."""
    if value and math.isfinite(value) and not 1e-6 <= abs(value) < 1e21:
        return _with_exponent(value)
    return format_number(value)


def format_general(value: float) -> str:
    """A number as Go's `%g` writes it: with an exponent below 1e-4 and from 1e6 on."""
    if value and math.isfinite(value) and not 1e-4 <= abs(value) < 1e6:
        return _with_exponent(value)
    return format_number(value)


def format_openmetrics(value: float) -> str:
    """A number as OpenMetrics wants it in labels: always with a point or an exponent. Source: FormatOpenMetricsFloat."""
    text = (
        _with_exponent(value)
        if value and math.isfinite(value) and not 1e-4 <= abs(value) < 1e21
        else format_number(value)
    )
    return text if not math.isfinite(value) or "." in text or "e" in text else f"{text}.0"


def format_exponent(value: float) -> str:
    """A number as Go's `%e` with the fewest digits writes it: always with an exponent."""
    if math.isnan(value) or math.isinf(value):
        return format_number(value)
    return _with_exponent(value) if value else f"{'-' if math.copysign(1, value) < 0 else ''}0e+00"


def format_seconds(time_ms: int) -> str:
    """A time in ms as seconds: whole, or with exactly three decimals."""
    seconds, rest = divmod(abs(time_ms), 1000)
    sign = "-" if time_ms < 0 else ""
    return f"{sign}{seconds}.{rest:03d}" if rest else f"{sign}{seconds}"


def _with_exponent(value: float) -> str:
    _, digits, power = Decimal(repr(value)).normalize().as_tuple()
    text = "".join(map(str, digits))
    mantissa = f"{text[0]}.{text[1:]}" if len(text) > 1 else text
    return f"{'-' if value < 0 else ''}{mantissa}e{int(power) + len(text) - 1:+03d}"
