"""Annotations name the place in the query, and are told once."""

from watchglass.promql.annotations import Annotations, invalid_quantile, with_metric_name
from watchglass.promql.ast import Span


def test_place_is_line_and_column_in_bytes():
    annotations = Annotations('label_x{a="ü"} +\n  rate(m[5m])')

    annotations.inform("gauge", Span(21, 26))
    annotations.warn("odd", Span(0, 1))

    assert annotations.infos == ("PromQL info: gauge (2:4)",)
    assert annotations.warnings == ("PromQL warning: odd (1:1)",)


def test_the_same_thing_at_the_same_place_is_told_once():
    annotations = Annotations("m + m")
    for place in (Span(0, 1), Span(4, 5), Span(0, 1)):
        annotations.warn("odd", place)

    assert annotations.warnings == ("PromQL warning: odd (1:1)", "PromQL warning: odd (1:5)")


def test_texts():
    assert invalid_quantile(float("nan")) == "quantile value should be between 0 and 1, got NaN"
    assert with_metric_name("odd", 'a"b') == 'odd for metric name "a\\"b"'
    assert with_metric_name("odd", "") == "odd"
