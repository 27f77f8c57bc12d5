"""Plans: what moves first, what rests folded away, and the same at each visit."""

import pytest
from dashboard_support import check, check_filled, drawn

from watchglass.columns import LabelTable
from watchglass.dashboards.auto import RESTING, draw_plan
from watchglass.dashboards.exposed import exposed
from watchglass.dashboards.motion import Motion
from watchglass.dashboards.plan import MAX_LATE_PANELS, MAX_RESTING_PANELS, follow, make_plan
from watchglass.model.labels import Labels

PANELS = 40
LIVE = [f"app_live_{n}_total" for n in range(10)]
DEAD = [f"app_dead_{n}_errors_total" for n in range(20)]


def table_of(names):
    return LabelTable.of([Labels.of(__name__=name, job="app") for name in names])


def families_of(names):
    return exposed(table_of(names), {})


def motions_of(**names):
    return {name: motion for word, motion in names.items() for name in {"live": LIVE, "dead": DEAD}[word]}


@pytest.fixture
def families():
    return families_of([*LIVE, *DEAD])


@pytest.fixture
def motions():
    return motions_of(live=Motion.MOVING, dead=Motion.ZERO)


def test_what_moves_is_drawn_and_what_rests_is_folded_away(families, motions):
    plan = make_plan(families, PANELS, motions)
    board = draw_plan("app", plan, families, table_of([*LIVE, *DEAD]))
    rows = {panel["title"]: panel for panel in board["panels"] if panel["type"] == "row"}

    check(board)
    check_filled(board)
    assert sorted(plan.drawn) == LIVE
    assert set(plan.resting) < set(DEAD)
    assert plan.asleep == set(DEAD)
    assert rows[RESTING]["collapsed"] is True
    assert len(rows[RESTING]["panels"]) == MAX_RESTING_PANELS
    assert len(drawn(board)) == len(LIVE) + MAX_RESTING_PANELS
    assert "8 of 30 metrics are not drawn" in rows


def test_what_is_useful_but_rests_does_not_take_the_place_of_what_moves(families, motions):
    assert sorted(make_plan(families, len(LIVE), motions).drawn) == LIVE
    assert "app_dead_0_errors_total" in make_plan(families, len(LIVE)).drawn, "errors tell most where nothing is known"


def test_where_next_to_nothing_moves_nothing_is_folded_away_but_what_moves_comes_first(families):
    motions = motions_of(live=Motion.ZERO, dead=Motion.CONSTANT) | {LIVE[3]: Motion.MOVING}
    plan = make_plan(families, PANELS, motions)

    assert plan.resting == ()
    assert len(plan.drawn) == len(families)
    assert plan.drawn[0] == LIVE[3]


def test_of_few_nothing_is_folded_away():
    names = [*LIVE[:8], *DEAD[:4]]
    motions = dict.fromkeys(names, Motion.ZERO) | dict.fromkeys(LIVE, Motion.MOVING)

    assert make_plan(families_of(names), PANELS, motions).resting == ()
    assert make_plan(families_of([*names, "app_x"]), PANELS, motions).asleep == set(DEAD[:4])


@pytest.mark.parametrize("motion", [Motion.ZERO_YET, Motion.CONSTANT])
def test_gauges_that_stay_as_they_are_come_after_those_that_move(motion):
    names = ["app_queue_depth", *(f"app_x{n}" for n in range(20))]
    motions = dict.fromkeys(names, Motion.MOVING)
    assert make_plan(families_of(names), 5, motions).drawn[0] == "app_queue_depth"

    plan = make_plan(families_of(names), 5, {**motions, "app_queue_depth": motion})
    assert "app_queue_depth" not in plan.drawn


def test_groups_of_constants_are_folded_away_and_single_ones_are_not():
    names = [f"app_live_{n}" for n in range(25)] + ["app_live_limit"] + [f"app_config_{n}" for n in range(4)]
    motions = dict.fromkeys(names, Motion.MOVING)
    motions |= dict.fromkeys([*names[-4:], "app_live_limit"], Motion.CONSTANT)
    plan = make_plan(families_of(names), PANELS, motions)

    assert set(plan.resting) == set(names[-4:])
    assert "app_live_limit" in plan.drawn


def test_a_metric_that_comes_later_or_begins_to_move_joins_and_nothing_else_changes(families, motions):
    plan = make_plan(families, PANELS, motions)
    fresh = families_of([*LIVE, *DEAD, "app_live_new_total"])
    again = follow(plan, fresh, PANELS, {**motions, DEAD[0]: Motion.MOVING})

    assert set(again.drawn) == {*LIVE, DEAD[0], "app_live_new_total"}
    assert DEAD[0] not in again.resting
    for name, members in plan.groups.items():
        assert again.groups[name][: len(members)] == members
    assert follow(again, fresh, PANELS, {**motions, DEAD[0]: Motion.MOVING}) == again


def test_a_scrape_that_misses_some_or_crosses_a_threshold_moves_nothing(motions):
    names = [f"app_{n}" for n in range(24)]
    plan = make_plan(families_of(names), PANELS)
    assert list(plan.groups) == ["app"]

    for others in (names[3:], [*names, "app_x", "app_y", "app_z_a", "app_z_b", "app_z_c"]):
        assert list(follow(plan, families_of(others), PANELS).groups) == ["app"]
    assert list(make_plan(families_of([*names, "app_x"]), PANELS).groups) != ["app"], "what a new plan would do"


def test_where_much_changes_there_is_a_new_plan(families, motions):
    plan = make_plan(families, PANELS, motions)
    others = families_of([*LIVE, *DEAD, *(f"other_{n}" for n in range(9))])

    assert follow(plan, others, PANELS, motions) == make_plan(others, PANELS, motions)


def test_what_rests_is_folded_away_as_soon_as_that_is_known(families, motions):
    plan = make_plan(families, PANELS)

    assert follow(plan, families, PANELS) == plan
    assert follow(plan, families, PANELS, motions_of(live=Motion.MOVING, dead=Motion.ZERO_YET)) == plan
    settled, fresh = follow(plan, families, PANELS, motions), make_plan(families, PANELS, motions)
    assert (settled.resting, settled.asleep, settled.informed) == (fresh.resting, fresh.asleep, True)
    assert [name for name in plan.drawn if name in LIVE] == settled.drawn


def test_its_places_are_taken_by_others_and_groups_stay_where_they_are(families, motions):
    plan = make_plan(families, 12)
    settled = follow(plan, families, 12, motions)

    assert set(plan.drawn) & set(LIVE) < set(settled.drawn) == set(LIVE)
    before = [name for name in plan.groups if name in settled.groups]
    assert list(settled.groups)[: len(before)] == before


def test_late_ones_are_bounded():
    names = [f"app_{n}_total" for n in range(200)]
    plan = make_plan(families_of(names), PANELS)
    for more in range(1, 40):
        plan = follow(plan, families_of([*names, *(f"app_late{n}_total" for n in range(more))]), PANELS)

    assert len(plan.drawn) == PANELS + MAX_LATE_PANELS
