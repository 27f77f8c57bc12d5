"""What is wrong with the dashboards of a pack: whether they are drawn as they are meant, and what they ask for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from watchglass.dashboards.grafana import Json, every_panel
from watchglass.dashboards.macros import parse_filled, values_for_parsing
from watchglass.dashboards.normalise.document import normalise
from watchglass.dashboards.report import report_on
from watchglass.errors import DashboardError
from watchglass.packs.boards import board_text
from watchglass.packs.names import Names
from watchglass.packs.pack import AS_WRITTEN, Pack
from watchglass.packs.scope import asked_part


@dataclass(slots=True)
class Boards:
    """What a look at dashboards has found.

    Attributes:
        uids: of the dashboards.
        panels: how many panels ask something.
        faults: what is wrong.
    """

    uids: list[str] = field(default_factory=list)
    panels: int = 0
    faults: list[str] = field(default_factory=list)


def check_boards(pack: Pack, names: Names) -> Boards:
    """Look at the dashboards of a pack, and at those of its guide's own text."""
    found, written = Boards(), Boards()
    for path in sorted((pack.folder / "dashboards").glob("*.json")):
        _check(path, found, names)
    for path in sorted((pack.folder / AS_WRITTEN / "dashboards").glob("*.json")):
        _check(path, written, None)
        if not (pack.folder / "dashboards" / path.name).is_file():
            written.faults.append(f"{path}: there is no corrected one of that name in dashboards")
    found.faults += written.faults
    return found


def _check(path: Path, found: Boards, names: Names | None) -> None:
    """Look at one file; where there are `names`, also at what it asks for and whether all of it is drawn as meant."""
    try:
        text = board_text(path)
        document = json.loads(text)
        report = report_on(document)
    except json.JSONDecodeError as error:
        found.faults.append(f"{path}:{error.lineno}: is not JSON: {error.msg}")
        return
    except (OSError, ValueError, RecursionError, DashboardError) as error:
        found.faults.append(f"{path}: {error}")
        return
    if report.uid in found.uids:
        found.faults.append(f'{path}: another dashboard has the uid "{report.uid}"')
    found.uids.append(report.uid)
    found.panels += len(report.panels)
    if names is None:
        return
    if path.stem != report.uid:
        found.faults.append(f'{path}: its uid is "{report.uid}", and a file is called as its uid is')
    for panel in report.panels:
        found.faults += [f'{path}: panel {panel.number} "{panel.title}": {fault}' for fault in panel.faults]
    found.faults += _names(path, text, normalise(document).dashboard, names)


def _names(path: Path, text: str, board: Json, names: Names) -> Iterator[str]:
    values = values_for_parsing(board)
    for place, expression in _expressions(board):
        parsed = parse_filled(expression, values)
        for fault in names.faults(parsed[0]) if parsed else ():
            yield f"{path}{_line(text, expression)}: {place}: {fault}"


def _expressions(board: Json) -> Iterator[tuple[str, str]]:
    for panel in every_panel(board):
        for target in panel.get("targets") or ():
            if isinstance(target.get("expr"), str) and target["expr"].strip():
                yield f'panel {panel["id"]} "{panel["title"]}", query {target["refId"]}', target["expr"]
    for variable in (board.get("templating") or {}).get("list") or ():
        query = variable.get("query")
        written = query.get("query") if isinstance(query, dict) else query
        if isinstance(written, str) and (part := asked_part(written)):
            yield f"variable {variable['name']}", written[part].strip()


def _line(text: str, expression: str) -> str:
    """Where an expression stands, as `:12`; empty where it is written otherwise."""
    written = json.dumps(expression, ensure_ascii=False)[1:-1]
    at = text.find(written)
    return "" if at < 0 else f":{text.count(chr(10), 0, at) + 1}"
