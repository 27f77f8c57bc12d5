"""Our own cases in PromQL's test notation, and Prometheus's own 2,214 evaluations where they are at hand."""

from __future__ import annotations

from pathlib import Path

import promqltest
import pytest

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
