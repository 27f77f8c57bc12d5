"""What is remembered between visits."""

import pytest

from watchglass.columns import LabelTable
from watchglass.dashboards.exposed import exposed
from watchglass.dashboards.motion import Motion
from watchglass.dashboards.visits import ASKED_MS, ASKED_OF_NEW_MS, KEPT, Visits
from watchglass.errors import QueryError
from watchglass.model.labels import Labels
from watchglass.model.metadata import Metadata, MetricType

NAMES = [f"app_{n}_total" for n in range(20)]
FAMILIES = exposed(LabelTable.of([Labels.of(__name__=name) for name in NAMES]), {})
RESTING = dict.fromkeys(NAMES, Motion.MOVING) | {"app_3_total": Motion.ZERO}


class Asked:
    """Tells motions, and counts how often."""

    def __init__(self, motions):
        self.motions, self.count = motions, 0

    def __call__(self):
        self.count += 1
        if self.motions is None:
            raise QueryError("gone")
        return self.motions


@pytest.fixture
def visits():
    return Visits()


def test_what_moves_is_asked_once_a_minute(visits):
    ask = Asked(RESTING)
    for now_ms in (0, 1, ASKED_MS - 1, ASKED_MS):
        plan = visits.plan(("embedded", "app"), FAMILIES, 40, ask, now_ms)

    assert plan.asleep == {"app_3_total"}
    assert ask.count == 2


def test_of_what_is_new_it_is_asked_sooner(visits):
    key, ask = ("embedded", "app"), Asked(RESTING)
    visits.plan(key, FAMILIES[1:], 40, ask, 0)
    for now_ms in (ASKED_OF_NEW_MS - 1, ASKED_OF_NEW_MS):
        visits.plan(key, FAMILIES, 40, ask, now_ms)

    assert ask.count == 2


def test_what_has_moved_once_stays_where_it_is(visits):
    key = ("embedded", "app")
    ask = Asked(RESTING)
    visits.plan(key, FAMILIES, 40, ask, 0)
    ask.motions = dict.fromkeys(NAMES, Motion.MOVING)
    moved = visits.plan(key, FAMILIES, 40, ask, ASKED_MS)
    ask.motions = dict.fromkeys(NAMES, Motion.CONSTANT)

    assert "app_3_total" in moved.drawn
    assert visits.plan(key, FAMILIES, 40, ask, 2 * ASKED_MS) == moved


def test_a_source_that_does_not_tell_changes_nothing(visits):
    ask = Asked(RESTING)
    plan = visits.plan(("prometheus", "app"), FAMILIES, 40, ask, 0)
    ask.motions = None

    assert visits.plan(("prometheus", "app"), FAMILIES, 40, ask, ASKED_MS) == plan
    assert visits.plan(("prometheus", "other"), FAMILIES, 40, ask, 0).resting == ()


def test_only_so_many_are_remembered(visits):
    ask = Asked({})
    for job in [*map(str, range(KEPT + 1)), "0"]:
        visits.plan(("embedded", job), FAMILIES, 40, ask, 0)

    assert len(visits._visited) == KEPT
    assert ask.count == KEPT + 2


def test_metadata_that_a_source_has_forgotten_is_remembered(visits):
    known = Metadata(MetricType.COUNTER, "", "Things.")

    assert visits.metadata("prometheus", {"a": known}) == {"a": known}
    assert visits.metadata("prometheus", {"a": Metadata(), "b": Metadata()}) == {"a": known, "b": Metadata()}
    assert visits.metadata("prometheus", {}) == {"a": known, "b": Metadata()}
    assert visits.metadata("embedded", {}) == {}
