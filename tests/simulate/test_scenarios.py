"""Each scenario makes its rule true for as long as the rule wants to see it, and without it the rule is silent."""

import re

import pytest
import yaml
from world import NOW_MS, World, lazy

from watchglass.errors import ConfigError
from watchglass.model.duration import parse_duration
from watchglass.packs.ask import rows_of
from watchglass.packs.pack import read_pack
from watchglass.packs.scope import Scope, series_names
from watchglass.sdk.declared import PACKS
from watchglass.simulate.rhythm import DAY_MS, MINUTE_MS
from watchglass.simulate.run import Fault
from watchglass.simulate.scenarios import OPENING, SCENARIOS, opening, scenario
from watchglass.simulate.systems import SYSTEMS

STEP_MS = 15_000


def rules(pack, file="rules.yaml"):
    groups = yaml.safe_load((PACKS / pack / file).read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def longest(world, expr, start_ms, end_ms):
    """For how long, at most, an expression has an answer at every step; milliseconds, -1 where it never has."""
    if world.pack.scoped:
        expr = Scope(series_names(world.pack), world.pack.scoped).of(expr)
    best, since_ms = -1, None
    for at_ms in range(start_ms, end_ms, STEP_MS):
        if not rows_of(world.engine.instant(expr, at_ms)):
            since_ms = None
            continue
        since_ms = at_ms if since_ms is None else since_ms
        best = max(best, at_ms - since_ms)
    return best


def during(folder, name, *, system=None):
    """A world in which a scenario has come to its end just now, and from when on it lasted."""
    wanted = SCENARIOS[name]
    start_ms = NOW_MS - wanted.minutes * MINUTE_MS
    return World(folder, system or SYSTEMS[wanted.system], 0.4, (wanted.at(start_ms),), incidents=False), start_ms


@pytest.mark.parametrize("name", SCENARIOS)
def test_its_rule_becomes_true_and_stays_so(tmp_path, name):
    world, start_ms = during(tmp_path, name)
    rule = rules(SCENARIOS[name].system)[SCENARIOS[name].alert]
    assert longest(world, rule["expr"], start_ms, NOW_MS) >= parse_duration(rule.get("for", "0s"))
    world.close()


@pytest.fixture(scope="module", params=SYSTEMS)
def quiet(request, tmp_path_factory):
    world = World(tmp_path_factory.mktemp("quiet"), SYSTEMS[request.param], 0.4, incidents=False)
    yield world
    world.close()


def test_without_a_scenario_no_rule_is_true_long_enough(quiet):
    for rule in rules(quiet.pack.name).values() if (PACKS / quiet.pack.name / "rules.yaml").exists() else ():
        held_ms = longest(quiet, rule["expr"], NOW_MS - 90 * MINUTE_MS, NOW_MS)
        assert held_ms < max(parse_duration(rule.get("for", "0s")), 1), rule["alert"]


def test_there_is_a_scenario_for_every_rule():
    wanted = {(pack, alert) for pack in SYSTEMS if (PACKS / pack / "rules.yaml").exists() for alert in rules(pack)}
    assert {(each.system, each.alert) for each in SCENARIOS.values()} == wanted
    assert len(SCENARIOS) == len(wanted) == 20


AS_WRITTEN_SILENT = {
    "hybrid-costs": "dollars a second for one model are compared with ten",
    "awareness-collaboration-quiet": "the sides of its `and` have other labels",
}


@pytest.mark.parametrize("name", AS_WRITTEN_SILENT)
def test_what_the_guide_wrote_is_silent_in_the_very_case(tmp_path, name):
    world, start_ms = during(tmp_path, name)
    written = rules(SCENARIOS[name].system, "as_written/rules.yaml")[SCENARIOS[name].alert]
    assert longest(world, written["expr"], start_ms, NOW_MS) == -1
    world.close()


def test_a_gateway_that_never_had_a_local_request_is_seen_where_the_guides_rule_is_empty(tmp_path):
    never = Fault("no-local", NOW_MS - 5 * DAY_MS, NOW_MS)
    world = World(tmp_path, lazy(SYSTEMS["hybrid_ai_stack"]), 0.2, (never,), incidents=False)
    hour_ms = 60 * MINUTE_MS
    ours, written = (
        rules("hybrid_ai_stack", file)["LowLocalRouting"] for file in ("rules.yaml", "as_written/rules.yaml")
    )
    assert longest(world, written["expr"], NOW_MS - hour_ms, NOW_MS) == -1
    assert longest(world, ours["expr"], NOW_MS - hour_ms, NOW_MS) >= parse_duration(ours["for"])
    world.close()


def test_an_unknown_scenario_names_the_nearest():
    with pytest.raises(ConfigError, match=re.escape('did you mean "dinoair-cpu"?')):
        scenario("dinoair-cpus")


def test_the_guide_to_the_demo_names_every_scenario():
    text = (PACKS.parents[2] / "docs/demo.md").read_text()
    for name, each in SCENARIOS.items():
        assert f"| `{name}` | {read_pack(each.system).title} | {each.about} | {each.alert} |" in text


def test_a_demo_begins_with_something_that_fires_and_soon_ends_and_something_that_stays():
    faults = opening(tuple(SYSTEMS), NOW_MS)
    spans = [(fault.start_ms - NOW_MS, fault.end_ms - NOW_MS) for each in faults.values() for fault in each]

    assert set(OPENING) <= set(SCENARIOS)
    assert len(spans) == len(OPENING)
    assert all(begins_ms <= -MINUTE_MS for begins_ms, _ in spans), "it is there at the start, and in the past"
    assert min(ends_ms for _, ends_ms in spans) <= 5 * MINUTE_MS
    assert max(ends_ms for _, ends_ms in spans) >= 20 * MINUTE_MS
    for name in OPENING:
        rule = rules(SCENARIOS[name].system)[SCENARIOS[name].alert]
        assert parse_duration(rule.get("for", "0s")) <= MINUTE_MS, "it is told within about a minute"


def test_only_of_the_systems_that_are_shown_something_goes_wrong():
    assert opening(("sidepanel",), NOW_MS) == {}
    assert [fault.kind for fault in opening(("dinoair", "fluxai"), NOW_MS)["dinoair"]] == ["cpu"]
