"""Annotations: which are found, and what is refused."""

from dataclasses import replace

import pytest
from shelf_support import NOW_MS, make_shelf

from watchglass.dashboards.annotations import Annotation, Wanted
from watchglass.dashboards.refusal import RefusalError

EVENT = Annotation(0, "d", 2, NOW_MS, NOW_MS, "deployed 1.2", ("deploy", "api"), created_by="me")


@pytest.fixture
def annotations(tmp_path):
    return make_shelf(tmp_path).annotations


def test_what_was_added_is_there(annotations):
    number = annotations.add(EVENT)

    assert annotations.get(number) == replace(EVENT, number=number, created_ms=NOW_MS, updated_ms=NOW_MS)


def test_they_are_found_by_each_wish(annotations):
    first = annotations.add(EVENT)
    second = annotations.add(replace(EVENT, dashboard_uid="", panel_id=0, tags=("deploy",), end_ms=NOW_MS + 1000))
    third = annotations.add(replace(EVENT, time_ms=NOW_MS - 5000, end_ms=NOW_MS - 5000, tags=()))

    def numbers(**wish):
        return [event.number for event in annotations.find(Wanted(**wish))]

    assert numbers() == [second, first, third]
    assert numbers(from_ms=NOW_MS - 10, to_ms=NOW_MS + 10) == [second, first]
    assert numbers(from_ms=NOW_MS + 500) == [second]
    assert numbers(dashboard_uid="d") == [first, third]
    assert numbers(panel_id=2, limit=1) == [first]
    assert numbers(tags=["deploy"]) == [second, first]
    assert numbers(tags=["deploy", "api"]) == [first]
    assert numbers(tags=["api", "other"], any_tag=True) == [first]
    assert annotations.tags("", 10) == [("api", 1), ("deploy", 2)]
    assert annotations.tags("DEP", 10) == [("deploy", 2)]


def test_changed_and_deleted(annotations):
    number = annotations.add(EVENT)
    annotations.change(replace(annotations.get(number), text="rolled back"))
    assert annotations.get(number).text == "rolled back"

    annotations.delete(number)
    with pytest.raises(RefusalError, match="not found"):
        annotations.get(number)
    with pytest.raises(RefusalError, match="not found"):
        annotations.delete(number)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "},
        {"text": "x" * 10_001},
        {"tags": ("x",) * 51},
        {"tags": ("x" * 201,)},
        {"time_ms": -1},
        {"end_ms": NOW_MS - 1},
        {"end_ms": 2**60},
    ],
)
def test_what_is_wrong_is_refused(annotations, wrong):
    with pytest.raises(RefusalError):
        annotations.add(replace(EVENT, **wrong))
    assert annotations.find(Wanted()) == []


def test_the_oldest_go(tmp_path):
    annotations = make_shelf(tmp_path, kept=3).annotations
    numbers = [annotations.add(EVENT) for _ in range(5)]

    assert [event.number for event in annotations.find(Wanted())] == numbers[:1:-1]
