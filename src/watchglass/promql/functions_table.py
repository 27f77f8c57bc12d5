"""Every function of PromQL with the types of its arguments and of its result: the parser's one table.

Source: prometheus/prometheus, promql/parser/functions.go (3.14).
"""

from __future__ import annotations

from watchglass.promql.ast import Function, ValueType

_SCALAR, _VECTOR, _MATRIX, _STRING = ValueType.SCALAR, ValueType.VECTOR, ValueType.MATRIX, ValueType.STRING


def _vector(*names: str, args: tuple[ValueType, ...], variadic: int = 0, experimental: bool = False) -> list[Function]:
    """Functions that return a vector."""
    return [Function(name, args, _VECTOR, variadic, experimental) for name in names]


def _scalar(*names: str, args: tuple[ValueType, ...] = (), experimental: bool = False) -> list[Function]:
    """Functions that return a scalar."""
    return [Function(name, args, _SCALAR, 0, experimental) for name in names]


_TABLE = [
    # one value from each element
    *_vector("abs", "ceil", "exp", "floor", "ln", "log10", "log2", "sgn", "sqrt", args=(_VECTOR,)),
    *_vector("acos", "acosh", "asin", "asinh", "atan", "atanh", args=(_VECTOR,)),
    *_vector("cos", "cosh", "sin", "sinh", "tan", "tanh", "deg", "rad", args=(_VECTOR,)),
    *_vector("timestamp", args=(_VECTOR,)),
    *_vector("start_timestamp", args=(_VECTOR,), experimental=True),
    *_vector("clamp", args=(_VECTOR, _SCALAR, _SCALAR)),
    *_vector("clamp_max", "clamp_min", args=(_VECTOR, _SCALAR)),
    *_vector("round", args=(_VECTOR, _SCALAR), variadic=1),
    # parts of a date; of now, where the argument is left out
    *_vector("day_of_month", "day_of_week", "day_of_year", "days_in_month", args=(_VECTOR,), variadic=1),
    *_vector("hour", "minute", "month", "year", args=(_VECTOR,), variadic=1),
    # one value from each range
    *_vector("rate", "increase", "irate", "delta", "idelta", "deriv", "changes", "resets", args=(_MATRIX,)),
    *_vector("avg_over_time", "sum_over_time", "min_over_time", "max_over_time", "count_over_time", args=(_MATRIX,)),
    *_vector("stddev_over_time", "stdvar_over_time", "first_over_time", "last_over_time", args=(_MATRIX,)),
    *_vector("present_over_time", "absent_over_time", args=(_MATRIX,)),
    *_vector("mad_over_time", "ts_of_first_over_time", "ts_of_last_over_time", args=(_MATRIX,), experimental=True),
    *_vector("ts_of_max_over_time", "ts_of_min_over_time", args=(_MATRIX,), experimental=True),
    *_vector("quantile_over_time", args=(_SCALAR, _MATRIX)),
    *_vector("predict_linear", args=(_MATRIX, _SCALAR)),
    *_vector("double_exponential_smoothing", args=(_MATRIX, _SCALAR, _SCALAR), experimental=True),
    # histograms
    *_vector("histogram_avg", "histogram_count", "histogram_sum", args=(_VECTOR,)),
    *_vector("histogram_stddev", "histogram_stdvar", args=(_VECTOR,)),
    *_vector("histogram_quantile", args=(_SCALAR, _VECTOR)),
    *_vector("histogram_fraction", args=(_SCALAR, _SCALAR, _VECTOR)),
    *_vector("histogram_quantiles", args=(_VECTOR, _STRING, _SCALAR, _SCALAR), variadic=9, experimental=True),
    # labels and order
    *_vector("absent", "sort", "sort_desc", args=(_VECTOR,)),
    *_vector("sort_by_label", "sort_by_label_desc", args=(_VECTOR, _STRING), variadic=-1, experimental=True),
    *_vector("label_replace", args=(_VECTOR, _STRING, _STRING, _STRING, _STRING)),
    *_vector("label_join", args=(_VECTOR, _STRING, _STRING, _STRING), variadic=-1),
    *_vector("info", args=(_VECTOR, _VECTOR), variadic=1, experimental=True),
    # scalars
    *_vector("vector", args=(_SCALAR,)),
    *_scalar("scalar", args=(_VECTOR,)),
    *_scalar("pi", "time"),
    *_scalar("start", "end", "step", "range", experimental=True),
    *_scalar("min_of", "max_of", args=(_SCALAR, _SCALAR), experimental=True),
]

FUNCTIONS = {function.name: function for function in _TABLE}
"""Every function by its name."""
