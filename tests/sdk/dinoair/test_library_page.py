"""docs/packs/dinoair-library.md: every example runs, and its tables are those of the code."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from watchglass.sdk.dinoair.health import DEFAULT_PENALTIES
from watchglass.sdk.dinoair.metrics_collector import MetricsConfig

TEXT = (Path(__file__).parents[3] / "docs/packs/dinoair-library.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
TITLES = re.findall(r"^(?:## |### )([^\n]+)$(?:(?!^## |^### ).)*?^```python", TEXT, re.MULTILINE | re.DOTALL)


def test_the_four_ways_to_extend_it_have_an_example():
    assert TITLES[-4:] == ["A metric", "A format", "A storage", "A widget"]
    assert len(EXAMPLES) == len(TITLES) == 10


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=TITLES)
def test_every_example_runs(number, tmp_path):
    command = [sys.executable, "-W", "error", "-c", EXAMPLES[number]]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")


def table(name: str) -> list[list[str]]:
    body = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", TEXT, re.DOTALL)[1]
    return [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in body.splitlines()[2:]]


def test_settings_are_those_of_the_code():
    config = MetricsConfig()
    told = {name: default for name, default, _ in table("settings")}
    known = {field.name: repr(getattr(config, field.name)) for field in fields(config)}
    assert told == known | {"health": "HealthFormula()"}


def test_penalties_are_those_of_the_code():
    assert [[name, *map(float, numbers)] for name, *numbers in table("health")] == [
        [name, one.points, one.from_value, one.to_value] for name, one in DEFAULT_PENALTIES.items()
    ]


def test_the_metric_example_is_the_guides():
    samples = (Path(__file__).parent / "guide_samples.txt").read_text()
    theirs = re.search(r"^def record_cache_operation.*?(?=^```)", samples, re.MULTILINE | re.DOTALL)[0]
    ours = re.search(r"    def record_cache_operation.*?hits / total\n", TEXT, re.DOTALL)[0]

    def lines(text):
        return [line.strip() for line in text.splitlines() if line.strip()]

    assert lines(ours) == lines(theirs)
