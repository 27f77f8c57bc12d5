"""One view over all LLM systems: by role, by each system's own error matcher, and never across currencies."""

from __future__ import annotations

import pytest
from memory import MemoryQueryable
from pack_support import write_pack

from watchglass.packs.ask import rows_of
from watchglass.packs.asked import parse_rate
from watchglass.packs.boards import PackBoards
from watchglass.packs.enabled import enable
from watchglass.packs.llm import LLM_UID, has_llm, llm_board
from watchglass.packs.scope import series_names
from watchglass.promql.ast import VectorSelector, walk
from watchglass.promql.engine import Engine
from watchglass.promql.parse import parse
from watchglass.sdk.declared import pack_names

ALL = enable(pack_names()).packs
NOW_MS = 1_700_000_000_000


def panels(packs=ALL):
    return {panel["title"]: panel for panel in llm_board(packs)["panels"]}


def exprs(panel):
    return [target["expr"].replace("$__rate_interval", "5m").replace("$__range", "1h") for target in panel["targets"]]


def metrics_in(expr):
    return {node.name for node in walk(parse(expr)) if isinstance(node, VectorSelector)}


def test_every_role_is_drawn_for_each_system_that_has_it():
    drawn = {legend: set() for legend in (pack.title for pack in ALL)}
    for panel in panels().values():
        for target in panel["targets"] if panel["type"] == "timeseries" else ():
            drawn[target["legendFormat"]] |= metrics_in(target["expr"].replace("$__rate_interval", "5m"))
    for pack in ALL:
        for role, metric in pack.roles.items():
            if any(each.startswith("llm.") for each in pack.roles) and role.startswith(("llm.", "cache.", "sessions.")):
                assert {metric, f"{metric}_bucket"} & drawn[pack.title], (pack.name, role)


def test_panels_of_one_series_a_system_hold_only_what_the_system_declares():
    by_title = {pack.title: series_names(pack) for pack in ALL}
    for panel in panels().values():
        if panel["type"] != "timeseries":
            continue
        legends = [target["legendFormat"] for target in panel["targets"]]
        assert len(legends) == len(set(legends))
        for target, expr in zip(panel["targets"], exprs(panel), strict=True):
            assert metrics_in(expr) <= by_title[target["legendFormat"]]


def test_currencies_are_never_in_one_panel():
    unit = {metric.name: metric.unit for pack in ALL for metric in pack.metrics}
    for panel in panels().values():
        money = {unit.get(name) for expr in exprs(panel) for name in metrics_in(expr)} & {"usd", "diem"}
        assert len(money) <= 1
    assert exprs(panels()["Balance in Diem"]) == ["sum(sidepanel_venice_balance_diem)"]
    assert panels()["Balance in Diem"]["fieldConfig"]["defaults"]["unit"] == "suffix: Diem"


def test_a_balance_is_worth_dollars_by_the_rate_that_is_told_with_it():
    titles = {panel["title"]: panel for panel in llm_board(ALL, {"diem": 0.05, "credits": 2.0})["panels"]}
    worth = titles["Balance in dollars, at $0.05 a Diem"]
    assert exprs(worth) == ["sum(sidepanel_venice_balance_diem) * 0.05"]
    assert "pack.rates: diem=0.05" in worth["description"]
    assert not any("Credits" in title for title in titles)  # no system has a balance in it


@pytest.mark.parametrize("text", ["diem", "diem=", "=3", "diem=x", "diem=0", "diem=-1", "diem=1e400", "di em=1"])
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(ValueError, match=r"expected UNIT=DOLLARS such as diem=0\.05"):
        parse_rate(text)


OWN = """\
jobs: {a: {}, b: {}}
scoped: true
error_matcher: 'x!="ok"'
roles: {llm.requests: x_total, llm.latency: x_seconds}
"""


def test_a_scoped_pack_is_asked_for_its_own_jobs(tmp_path):
    packs = enable([str(write_pack(tmp_path / "own", OWN))]).packs
    assert exprs(panels(packs)["Requests a minute"]) == ['sum(rate(x_total{job="a"}[5m])) * 60']
    assert "Error share" not in panels(packs)  # its requests have no such label


def test_a_system_that_has_no_model_is_left_out():
    awareness = [pack for pack in ALL if pack.name == "awareness_network"]
    assert not has_llm(awareness)
    assert "Awareness Network" not in str(llm_board(ALL))


@pytest.fixture
def asked():
    """Two systems: one fails every tenth request, the other has had no failed one yet."""
    store = MemoryQueryable()
    times = range(NOW_MS - 3_600_000, NOW_MS + 1, 15_000)

    def counter(name, per_second, **labels):
        store.add({"__name__": name, **labels}, {at: per_second * (at - times[0]) / 1000 for at in times})

    counter("sidepanel_requests_total", 9, method="chat", status="success")
    counter("sidepanel_requests_total", 1, method="chat", status="error")
    counter("fluxai_requests_total", 2, status="success")
    counter("fluxai_cost_dollars_total", 0.01)
    counter("fluxai_cache_hits_total", 3, type="exact")
    counter("fluxai_cache_misses_total", 1)
    engine = Engine(store)

    def asked(expr):
        return {labels.get("system", ""): value for labels, value in rows_of(engine.instant(expr, NOW_MS))}

    return asked


def test_the_table_has_a_row_for_each_system(asked):
    table = panels()["Side by side"]
    names = table["transformations"][1]["options"]["renameByName"]
    shown = {
        names[f"Value #{target['refId']}"]: asked(expr)
        for target, expr in zip(table["targets"], exprs(table), strict=True)
    }
    assert shown["Requests"] == {"Sidepanel": pytest.approx(36_000), "FluxAI Gateway": pytest.approx(7200)}
    assert shown["Error share"] == {"Sidepanel": pytest.approx(0.1), "FluxAI Gateway": 0}
    assert shown["Cost"] == {"FluxAI Gateway": pytest.approx(36)}
    assert shown["Cache hits"] == {"FluxAI Gateway": pytest.approx(0.75)}


def test_charts_draw_one_series_a_system(asked):
    panel = panels()["Requests a minute"]
    systems = [target["legendFormat"] for target in panel["targets"]]
    rates = dict(zip(systems, exprs(panel), strict=True))
    assert asked(rates["Sidepanel"]) == {"": pytest.approx(600)}
    assert asked(rates["FluxAI Gateway"]) == {"": pytest.approx(120)}
    assert asked(rates["Hybrid AI Stack"]) == {}


def test_it_is_listed_while_there_is_something_for_it():
    with_models, without = enable(["sidepanel"]), enable(["awareness_network"])
    boards = PackBoards(lambda: with_models)
    assert boards.search()[0]["uid"] == LLM_UID
    board, place, jobs = boards.get(LLM_UID)
    assert (board["uid"], place, jobs) == (LLM_UID, {}, {"sidepanel"})
    none = PackBoards(lambda: without)
    assert LLM_UID not in {hit["uid"] for hit in none.search()}
    assert none.get(LLM_UID) is None
