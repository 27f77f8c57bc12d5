"""The words that simulated labels have are those of the guides, where a guide names any."""

from __future__ import annotations

import pytest

from watchglass.simulate.run import runs_between
from watchglass.simulate.systems import SYSTEMS

NOW_MS = 1_795_600_000_000


@pytest.fixture(scope="module")
def words():
    """Of each metric and label, the words that a day of its system gives it."""
    found = {}
    for system in SYSTEMS.values():
        log = system.simulate(next(runs_between(system, NOW_MS, NOW_MS + 1, 1)))
        for effects in system.effects.values():
            for effect in effects:
                for label, column in effect.by.items():
                    fixed = column.startswith("=")
                    told = {column[1:]} if fixed else set(log[effect.table].text(column))
                    found.setdefault((effect.metric, label), set()).update(told)
    return found


def contract(seeds):
    """Of each metric and label, the words that its guide names or that are proposed."""
    for name in SYSTEMS:
        for metric in seeds[name]["metrics"]:
            for key in ("label_values", "proposed_label_values"):
                for label, named in (metric.get(key) or {}).items():
                    if named:
                        yield metric["name"], label, set(named)


def test_every_word_that_a_guide_names_occurs_and_no_other(seeds, words):
    wanted = {}
    for name, label, named in contract(seeds):
        wanted.setdefault((name, label), set()).update(named)
    assert wanted
    assert {key: words[key] for key in wanted} == wanted


def test_the_gateways_four_vocabularies(seeds, words):
    for label, named in seeds["hybrid_ai_stack"]["label_values"].items():
        if label != "src":
            assert words["api_gateway_requests_total", label] == set(named)
