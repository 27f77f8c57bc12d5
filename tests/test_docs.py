"""The documents say what is true."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from pathlib import Path

import pytest

from watchglass.cli.arguments import parse_arguments

ROOT = Path(__file__).parent.parent
REQUIREMENTS = (ROOT / "docs/requirements.md").read_text()
ROW = re.compile(r"^\| ((?:X|S\d|I)-\d+) \| [^|]+ \| (\w+) \| ([^|]*) \|$", re.MULTILINE)


def test_every_requirement_has_one_row_and_a_known_state():
    rows = ROW.findall(REQUIREMENTS)

    assert len({identity for identity, _, _ in rows}) == len(rows) == 226
    assert {state for _, state, _ in rows} <= {"done", "partial", "open"}


def test_the_totals_at_the_top_are_those_of_the_rows():
    totals = Counter(state for _, state, _ in ROW.findall(REQUIREMENTS))

    assert f"{totals['done']} done, {totals['partial']} partial, {totals['open']} open" in REQUIREMENTS


@pytest.mark.parametrize("state", ["done", "partial"])
def test_what_is_not_open_names_a_test_or_says_what_is_left(state):
    assert [identity for identity, row_state, how in ROW.findall(REQUIREMENTS) if row_state == state and not how] == []


def test_every_file_that_a_document_names_exists():
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    named = {
        (document.name, path)
        for document in documents
        for path in re.findall(
            r"`((?:tests|src|benchmarks|examples|docs|scripts)/[\w./-]+\.\w+)`", document.read_text()
        )
    }

    assert sorted((name, path) for name, path in named if not (ROOT / path).exists()) == []


def test_every_link_within_the_repository_leads_somewhere():
    links = [
        (document, target)
        for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text())
    ]

    assert [(document.name, target) for document, target in links if not (document.parent / target).exists()] == []


README = (ROOT / "README.md").read_text()
FENCED = re.findall(r"^```\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
SHOWN = [line for block in FENCED for line in block.splitlines()] + re.findall(r"`(watchglass \S+ [^`\n]+)`", README)
COMMANDS = [line[line.index("watchglass ") :] for line in SHOWN if re.match(r"([A-Z_]+=\S+ )?watchglass ", line)]


@pytest.mark.parametrize("command", dict.fromkeys(COMMANDS))
def test_a_command_of_the_readme_is_understood(command, tmp_path, monkeypatch):
    (tmp_path / "dashboards").mkdir()
    monkeypatch.chdir(tmp_path)
    parse_arguments(shlex.split(command)[1:])  # exits where it is wrong


def test_the_readme_has_a_way_in_to_alerting():
    """From a prometheus.yml and an alertmanager.yml to an alert that was delivered."""
    wanted = (
        "check rules",
        "check routes",
        "up --config prometheus.yml --alertmanager.config",
        "test-alert",
        "silence add",
    )
    assert [words for words in wanted if not any(each.startswith(f"watchglass {words}") for each in COMMANDS)] == []
