"""Asks both servers everything, and judges the answers by the list of known differences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

from parity_compare import difference
from parity_questions import Question
from parity_servers import Client

LIST = Path(__file__).parent / "differences.txt"
THREADS = 3


class Known(NamedTuple):
    """A line of differences.txt: an expression, or a regular expression between slashes; a kind of question; why."""

    line: str
    pattern: str
    kind: str
    change: str

    def covers(self, question: Question) -> bool:
        return self.kind == question.kind and self._matches(question.expr)

    def _matches(self, expr: str) -> bool:
        if self.pattern.startswith("/"):
            return re.fullmatch(self.pattern[1:-1], expr) is not None
        return self.pattern == expr


def known_differences() -> list[Known]:
    """The committed list; `both` stands for instant and range."""
    found = []
    for line in LIST.read_text().splitlines():
        if line and not line.startswith("#"):
            pattern, kind, change = line.rsplit(" | ", 2)
            kinds = ("instant", "range") if kind == "both" else (kind,)
            found += [Known(line, pattern, each, change) for each in kinds]
    return found


@dataclass
class Verdict:
    """What came out: how many answers were compared, which differ, and which expressions have something in an answer."""

    compared: int = 0
    differing: list[tuple[Question, str]] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    asked: set[tuple[str, str]] = field(default_factory=set)  # expression and kind
    known: list[Known] = field(default_factory=known_differences)

    def add(self, question: Question, why: str, *, told: bool) -> None:
        """Take one comparison: in what words it differs, if it does, and whether Prometheus's answer has something in it."""
        self.compared += 1
        self.asked.add((question.expr, question.kind))
        if told:
            self.told.add(question.expr)
        if why:
            self.differing.append((question, why))

    @cached_property
    def failed(self) -> list[tuple[Question, str]]:
        """Those that differ and no line of the list covers."""
        return [(each, why) for each, why in self.differing if not any(line.covers(each) for line in self.known)]

    @cached_property
    def stale(self) -> list[str]:
        """Lines of the list of which an expression that was asked no longer differs."""
        differing = {(each.expr, each.kind) for each, _ in self.differing}
        found = []
        for line in self.known:
            covered = {(expr, kind) for expr, kind in self.asked if line.covers(Question(kind, expr, "", {}))}
            if not covered or covered - differing:
                which = ", ".join(sorted(expr for expr, _ in covered - differing)) or "nothing that was asked"
                found.append(f"{line.line} [{line.kind}: {which}]")
        return found

    def closing_line(self) -> str:
        known = len(self.differing) - len(self.failed)
        same = self.compared - len(self.differing)
        return f"{self.compared} compared, {same} same, {known} known differences, {len(self.failed)} failed"


def judge(ours: str, theirs: str, questions: Iterable[Question]) -> Verdict:
    """Ask both servers, at their addresses, and compare."""
    verdict = Verdict()
    with closing(Client(ours)) as mine, closing(Client(theirs)) as other:
        for question, why, told in _compare(mine, other, questions):
            verdict.add(question, why, told=told)
    return verdict


def _compare(ours: Client, theirs: Client, questions: Iterable[Question]) -> Iterator[tuple[Question, str, bool]]:
    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(partial(_ask_both, ours, theirs), questions)


def _ask_both(ours: Client, theirs: Client, question: Question) -> tuple[Question, str, bool]:
    mine = ours.ask(question.path, question.parameters)
    other = theirs.ask(question.path, question.theirs)
    told = bool(other.data and (not isinstance(other.data, dict) or other.data.get("result")))
    return question, difference(mine, other, ordered=question.ordered), told
