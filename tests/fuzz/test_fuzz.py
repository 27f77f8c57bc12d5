"""The third judge, 500 queries long. The seed is fixed: chance never turns a build red; `make fuzz` takes a new one each time."""

import shutil

import pytest
from judge import Tally, hold
from run_fuzz import describe, report
from shrink import as_case, shrink

SEED, QUERIES = 2, 500

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not (shutil.which("prometheus") and shutil.which("promtool")), reason="apt-get install prometheus"
    ),
]


def test_random_queries_over_random_data_answer_as_prometheus_does():
    tally = Tally()
    for _ in hold(SEED, QUERIES, tally, per_data_set=250, until=1):
        pass

    print(f"seed {SEED}\n{report(tally)}")
    told = "\n".join(f"{describe(failure)}\n{as_case(shrink(failure))}" for failure in tally.failures)
    assert not tally.failures, f"seed {SEED}\n{told}"
    assert tally.questions == 2 * QUERIES
    assert tally.empty + tally.errors < tally.questions * 0.6, "most queries should have an answer"
