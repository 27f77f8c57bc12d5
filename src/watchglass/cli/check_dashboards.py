"""`watchglass check dashboards FOLDER ...`: what becomes of Grafana's dashboards here, panel by panel."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from watchglass.cli.file_kind import other_kind
from watchglass.dashboards.normalise.envelope import documents_of
from watchglass.dashboards.normalise.loose import count
from watchglass.dashboards.report import DashboardReport, PanelReport, report_on
from watchglass.errors import DashboardError

MAX_BYTES = 64_000_000  # of one file


def run(options: argparse.Namespace) -> int:
    """Check every dashboard of the files and folders; 1 when one is none, or a panel is not right."""
    tally: Counter[str] = Counter()
    for path in _files(options.files):
        _check(path, tally, every=options.all)
    sys.stdout.write(_closing(tally))
    return int(tally["files wrong"] + tally["not"] > 0 or tally["files"] == 0)


def _files(names: Sequence[str]) -> Iterator[Path]:
    """Files as named, and the JSON files of folders in order of their names."""
    for name in names:
        path = Path(name)
        yield from (sorted(path.rglob("*.json")) if path.is_dir() else [path])


def _check(path: Path, tally: Counter[str], *, every: bool) -> None:
    """Report on one file."""
    tally["files"] += 1
    sys.stdout.write(f"Checking {path}\n")
    try:
        for document in _read(path):
            report = report_on(document)
            tally["dashboards"] += 1
            tally.update(panel.verdict for panel in report.panels)
            sys.stdout.writelines(f"{line}\n" for line in _lines(report, every=every))
    except FileNotFoundError:
        tally["files wrong"] += 1
        sys.stdout.write(f"  FAILED: no such file or folder: {path}\n")
    except (OSError, ValueError, RecursionError, DashboardError) as error:
        tally["files wrong"] += 1
        sys.stdout.write(f"  FAILED: {other_kind(path, 'dashboards') or _why(error)}\n")


def _read(path: Path) -> Iterator[Mapping[str, Any]]:
    if path.stat().st_size > MAX_BYTES:
        raise DashboardError(f"the file has more than {MAX_BYTES:,} bytes")
    return documents_of(json.loads(path.read_bytes()))


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno}: it is not JSON: {error.msg}"
    if isinstance(error, OSError):
        return f"{error.strerror or error}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _lines(report: DashboardReport, *, every: bool) -> Iterator[str]:
    """The dashboard, then each panel that there is something to say of."""
    others = f", {report.others} more {'asks' if report.others == 1 else 'ask'} no Prometheus" if report.others else ""
    yield f" SUCCESS: {report.title} ({report.uid}) imports: {count(len(report.panels), 'panel')}{others}"
    if report.translated:
        rules = ", ".join(f"{rule} {times}" for rule, times in report.translated.most_common())
        yield f"  translated: {rules}"
    for loss in report.losses:
        yield f"  NOTE: {loss}"
    yield from (f"  NOTE: {panel}" for panel in report.elsewhere)
    for panel in report.panels:
        if every:
            yield f"  {_described(panel)}"
        name = f'panel {panel.number} "{panel.title}" ({panel.type})'
        yield from (f"  NOT RIGHT: {name}: {fault}" for fault in panel.faults)
        yield from (f"  NOTE: {name}: {loss}" for loss in panel.losses)


def _described(panel: PanelReport) -> str:
    """What was read of a panel, in one line."""
    parts = [count(panel.queries, "query", "queries"), *(f"unit {unit}" for unit in panel.units)]
    if panel.steps:
        parts.append(count(panel.steps, "threshold"))
    if panel.legend:
        parts.append(f"legend {', '.join(panel.legend)}")
    return f'panel {panel.number} "{panel.title}": {panel.type}, {", ".join(parts)}'


def _closing(tally: Counter[str]) -> str:
    """The last line: how many of all panels are right."""
    panels = tally["right"] + tally["notes"] + tally["not"]
    share = f" ({100 * tally['right'] / panels:.1f} %)" if panels else ""
    counts = f"{tally['right']} right{share}, {tally['notes']} with notes, {tally['not']} not"
    failed = (
        f"; {tally['files wrong']} of {count(tally['files'], 'file')} do not import" if tally["files wrong"] else ""
    )
    none = "" if tally["files"] else "; there is no JSON file"
    return f"{count(tally['dashboards'], 'dashboard')}, {count(panels, 'panel')}, {counts}{failed}{none}\n"
