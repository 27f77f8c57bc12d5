"""The table of functions as a whole; each function's call is tested in test_parse."""

from __future__ import annotations

from watchglass.promql.ast import ValueType
from watchglass.promql.functions_table import FUNCTIONS


def test_it_has_all_functions_of_prometheus_3_14():
    experimental = {name for name, function in FUNCTIONS.items() if function.experimental}

    assert len(FUNCTIONS) == 90
    assert experimental == {
        *("double_exponential_smoothing", "end", "histogram_quantiles", "info", "mad_over_time", "max_of", "min_of"),
        *("range", "sort_by_label", "sort_by_label_desc", "start", "start_timestamp", "step"),
        *("ts_of_first_over_time", "ts_of_last_over_time", "ts_of_max_over_time", "ts_of_min_over_time"),
    }
    assert "holt_winters" not in FUNCTIONS, "renamed in 3.0"


def test_every_row_makes_sense():
    for name, function in FUNCTIONS.items():
        assert function.name == name
        assert function.return_type in (ValueType.SCALAR, ValueType.VECTOR)
        assert function.variadic == 0 or function.arg_types, name
        if name.endswith("_over_time"):
            assert ValueType.MATRIX in function.arg_types, name
