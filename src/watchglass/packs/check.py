"""What is wrong with the folder of a pack: each file by its own reader, and what they say of one another.

A fault in one file hides none of another. Every message names the file, with line and key where there are any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TypeVar

from watchglass.errors import ConfigError, QuerySyntaxError
from watchglass.packs.board import BOARD_FILE, read_board
from watchglass.packs.check_boards import Boards, check_boards
from watchglass.packs.check_rules import TESTS_FILE, check_tests
from watchglass.packs.differences import DIFFERENCES_FILE, read_differences
from watchglass.packs.names import Names
from watchglass.packs.pack import ADDED, AS_WRITTEN, ROUTES_FILE, Pack, read_pack
from watchglass.packs.routes import pack_part
from watchglass.packs.rules import RULES_FILE, read_rules
from watchglass.packs.snapshots import SNAPSHOTS_FILE, TODAY, read_snapshots
from watchglass.promql.parse import parse
from watchglass.rules.definition import GroupDefinition, RuleDefinition
from watchglass.rules.read import alerts_of, recorded
from watchglass.wire.faults import faults_of

FILES = (
    "pack.yaml",
    "metrics.yaml",
    RULES_FILE,
    TESTS_FILE,
    ROUTES_FILE,
    BOARD_FILE,
    SNAPSHOTS_FILE,
    DIFFERENCES_FILE,
    "README.md",
    "dashboards",
    ADDED,
    AS_WRITTEN,
)
"""What the folder of a pack may hold."""

Faults = Iterator[str]
_T = TypeVar("_T")


@dataclass(slots=True)
class Checked:
    """What a look at a pack has found.

    Attributes:
        pack: it; None where not even that can be read.
        faults: what is wrong, in the order of the files.
        alerts: how many rules alert.
        dashboards: how many there are.
        panels: how many of them ask something.
    """

    pack: Pack | None = None
    faults: list[str] = field(default_factory=list)
    alerts: int = 0
    dashboards: int = 0
    panels: int = 0


def check_pack(folder: Path) -> Checked:
    """Look at every file of a pack."""
    checked = Checked()
    try:
        checked.pack = pack = read_pack(folder)
    except ConfigError as error:
        checked.faults.append(str(error))
        return checked
    checked.faults += _strangers(folder)
    parts = [folder, folder / ADDED]
    groups = {part: _read(checked, partial(read_rules, part / RULES_FILE)) or () for part in parts}
    names = Names(pack, frozenset(recorded(group for part in parts for group in groups[part])))
    alerts = {part: tuple(alerts_of(groups[part])) for part in parts}
    checked.alerts = sum(map(len, alerts.values()))
    checked.faults += _jobs(pack, names)
    for part in parts:
        checked.faults += _rules(part / RULES_FILE, groups[part], names)
        checked.faults += _read(checked, partial(check_tests, part, alerts[part])) or []
    for reader in (
        lambda: _routes(pack),
        lambda: list(_board(pack, names, alerts[folder])),
        lambda: list(_snapshots(pack, names)),
        lambda: list(_differences(pack)),
    ):
        checked.faults += _read(checked, reader) or []
    boards = check_boards(pack, names)
    checked.faults += boards.faults
    checked.dashboards, checked.panels = len(boards.uids), boards.panels
    checked.faults += _uids(pack, boards)
    return checked


def _read(checked: Checked, reader: Callable[[], _T]) -> _T | None:
    """What a reader reads; None, and its fault noted, where it cannot."""
    try:
        return reader()
    except ConfigError as error:
        checked.faults += map(str, faults_of(error))
        return None


def _strangers(folder: Path) -> Faults:
    """Files that nobody reads: a word misspelt, most likely."""
    for path in sorted(folder.iterdir()):
        if path.name not in FILES and not path.name.startswith((".", "__pycache__")):
            near = get_close_matches(path.name, FILES, 1)
            hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(FILES)}"
            yield f"{path}: is no file of a pack{hint}"


def _jobs(pack: Pack, names: Names) -> Faults:
    for job in pack.jobs:
        for length in job.lengths:
            if fault := names.fault(length.metric):
                yield f"{pack.folder / 'pack.yaml'}: jobs.{job.name}.lengths: {fault}"


def _rules(path: Path, groups: tuple[GroupDefinition, ...], names: Names) -> Faults:
    for rule in (rule for group in groups for rule in group.rules):
        yield from (f"{path}:{rule.line}: {rule.name}: {fault}" for fault in names.faults(parse(rule.expr)))


def _routes(pack: Pack) -> list[str]:
    """Nothing: what is wrong is raised. Secrets that are not there are none of a pack's faults."""
    pack_part(pack)
    return []


def _board(pack: Pack, names: Names, alerts: tuple[RuleDefinition, ...]) -> Faults:
    board = read_board(pack)
    known = [rule.name for rule in alerts]
    for row in board.rows if board else ():
        place = f"{pack.folder / BOARD_FILE}: {row.id}"
        baseline = [row.baseline[1]] if row.baseline else []
        for expression in (row.expr, *baseline, *(condition.when for condition in row.rule)):
            yield from (f"{place}: {fault}" for fault in expression_faults(expression, names))
        if row.alert and row.alert not in known:
            near = get_close_matches(row.alert, known, 1)
            yield f'{place}: {RULES_FILE} has no alert "{row.alert}"' + (f'; did you mean "{near[0]}"?' if near else "")


def _snapshots(pack: Pack, names: Names) -> Faults:
    for name, snapshot in read_snapshots(pack).items():
        for key, each in snapshot.items():
            for fault in expression_faults(each.expr.replace(TODAY, "1d"), names):
                yield f"{pack.folder / SNAPSHOTS_FILE}: {name}.{key}: {fault}"


def _differences(pack: Pack) -> Faults:
    for each in read_differences(pack):
        file = each.where.partition(" > ")[0]
        if not any((pack.folder / part / file).is_file() for part in ("", "as_written")) and file != "prometheus.yml":
            yield f"{pack.folder / DIFFERENCES_FILE}: {each.where}: there is no {file}"


def _uids(pack: Pack, boards: Boards) -> Faults:
    """Whether the dashboards that `pack.yaml` names are there."""
    named = [("start", pack.start), *(("dashboards", uid) for uid in pack.dashboards)]
    for key, uid in named:
        if uid and uid not in boards.uids:
            near = get_close_matches(uid, boards.uids, 1)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            yield f'{pack.folder / "pack.yaml"}: {key}: there is no dashboard "{uid}"{hint}'


def expression_faults(expression: str, names: Names) -> Faults:
    """What is wrong with an expression: that it does not parse, or what it names."""
    try:
        tree = parse(expression)
    except QuerySyntaxError as error:
        yield f"{error}: {expression}"
        return
    yield from names.faults(tree)
