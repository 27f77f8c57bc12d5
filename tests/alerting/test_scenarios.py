"""Scenarios on a virtual clock: what happens when, and what is told then; one file each."""

from __future__ import annotations

import pytest
import yaml
from alerting_support import START_MS, Bench, config_of, files, labels_of, milliseconds

from watchglass.alerting.matchers import parse_matchers
from watchglass.alerting.silence import Silence
from watchglass.model.duration import parse_duration

CASES = [(path.stem, case) for path in files("scenarios") for case in yaml.safe_load_all(path.read_text())]


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file}-{case['name']}" for file, case in CASES])
def test_scenario(file, case):
    bench, silences = Bench(config_of(case["config"])), {}
    bench.clock.advance(parse_duration(case.get("begin", "0s")))
    for at, what in case["do"]:
        bench.run(at)
        do(bench, silences, what)
    bench.run(case["until"])

    assert bench.lines == case["told"]


def do(bench: Bench, silences: dict[str, str], what: str) -> None:
    """One line of a scenario."""
    verb, _, rest = what.partition(" ")
    text, _, times = rest.partition(";")
    given = dict(word.split("=", 1) for word in times.split())
    now_ms = bench.clock.now_ms()
    match verb:
        case "fire":
            bench.put(text, **given)
        case "resolve":
            old = next(each for each in bench.manager.dispatcher.state.alerts if each.labels == labels_of(text))
            bench.put(text, starts=f"-{now_ms - old.starts_ms}ms", ends="0s")
        case "silence":
            matchers, ends_ms = parse_matchers(text.strip()), now_ms + milliseconds(given.get("for", "1h"))
            silences[text.strip()] = bench.manager.set_silence(Silence(matchers, 0, ends_ms, "me"))
        case "unsilence":
            bench.manager.expire_silence(silences[text.strip()])
        case "reload":
            bench.manager.reload(bench.manager.config)
        case _:
            raise AssertionError(what)


def test_there_are_scenarios():
    assert len(CASES) > 20
    assert START_MS % 86_400_000 == 0
