"""The packs there are, as the API and pages show them: what each knows, whether it is switched on, how its jobs are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from watchglass.collect.loops import ActiveTarget
from watchglass.dashboards.grafana import Json, slug
from watchglass.errors import ConfigError
from watchglass.packs.ask import Answers, asker
from watchglass.packs.asked import Enabled, Joined
from watchglass.packs.board import LEVELS, Board, BoardRow, Graded, grade_board, read_board
from watchglass.packs.boards import BoardFile, PackBoards, board_files, folder_uid, in_folder
from watchglass.packs.differences import read_differences
from watchglass.packs.pack import Job, Pack, read_pack
from watchglass.packs.rules import RULES_FILE, pack_groups, read_rules
from watchglass.packs.snapshots import read_snapshots, take_snapshot
from watchglass.rules.definition import RuleDefinition
from watchglass.rules.read import alerts_of
from watchglass.sdk.declared import pack_names


@dataclass(frozen=True, slots=True)
class Situation:
    """What the process is told to do with packs now.

    Attributes:
        enabled: the packs that are switched on.
        joined: what has become of their jobs.
        time_zone: where days begin; empty for the machine's.
    """

    enabled: Enabled
    joined: Joined
    time_zone: str = ""


class PackCatalogue:
    """Shows packs.

    Args:
        now: gives the situation.
        boards: their dashboards.
        targets: gives what is scraped now.
    """

    def __init__(
        self, now: Callable[[], Situation], boards: PackBoards, targets: Callable[[], Iterable[ActiveTarget]]
    ) -> None:
        self._now, self._boards, self._targets = now, boards, targets
        self._shipped: dict[str, tuple[Pack, list[BoardFile]]] = {}

    def listed(self) -> Json:
        """Every pack: those that are switched on first, in their order; then the others that ship; and what is wrong."""
        now = self._now()
        jobs = self._jobs_by_name()
        packs = [self._summary(pack, now, jobs) for pack in self._all(now)]
        faults = [{"pack": fault.pack, "message": fault.message} for fault in now.enabled.faults]
        return {"packs": packs, "faults": faults, "notices": list(now.joined.notices)}

    def shown(self, name: str) -> Json | None:
        """All that is known of one pack; None where there is none of that name."""
        pack = self.find(name)
        if pack is None:
            return None
        now = self._now()
        faults: list[str] = []
        as_written = name in now.enabled.as_written
        rules = _read(lambda: list(_rules(pack, as_written=as_written)), faults)
        board = _read(lambda: _board_rows(pack), faults)
        return self._summary(pack, now, self._jobs_by_name()) | {
            "differences": [asdict(each) for each in _read(lambda: read_differences(pack), faults)],
            "rules": rules,
            "board": board,
            "snapshots": _read(lambda: list(read_snapshots(pack)), faults),
            "roles": dict(pack.roles),
            "errorMatcher": pack.error_matcher,
            "scopedTo": list(pack.scoped),
            "metrics": [_metric(metric) for metric in pack.metrics],
            "files": dict(pack.files),
            "faults": faults,
        }

    def shown_boards(self, name: str) -> list[str]:
        """Uids of the dashboards of a pack that is switched on, its start page first; none of one that is not."""
        return [each.uid for each in self._boards.files() if each.pack.name == name]

    def folder(self, uid: str) -> Json | None:
        """The folder of a pack that is switched on, as `GET /api/folders/UID` shows one; None where it is none."""
        pack = next((pack for pack in self._now().enabled.packs if folder_uid(pack) == uid), None)
        if pack is None:
            return None
        allowed = dict.fromkeys(("canSave", "canEdit", "canAdmin", "canDelete"), False)
        place = {"id": 0, "uid": uid, "title": pack.title, "url": in_folder(pack)["folderUrl"], "parentUid": ""}
        return place | {"hasAcl": False, **allowed, "version": 1}

    def find(self, name: str) -> Pack | None:
        """A pack by its name: one that is switched on, or that ships."""
        return next((pack for pack in self._all(self._now()) if pack.name == name), None)

    def graded(self, pack: Pack, source: Answers, time_ms: int, timeout_ms: int) -> Json | None:
        """The health board of a pack at one time; None where it has none.

        Raises:
            ConfigError: a file of the pack is wrong.
        """
        board = read_board(pack)
        if board is None:
            return None
        alerts = {rule.name: rule for rule in alerts_of(read_rules(pack.folder / RULES_FILE))}
        rows = grade_board(board, asker(source, pack, time_ms, timeout_ms=timeout_ms))
        shown = [_graded(each, board, alerts.get(each.row.alert)) for each in rows]
        return {"grades": list(board.grades), "note": board.note, "rows": shown}

    def snapshot(self, pack: Pack, name: str, source: Answers, time_ms: int, timeout_ms: int) -> Json | None:
        """A typed snapshot of a pack at one time; None where it has none of that name.

        Raises:
            ConfigError: a file of the pack is wrong.
        """
        found = read_snapshots(pack).get(name)
        if found is None:
            return None
        ask = asker(source, pack, time_ms, timeout_ms=timeout_ms)
        return dict(take_snapshot(found, ask, time_ms, self._now().time_zone))

    def _all(self, now: Situation) -> list[Pack]:
        on = list(now.enabled.packs)
        names = {pack.name for pack in on}
        return on + [self._one_that_ships(name)[0] for name in pack_names() if name not in names]

    def _one_that_ships(self, name: str) -> tuple[Pack, list[BoardFile]]:
        """Of one that is not switched on; its files do not change."""
        if name not in self._shipped:
            pack = read_pack(name)
            self._shipped[name] = pack, board_files(pack)
        return self._shipped[name]

    def _summary(self, pack: Pack, now: Situation, jobs: dict[str, list[ActiveTarget]]) -> Json:
        enabled = any(each is pack for each in now.enabled.packs)
        files = [each for each in self._boards.files() if each.pack is pack] if enabled else None
        boards = self._one_that_ships(pack.name)[1] if files is None else files
        faults: list[str] = []
        return {
            "name": pack.name,
            "title": pack.title,
            "about": pack.about,
            "enabled": enabled,
            "asWritten": pack.name in now.enabled.as_written,
            "ships": pack.name in pack_names(),
            "folder": folder_uid(pack),
            "start": boards[0].uid if boards else "",
            "dashboards": [_board_link(each) for each in boards],
            "jobs": [_job(job, now.joined, jobs.get(job.name, []), enabled=enabled) for job in pack.jobs],
            "metricCount": len(pack.metrics),
            "differenceCount": len(_read(lambda: read_differences(pack), faults)),
            "hasBoard": (pack.folder / "board.yaml").is_file(),
        }

    def _jobs_by_name(self) -> dict[str, list[ActiveTarget]]:
        found: dict[str, list[ActiveTarget]] = {}
        for each in self._targets():
            found.setdefault(each.target.labels.get("job"), []).append(each)
        return found


def _read(read: Callable[[], Sequence[Any]], faults: list[str]) -> list[Any]:
    """What a file holds; nothing where it is wrong, which is noted."""
    try:
        return list(read())
    except ConfigError as error:
        faults.append(str(error))
        return []


def _rules(pack: Pack, *, as_written: bool) -> Iterator[Json]:
    for group, added in pack_groups(pack, as_written=as_written):
        yield from ({"group": group.name, "added": added, **_rule(rule)} for rule in group.rules)


def _rule(rule: RuleDefinition) -> Json:
    return {
        "name": rule.name,
        "type": "alerting" if rule.is_alert else "recording",
        "expr": rule.expr,
        "for": rule.hold,
        "labels": dict(rule.labels),
        "annotations": dict(rule.annotations),
    }


def _board_link(each: BoardFile) -> Json:
    url = f"/d/{each.uid}/{slug(each.title)}"
    return {"uid": each.uid, "title": each.title, "description": each.description, "url": url}


def _job(job: Job, joined: Joined, targets: Sequence[ActiveTarget], *, enabled: bool) -> Json:
    counted = Counter(each.status.health.value for each in targets)
    errors = [each.status.last_error for each in targets if each.status.last_error]
    return {
        "name": job.name,
        "kind": job.kind,
        "optional": job.optional,
        "targets": [each.target.url for each in targets] or list(job.targets),
        "metricsPath": job.metrics_path,
        "scrapeInterval": job.scrape_interval,
        "health": _health(counted) if targets else "off",
        "up": counted["up"],
        "down": counted["down"],
        "reason": joined.left_out.get(job.name, "") if enabled else "the pack is not switched on",
        "lastError": errors[0] if errors else "",
    }


def _health(counted: Counter[str]) -> str:
    return next((word for word in ("down", "unknown", "up") if counted[word]), "unknown")


def _metric(metric: Any) -> Json:
    return {
        "name": metric.name,
        "type": metric.type,
        "help": metric.help,
        "unit": metric.unit,
        "labels": list(metric.labels),
        "buckets": list(metric.buckets),
        "added": sorted(metric.added),
    }


def _board_rows(pack: Pack) -> list[Json]:
    board = read_board(pack)
    return [_row(row) for row in board.rows] if board else []


def _row(row: BoardRow) -> Json:
    return {
        "id": row.id,
        "priority": row.priority,
        "metric": row.metric,
        "expr": row.expr,
        "unit": row.unit,
        "limits": dict(row.limits),
        "rule": [asdict(condition) for condition in row.rule],
        "reason": row.reason,
        "source": row.source,
        "differs": row.differs,
    }


def _graded(graded: Graded, board: Board, rule: RuleDefinition | None) -> Json:
    row = graded.row
    level = LEVELS[board.grades.index(graded.grade)] if graded.grade else ""
    baseline = {"name": row.baseline[0], "value": graded.baseline} if row.baseline else None
    alert = {"name": row.alert, "severity": "", "for": "", "expr": ""} if row.alert else None
    if alert and rule:
        alert |= {"severity": rule.labels.get("severity", ""), "for": rule.hold, "expr": rule.expr}
    value = {"value": graded.value, "grade": graded.grade, "level": level, "why": graded.why}
    return _row(row) | value | {"baseline": baseline, "alert": alert}
