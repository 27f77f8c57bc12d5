"""Writes the tables of docs/packs/*.md and docs/formats/packs.md from the packs' own files: `python scripts/pack_docs.py`.

Text around the tables is written by hand; each table stands between `<!-- NAME -->` and `<!-- /NAME -->`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from watchglass.packs.board import Board, read_board
from watchglass.packs.differences import ABSENT, read_differences
from watchglass.packs.pack import Pack, read_pack
from watchglass.packs.rules import pack_groups, read_rules
from watchglass.packs.snapshots import read_snapshots
from watchglass.rules.read import alerts_of
from watchglass.sdk.declared import PACKS, pack_names

DOCS = Path(__file__).parent.parent / "docs/packs"

_MARKED = re.compile(r"<!-- (\w+) -->\n.*?<!-- /\1 -->", re.DOTALL)


def rewritten(text: str, pack: Pack) -> str:
    """A page with the tables as the pack's files have them."""

    def put(found: re.Match[str]) -> str:
        return f"<!-- {found[1]} -->\n{_table(TABLES[found[1]](pack))}<!-- /{found[1]} -->"

    return _MARKED.sub(put, text)


def _table(rows: Iterable[Sequence[str]]) -> str:
    head, *rest = rows
    lines = [head, ["---"] * len(head), *rest]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _code(text: str) -> str:
    """A text as code in a cell of a table."""
    return "`" + " ".join(text.split()).replace("|", "\\|") + "`" if text else ""


def _words(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _jobs(pack: Pack) -> Iterator[Sequence[str]]:
    yield "job", "targets in the guide", "path", "interval", ""
    for job in pack.jobs:
        notes = [word for word, holds in (("optional", job.optional), ("probe", job.kind == "http_probe")) if holds]
        targets = ", ".join(map(_code, job.targets)) or "none: `pack.targets` says it"
        yield _code(job.name), targets, _code(job.metrics_path), job.scrape_interval, ", ".join(notes)


def _metrics(pack: Pack) -> Iterator[Sequence[str]]:
    yield "metric", "type", "labels", "unit", "what", "not in the guide"
    for one in pack.metrics:
        added = "" if not one.added else "all of it" if "all" in one.added else ", ".join(sorted(one.added))
        yield _code(one.name), one.type, ", ".join(one.labels), one.unit, _words(one.help), added


def _dashboards(pack: Pack) -> Iterator[Sequence[str]]:
    yield "dashboard", "uid", "panels"
    order = [pack.start, *pack.dashboards]
    paths = sorted((pack.folder / "dashboards").glob("*.json"))
    for path in sorted(paths, key=lambda path: order.index(path.stem) if path.stem in order else len(order)):
        document = json.loads(path.read_text())
        names = [panel["title"] for panel in document["panels"] if panel["type"] != "row" and panel["title"]]
        yield document["title"], _code(document["uid"]), _words(", ".join(names))


def _rules(pack: Pack) -> Iterator[Sequence[str]]:
    yield "alert", "severity", "when", "for", "not in the guide"
    for group, added in pack_groups(pack):
        for rule in alerts_of([group]):
            yield rule.name, rule.labels["severity"], _code(rule.expr), rule.hold, "added" if added else ""


def _differences(pack: Pack) -> Iterator[Sequence[str]]:
    yield "where", "in the guide", "here", "why", "impact"
    for each in read_differences(pack):
        sides = ("" if text == ABSENT else _code(text) for text in (each.as_written, each.corrected))
        yield _words(each.where), *sides, _words(each.why), each.impact.replace("_", " ")


def _board(pack: Pack) -> Iterator[Sequence[str]]:
    board = read_board(pack) or Board(())
    yield "", "metric", *board.grades, "alert", "where they differ"
    severities = {rule.name: rule.labels["severity"] for rule in alerts_of(read_rules(pack.folder / "rules.yaml"))}
    for row in board.rows:
        limits = (_words(row.limits.get(grade, "")) for grade in board.grades)
        alert = f"{row.alert} ({severities[row.alert]})" if row.alert else ""
        yield row.priority, row.metric, *limits, alert, _words(row.differs)


def _snapshots(pack: Pack) -> Iterator[Sequence[str]]:
    yield "field", "from", "unit"
    for name, snapshot in read_snapshots(pack).items():
        for key, each in snapshot.items():
            yield f"{name}.{key}", _code(each.expr), each.unit or (f"by {each.by}" if each.by else "")


TABLES: dict[str, Callable[[Pack], Iterator[Sequence[str]]]] = {
    "jobs": _jobs,
    "metrics": _metrics,
    "dashboards": _dashboards,
    "rules": _rules,
    "differences": _differences,
    "board": _board,
    "snapshots": _snapshots,
}


FORMATS = DOCS.parent / "formats/packs.md"


def with_keys(text: str) -> str:
    """The page of formats with the keys as the schemas have them."""

    def put(found: re.Match[str]) -> str:
        schema = json.loads((PACKS / f"schemas/{found[1]}.schema.json").read_text())
        rows = [("key", "what"), *((_code(key), _words(what)) for key, what in _keys(schema, ""))]
        return f"<!-- {found[1]} -->\n{_table(rows)}<!-- /{found[1]} -->"

    return _MARKED.sub(put, text)


def _keys(schema: Any, at: str) -> Iterator[tuple[str, str]]:
    """The keys of a schema with their descriptions, outer ones first."""
    for key, value in schema.get("properties", {}).items():
        place = f"{at}.{key}" if at else key
        needed = " Needed." if key in schema.get("required", ()) else ""
        yield place, value["description"] + needed
        yield from _keys(value, place)
    for step, inner in (("[]", schema.get("items")), (".NAME", schema.get("additionalProperties"))):
        if isinstance(inner, dict):
            yield from _keys(inner, f"{at}{step}".removeprefix("."))


def main() -> int:
    """Rewrite every page."""
    FORMATS.write_text(with_keys(FORMATS.read_text()))
    for name in pack_names():
        page = DOCS / f"{name}.md"
        page.write_text(rewritten(page.read_text(), read_pack(name)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
