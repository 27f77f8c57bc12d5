"""A pack's own metrics are read from its own jobs."""

from __future__ import annotations

from pathlib import Path

import pytest
from pack_support import write_pack

from watchglass.packs.pack import read_pack
from watchglass.packs.scope import Scope, scope_board, series_names
from watchglass.promql.parse import parse

VALUES = {"__rate_interval": ["4m"], "v": ["a", "1"]}
ONE = Scope({"x_total", "y_bucket"}, ["j"], VALUES)


@pytest.mark.parametrize(
    ("written", "scoped"),
    [
        ("x_total", 'x_total{job="j"}'),
        ("rate(x_total[5m] offset 1h) > 0", 'rate(x_total{job="j"}[5m] offset 1h) > 0'),
        ('x_total{}+x_total{a="b"}', 'x_total{job="j"}+x_total{job="j",a="b"}'),
        ('x_total { a="b" }', 'x_total { job="j",a="b" }'),
        ('{__name__="x_total"} or {"x_total", a="b"}', '{job="j",__name__="x_total"} or {job="j","x_total", a="b"}'),
        ("sum(rate(y_bucket[$__rate_interval])) by (le)", 'sum(rate(y_bucket{job="j"}[$__rate_interval])) by (le)'),
        ('x_total{a="$v"}[${v}m:] + x_total', 'x_total{a="$v"}[${v}m:] + x_total'),
        ("rate(x_total[${v}m])", 'rate(x_total{job="j"}[${v}m])'),
        ('other{a="é"} + x_total', 'other{a="é"} + x_total{job="j"}'),
        ('x_total{job="k"} / x_total{job=~"k|l"}', 'x_total{job="k"} / x_total{job=~"k|l"}'),
        ("other + y_sum", "other + y_sum"),
        ('x_total # all of them\n{ # but\na="b"}', 'x_total # all of them\n{ # but\njob="j",a="b"}'),
        ('{__name__=~"x_.+"}', '{__name__=~"x_.+"}'),
        ("label_values(x_total, a)", 'label_values(x_total{job="j"}, a)'),
        ("label_values(job)", "label_values(job)"),
        ("query_result(x_total > 1)", 'query_result(x_total{job="j"} > 1)'),
        (" label_values( x_total , a ) ", ' label_values( x_total{job="j"} , a ) '),
        ('label_values(x_total{a="b,c"},a)', 'label_values(x_total{job="j",a="b,c"},a)'),
        ("label_values(x_total, a) or 1", "label_values(x_total, a) or 1"),
        ("label_values()", "label_values()"),
        ("query_result(", "query_result("),
        pytest.param(f"label_values({' ' * 100_000}", f"label_values({' ' * 100_000}", id="of many spaces"),
        ("not promql at all (", "not promql at all ("),
    ],
)
def test_only_selectors_of_its_own_without_a_job_are_scoped(written, scoped):
    assert ONE.of(written) == scoped


def test_several_jobs_are_one_pattern_that_escapes_their_names():
    expr = Scope({"x_total"}, ["a-b", "c.d"]).of("x_total")
    assert expr == r'x_total{job=~"a-b|c\\.d"}'
    assert parse(expr).matchers[0].value == r"a-b|c\.d"


def test_series_of_histograms_have_their_own_names(tmp_path):
    names = series_names(read_pack(write_pack(tmp_path / "x")))
    assert names == {"x_total", "x_seconds", "x_seconds_bucket", "x_seconds_sum", "x_seconds_count"}


def test_everything_that_a_dashboard_asks_is_scoped(tmp_path):
    pack = read_pack(write_pack(tmp_path / "x", "jobs: {j: {}}\nscoped: true\n"))
    board = {
        "panels": [{"type": "row", "panels": [{"targets": [{"expr": "x_total"}, {"refId": "B"}]}]}],
        "templating": {"list": [{"name": "v", "query": {"query": "label_values(x_total, a)"}}, {"name": "w", "query": "x_total"}]},
        "annotations": {"list": [{"expr": "x_total"}]},
    }  # fmt: skip
    scoped = scope_board(board, pack)
    assert scoped["panels"][0]["panels"][0]["targets"] == [{"expr": 'x_total{job="j"}'}, {"refId": "B"}]
    queries = [variable["query"] for variable in scoped["templating"]["list"]]
    assert queries == [{"query": 'label_values(x_total{job="j"}, a)'}, 'x_total{job="j"}']
    assert scoped["annotations"]["list"] == [{"expr": 'x_total{job="j"}'}]
    assert board["annotations"]["list"] == [{"expr": "x_total"}]


def test_without_a_scope_a_dashboard_stays_what_it_is():
    pack = read_pack("sidepanel")
    assert not pack.scoped
    board: dict[str, object] = {"panels": []}
    assert scope_board(board, pack) is board
    assert isinstance(pack.folder, Path)
