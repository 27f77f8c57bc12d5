"""Our own cases in PromQL's test notation, and Prometheus's own 2,214 evaluations where they are at hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import promqltest
import pytest
import run_promqltest

CASES = Path(__file__).parent / "cases"
OWN = [case for path in sorted(CASES.glob("*.test")) for case in promqltest.read(path)]
NOT_YET = {line.partition(" | ")[0] for line in (CASES / "not_yet.txt").read_text().splitlines()}


def upstream() -> list[Path]:
    for parent in Path(__file__).resolve().parents:
        if (parent / "shared/promqltest").is_dir():
            return sorted((parent / "shared/promqltest").glob("*.test"))
    return []


@pytest.mark.parametrize("case", OWN, ids=str)
def test_own_case(case):
    assert promqltest.unsupported(case) is None
    promqltest.check(case)


@pytest.mark.skipif(
    not upstream(), reason="Prometheus's test data is not at hand (shared/promqltest beside the checkout)"
)
@pytest.mark.parametrize("path", upstream(), ids=lambda path: path.name)
def test_upstream_file(path):
    """Every evaluation passes but those in not_yet.txt, a list that may only shrink."""
    verdicts = {f"{case.file}:{case.line}": promqltest.verdict(case) for case in promqltest.read(path)}

    failed = {place for place, why in verdicts.items() if why is not None}
    listed = {place for place in NOT_YET if place.startswith(f"{path.name}:")}
    assert {place: verdicts[place] for place in failed - listed} == {}, "these do not pass"
    assert listed - failed == set(), "these pass: take them off the list"


def test_a_wrong_number_is_noticed():
    case = promqltest.read(CASES / "selection.test")[0]
    case.expected.series[0][1][0] += 1e-3

    with pytest.raises(AssertionError):
        promqltest.check(case)


def test_the_report_tells_what_the_list_does_not(capsys):
    verdicts = {"a.test:1": None, "a.test:2": "no", "a.test:3": "bad", "b.test:1": None}

    assert run_promqltest.report(verdicts, {"a.test:2", "b.test:1"}) == 1
    assert capsys.readouterr().out.splitlines() == [
        "a.test:3 fails: bad",
        "b.test:1 passes: take it off the list",
        "2 passed, 1 failed, 1 not yet",
    ]
    assert run_promqltest.report(verdicts, {"a.test:2", "a.test:3"}) == 0
    assert capsys.readouterr().out == "2 passed, 0 failed, 2 not yet\n"


def test_what_is_not_supported_never_passes_as_a_failure():
    case = promqltest.read(CASES / "mixed_samples.test")[0]
    failing = replace(case, expr="histogram_count(m)", expected=promqltest.Expectation(fails=True))

    assert promqltest.verdict(failing) == promqltest.UNJUDGED


def test_every_listed_evaluation_has_a_reason():
    lines = (CASES / "not_yet.txt").read_text().splitlines()

    assert len(lines) == len(NOT_YET)
    assert all(line.partition(" | ")[2] for line in lines)
