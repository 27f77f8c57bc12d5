"""Numbers as Go's fmt and strconv write them."""

from __future__ import annotations

import math


def shortest(value: float) -> str:
    """A number as `%v` has it: the fewest digits that read back the same, an exponent from 1e+06 or below 1e-04."""
    return general(value, None)


def general(value: float, precision: int | None, *, keep_zeros: bool = False) -> str:
    """`%g`: with so many significant digits, or as few as are needed (None)."""
    if not math.isfinite(value):
        return _not_finite(value)
    if precision is None:
        digits, exponent = _digits(value)
        limit = 6
    else:
        precision = precision or 1
        digits, exponent = _digits(value, precision)
        limit = precision
    sign = "-" if math.copysign(1, value) < 0 else ""
    if not keep_zeros:
        digits = digits.rstrip("0") or "0"
    elif precision is None:
        digits = digits.ljust(6, "0")
    point = "." if keep_zeros else ""
    if exponent < -4 or exponent >= limit:
        return sign + _with_point(digits, 1, point) + f"e{exponent:+03d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    return sign + _with_point(digits.ljust(exponent + 1, "0"), exponent + 1, point)


def decimal(value: float, form: str, precision: int | None, *, point: bool = False) -> str:
    """`%e`, `%E` or `%f`: with so many digits behind the point, six where None; `point`: with a point also where none is needed."""
    if not math.isfinite(value):
        return _not_finite(value)
    return format(value, f"{'#' if point else ''}.{6 if precision is None else precision}{form}")


def hexadecimal(value: float, precision: int | None) -> str:
    """`%x` of a float: `0x1.8p+01`."""
    if not math.isfinite(value):
        return _not_finite(value)
    sign = "-" if math.copysign(1, value) < 0 else ""
    fraction, exponent = math.frexp(abs(value))
    if not fraction:
        return f"{sign}0x0{'.' + '0' * precision if precision else ''}p+00"
    bits, exponent = int(fraction * 2**53), exponent - 1  # 1 and 52 bits behind the point
    if precision is not None and precision < 13:
        drop = 52 - 4 * precision
        kept, rest, half = bits >> drop, bits & ((1 << drop) - 1), 1 << (drop - 1)
        bits = (kept + (rest > half or (rest == half and kept & 1))) << drop
        if bits >> 53:
            bits, exponent = bits >> 1, exponent + 1
    digits = f"{bits & ((1 << 52) - 1):013x}"
    digits = digits.rstrip("0") if precision is None else digits.ljust(precision, "0")[:precision]
    return f"{sign}0x1{'.' + digits if digits else ''}p{exponent:+03d}"


def binary_exponent(value: float) -> str:
    """`%b` of a float: `4503599627370496p-52`."""
    if not math.isfinite(value):
        return _not_finite(value)
    exponent = max(math.frexp(value)[1] - 53, -1074) if value else -1074
    whole, parts = abs(value).as_integer_ratio()
    mantissa = (whole << max(-exponent, 0)) // (parts << max(exponent, 0))
    return f"{'-' if math.copysign(1, value) < 0 else ''}{mantissa}p{exponent:+d}"


def _not_finite(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "+Inf" if value > 0 else "-Inf"


def _digits(value: float, precision: int | None = None) -> tuple[str, int]:
    """The significant digits, and the exponent of the first."""
    if not value:
        return "0" * (precision or 1), 0
    text = repr(abs(value)) if precision is None else f"{abs(value):.{precision - 1}e}"
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    place = int(exponent or "0") + len(whole) - 1
    leading = len(digits) - len(digits.lstrip("0"))
    digits = digits[leading:]
    if precision is None:
        digits = digits.rstrip("0")
    return digits, place - leading


def _with_point(digits: str, whole: int, always: str) -> str:
    return f"{digits[:whole]}.{digits[whole:]}" if len(digits) > whole else digits + always
