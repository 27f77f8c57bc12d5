"""A restart of the application leaves no dip and no spike in a panel: counters are drawn by how they grow, never raw."""

import json

import pytest

from watchglass.dashboards.macros import parse_filled, values_for_parsing
from watchglass.packs.pack import read_pack
from watchglass.packs.scope import series_names
from watchglass.promql.ast import Call, VectorSelector, walk
from watchglass.sdk.declared import PACKS

GROWTH = {"rate", "increase", "irate"}
BOARDS = sorted(PACKS.glob("*/dashboards/*.json"))


def counters(pack):
    """Names of series that only grow while a process lives."""
    growing = {metric.name for metric in pack.metrics if metric.type == "counter"}
    histograms = {metric.name for metric in pack.metrics if metric.type == "histogram"}
    return growing | (series_names(pack) - {metric.name for metric in pack.metrics}) | histograms


def raw(text, values, names):
    """Counters of an expression that stand outside of a function that knows restarts."""
    expr, _ = parse_filled(text, values)
    grown = {id(one) for call in walk(expr) if isinstance(call, Call) and call.name in GROWTH for one in walk(call)}
    return [
        one.name for one in walk(expr) if isinstance(one, VectorSelector) and one.name in names and id(one) not in grown
    ]


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_no_panel_draws_a_counter_itself(path):
    board = json.loads(path.read_text())
    names = counters(read_pack(path.parent.parent.name))
    values = values_for_parsing(board)
    targets = [target for panel in board["panels"] for target in panel.get("targets", ())]
    assert [raw(target["expr"], values, names) for target in targets] == [[]] * len(targets)


def test_a_raw_counter_would_be_found():
    names = counters(read_pack("hybrid_ai_stack"))
    assert raw("sum(api_gateway_cost_total)", {}, names) == ["api_gateway_cost_total"]
