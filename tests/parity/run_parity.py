"""Compare Watchglass with Debian's Prometheus on one made day: `run_parity.py SHARED [EXPRESSION ...]`.

SHARED is the folder with `spec/seeds.yaml` and `promqltest/promql-test-queries.yml`. Prints what differs and should not,
what should differ and does not, and one closing line. With expressions, only they are asked, and every difference printed.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from parity_data import write
from parity_questions import all_questions, compliance, own_expressions
from parity_servers import both_servers
from parity_verdict import Verdict, judge


def main() -> int:
    """Exit status: 1 when an unlisted answer differs, or a listed one does not."""
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    shared, chosen = Path(sys.argv[1]), sys.argv[2:]
    guides, listed = ([], []) if chosen else (expressions_of(shared), the_compliance_list(shared))
    expressions = chosen or list(dict.fromkeys([*guides, *listed, *own_expressions()]))
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="watchglass-parity-") as folder:
        openmetrics = Path(folder) / "day.om"
        series, samples = write(openmetrics)
        print(f"{series} series, {samples} samples, {len(expressions)} expressions", flush=True)
        with both_servers(Path(folder), openmetrics) as addresses:
            verdict = judge(*addresses, all_questions(expressions))
            print(f"range queries by what the cache did: {cache_outcomes(addresses[0])}")
        if any("500 internal" in why for _, why in verdict.failed):
            print((Path(folder) / "log").read_text()[-5_000:])
    print(f"{time.monotonic() - started:.0f} s")
    tell(verdict, expressions, guides)
    stale = verdict.stale if guides and listed else []  # where all that the list speaks of was asked
    print(*(f"differs no longer: {line}" for line in stale), sep="\n", end="\n" if stale else "")
    for question, why in verdict.differing if chosen else verdict.failed:
        times = {name: value for name, value in question.parameters.items() if value != question.expr}
        print(f"{question.kind} {question.expr!r} {times}: {why}")
    print(verdict.closing_line())
    return 1 if verdict.failed or stale else 0


def cache_outcomes(address: str) -> str:
    """How Watchglass's cache of range results took part, by its own count."""
    with urlopen(f"http://{address}/metrics", timeout=30) as answer:
        text = answer.read().decode()
    found = re.findall(r'watchglass_query_cache_queries_total\{outcome="(\w+)"\} (\d+)', text)
    return ", ".join(f"{outcome} {count}" for outcome, count in sorted(found))


def expressions_of(shared: Path) -> list[str]:
    """What the guides ask; none, and a word of it, where their facts are not at hand."""
    if not (shared / "spec/seeds.yaml").exists():
        print(f"skipped: the guides' expressions, for there is no {shared / 'spec/seeds.yaml'}")
        return []
    os.environ["WATCHGLASS_SHARED"] = str(shared)
    sys.path.append(str(Path(__file__).parents[1] / "promql"))
    from corpus import expressions_of_the_guides

    return list(dict.fromkeys(expr for expr, parses in expressions_of_the_guides() if parses))


def the_compliance_list(shared: Path) -> list[str]:
    path = shared / "promqltest/promql-test-queries.yml"
    if not path.exists():
        print(f"skipped: the compliance list, for there is no {path}")
        return []
    return compliance(path)


def tell(verdict: Verdict, expressions: list[str], guides: list[str]) -> None:
    """Print how many expressions found something in the made day."""
    if silent := [expr for expr in guides if expr not in verdict.told]:
        print("the guides' expressions without an answer:", *silent, sep="\n  ")
    told = [sum(expr in verdict.told for expr in each) for each in (expressions, guides)]
    print(f"with an answer: {told[0]} of {len(expressions)} expressions, of the guides' {told[1]} of {len(guides)}")


if __name__ == "__main__":
    sys.exit(main())
