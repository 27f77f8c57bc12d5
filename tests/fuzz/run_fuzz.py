"""`make fuzz [SEED=n] [QUERIES=20000]`: random queries over random data, judged by Debian's Prometheus 2.42.

Prints the seed at the start and at the end; a seed gives the same queries and data again. A difference that nothing explains is
shrunk and printed as a test case; the exit status is 1 then.
"""

from __future__ import annotations

import argparse
import random
import sys
import time

from explained import EXPLANATIONS
from judge import Failure, Tally, hold
from shrink import as_case, shrink

SHRUNK = 3
"""Failures that are shrunk; the others are named."""


def main() -> int:
    """Run the fuzzer."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(100_000))
    arguments.add_argument("--queries", type=int, default=20_000)
    arguments.add_argument("--per-data-set", type=int, default=1000)
    arguments.add_argument("--until", type=int, default=10, help="failures after which it stops")
    args = arguments.parse_args()
    print(f"seed {args.seed}", flush=True)
    tally, started, cpu = Tally(), time.monotonic(), time.process_time()
    for data in hold(args.seed, args.queries, tally, args.per_data_set, args.until):
        print(f"  {tally.queries} queries, {len(data.series)} series, {len(tally.failures)} unexplained", flush=True)
    print(report(tally))
    print(f"took {time.monotonic() - started:.0f} s, {time.process_time() - cpu:.0f} s of CPU of our side")
    for failure in tally.failures:
        print(describe(failure), flush=True)
    for failure in tally.failures[:SHRUNK]:
        print(f"\n{as_case(shrink(failure))}", flush=True)
    print(f"seed {args.seed}")
    return 1 if tally.failures else 0


def report(tally: Tally) -> str:
    """What was counted, and what explained how much."""
    total = (
        f"{tally.queries} queries, {tally.questions} questions: {tally.errors} errors, {tally.empty} empty answers, "
        f"{tally.rounding} told apart by rounding or ties, {tally.too_heavy} too heavy, "
        f"{sum(tally.explained.values())} explained, {len(tally.failures)} unexplained"
    )
    lines = [total]
    lines += [f"{tally.explained[name]:6} {name}: {why}" for name, why, _ in EXPLANATIONS if tally.explained[name]]
    return "\n".join(lines)


def describe(failure: Failure) -> str:
    """A failure as it was found."""
    ours, theirs = failure.ours, failure.theirs
    lines = [
        f"\nUNEXPLAINED over {failure.over}, data seed {failure.data.seed}: {failure.question}",
        f"  {len(failure.found)} differences, such as {failure.found[0]}",
        f"  ours: {ours.error} {ours.text[:300]}",
        f"  theirs: {theirs.error} {theirs.text[:300]}",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
