"""A part of `make parity` with every test run: what the guides ask and some more, once and over one range, of both servers."""

from __future__ import annotations

import shutil

import pytest
from corpus import expressions_of_the_guides
from parity_data import SERIES, write
from parity_questions import INSTANTS, RANGES, ask_at, ask_over, lists, own_expressions
from parity_servers import both_servers
from parity_verdict import judge

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not (shutil.which("prometheus") and shutil.which("promtool")), reason="apt-get install prometheus"
    ),
]

INCIDENT, WHOLE_DAY = INSTANTS[2], RANGES[0]


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """Addresses of Watchglass and of Prometheus."""
    folder = tmp_path_factory.mktemp("parity")
    series, samples = write(folder / "day.om")
    assert (series, samples > 1_000_000) == (SERIES, True)
    with both_servers(folder, folder / "day.om") as addresses:
        (folder / "day.om").unlink()
        yield addresses


def answers(servers, expressions):
    return judge(*servers, [q for expr in expressions for q in (ask_at(expr, INCIDENT), ask_over(expr, *WHOLE_DAY))])


def test_the_guides_expressions_have_prometheus_answers(servers):
    expressions = list(dict.fromkeys(expr for expr, parses in expressions_of_the_guides() if parses))

    verdict = answers(servers, expressions)

    assert verdict.failed == []
    assert len(verdict.told) >= len(expressions) - 10, "the made day has something for nearly all"


def test_other_expressions_have_prometheus_answers_and_errors(servers):
    expressions = own_expressions()[::8]
    assert len(expressions) >= 100

    verdict = answers(servers, expressions)

    assert verdict.failed == []
    assert len(verdict.told) > len(expressions) / 2


def test_series_labels_and_values_are_prometheus_s(servers):
    verdict = judge(*servers, lists())

    assert verdict.failed == []
