"""Documents of every form, each with the dashboard and the notes that come out: golden/NAME.json to expected/NAME.json."""

import copy
import json
from pathlib import Path

import pytest

from watchglass.dashboards.normalise.document import normalise

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in (HERE / "golden").glob("*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_a_document_becomes_what_is_expected_and_is_not_changed_itself(name):
    document = json.loads((HERE / "golden" / f"{name}.json").read_text())
    expected = json.loads((HERE / "expected" / f"{name}.json").read_text())
    before = copy.deepcopy(document)

    found = normalise(document)

    assert found.dashboard == expected["dashboard"]
    assert [list(note) for note in found.notes] == expected["notes"]
    assert document == before
    assert normalise(found.dashboard).dashboard == found.dashboard


def test_every_expectation_has_its_document():
    assert sorted(path.stem for path in (HERE / "expected").glob("*.json")) == NAMES
