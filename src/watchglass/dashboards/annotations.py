"""Annotations: events that people and programs mark on charts, in `meta.db`.

Source: Grafana, docs/developers/http_api/annotations.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, Gauge

from watchglass.clock import Clock
from watchglass.dashboards.refusal import RefusalError
from watchglass.errors import StoreError
from watchglass.store.meta import MetaStore

SCHEMA = (
    """
    CREATE TABLE annotation (id INTEGER PRIMARY KEY AUTOINCREMENT, dashboard_uid TEXT NOT NULL, panel_id INTEGER NOT NULL,
        time_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, text TEXT NOT NULL, tags TEXT NOT NULL,
        created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, created_by TEXT NOT NULL);
    CREATE INDEX annotation_time ON annotation (time_ms);
    CREATE INDEX annotation_dashboard ON annotation (dashboard_uid, time_ms)
    """,
)
_COLUMNS = "id, dashboard_uid, panel_id, time_ms, end_ms, text, tags, created_ms, updated_ms, created_by"
_LAST_MS = 2**53


@dataclass(frozen=True, slots=True)
class AnnotationLimits:
    """Bounds; beyond `kept` the oldest go."""

    kept: int = 100_000
    text: int = 10_000  # characters
    tags: int = 50
    tag: int = 200  # characters


@dataclass(frozen=True, slots=True)
class Annotation:
    """An event; times are ms, `end_ms` equals `time_ms` where it has no length."""

    number: int  # its `id`; 0 before it has one
    dashboard_uid: str  # empty: on every dashboard that asks for its tags
    panel_id: int  # 0: on all panels
    time_ms: int
    end_ms: int
    text: str
    tags: tuple[str, ...]
    created_ms: int = 0
    updated_ms: int = 0
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which annotations are asked for; what is None or empty does not narrow."""

    from_ms: int | None = None
    to_ms: int | None = None
    dashboard_uid: str | None = None
    panel_id: int | None = None
    tags: Sequence[str] = ()
    any_tag: bool = False
    limit: int = 100


class Annotations:
    """Keeps annotations."""

    def __init__(
        self,
        meta: MetaStore,
        clock: Clock,
        limits: AnnotationLimits | None = None,
        registry: CollectorRegistry | None = None,
    ) -> None:
        meta.bring("annotations", SCHEMA)
        self._meta, self._clock, self._limits = meta, clock, limits or AnnotationLimits()
        Gauge("watchglass_annotations", "Annotations that are kept.", registry=registry).set_function(self._count)

    def find(self, wanted: Wanted) -> list[Annotation]:
        """The annotations that touch a span of time and meet every other wish, the newest first."""
        conditions, values = _conditions(wanted)
        rows = self._meta.rows(
            f"SELECT {_COLUMNS} FROM annotation WHERE {' AND '.join(conditions)} ORDER BY time_ms DESC, id DESC LIMIT ?",  # noqa: S608 - constants
            (*values, wanted.limit),
        )
        return [_annotation(row) for row in rows]

    def get(self, number: int) -> Annotation:
        """One annotation.

        Raises:
            RefusalError: there is none (404).
        """
        row = self._meta.row(f"SELECT {_COLUMNS} FROM annotation WHERE id = ?", (number,))  # noqa: S608 - a constant
        if row is None:
            raise RefusalError("Annotation not found", status=404)
        return _annotation(row)

    def add(self, event: Annotation) -> int:
        """Keep an annotation; its number.

        Raises:
            RefusalError: it has no text, or exceeds a limit.
        """
        self._check(event)
        now_ms = self._clock.now_ms()
        with self._meta.transaction() as con:
            number = con.execute(
                f"INSERT INTO annotation ({_COLUMNS[4:]}) VALUES (?,?,?,?,?,?,?,?,?)",  # noqa: S608 - a constant
                (*_content(event), now_ms, now_ms, event.created_by),
            ).lastrowid
            con.execute(
                "DELETE FROM annotation WHERE id <= (SELECT id FROM annotation ORDER BY id DESC LIMIT 1 OFFSET ?)",
                (self._limits.kept,),
            )
        return number or 0

    def change(self, event: Annotation) -> None:
        """Replace the content of an annotation.

        Raises:
            RefusalError: it has no text, or exceeds a limit.
        """
        self._check(event)
        with self._meta.transaction() as con:
            con.execute(
                "UPDATE annotation SET dashboard_uid = ?, panel_id = ?, time_ms = ?, end_ms = ?, text = ?, tags = ?,"
                " updated_ms = ? WHERE id = ?",
                (*_content(event), self._clock.now_ms(), event.number),
            )

    def delete(self, number: int) -> None:
        """Delete an annotation.

        Raises:
            RefusalError: there is none (404).
        """
        with self._meta.transaction() as con:
            self.get(number)
            con.execute("DELETE FROM annotation WHERE id = ?", (number,))

    def tags(self, part: str, limit: int) -> list[tuple[str, int]]:
        """Tags that hold `part`, and how many annotations have each."""
        found = self._meta.rows(
            "SELECT value, count(*) FROM annotation, json_each(annotation.tags) WHERE instr(lower(value), lower(?)) > 0"
            " GROUP BY value ORDER BY value LIMIT ?",
            (part, limit),
        )
        return [(str(tag), int(count)) for tag, count in found]

    def _check(self, event: Annotation) -> None:
        limits = self._limits
        if not event.text.strip():
            raise RefusalError("text field should not be empty")
        if len(event.text) > limits.text:
            raise RefusalError(f"the text is longer than {limits.text} characters")
        if len(event.tags) > limits.tags or any(len(tag) > limits.tag for tag in event.tags):
            raise RefusalError(f"at most {limits.tags} tags of {limits.tag} characters are taken")
        if not 0 <= event.time_ms <= event.end_ms <= _LAST_MS:
            raise RefusalError("time and timeEnd are milliseconds since 1970, and timeEnd is not before time")

    def _count(self) -> float:
        try:
            return float(self._meta.rows("SELECT count(*) FROM annotation")[0][0])
        except StoreError:
            return 0.0


def _conditions(wanted: Wanted) -> tuple[list[str], list[Any]]:
    """The conditions of a query, and the values of their question marks."""
    conditions = ["end_ms >= ?", "time_ms <= ?"]
    values: list[Any] = [wanted.from_ms or 0, wanted.to_ms or _LAST_MS]
    if wanted.dashboard_uid is not None:
        conditions.append("dashboard_uid = ?")
        values.append(wanted.dashboard_uid)
    if wanted.panel_id is not None:
        conditions.append("panel_id = ?")
        values.append(wanted.panel_id)
    has_tag = "EXISTS (SELECT 1 FROM json_each(annotation.tags) WHERE value = ?)"
    if wanted.tags:
        joint = " OR " if wanted.any_tag else " AND "
        conditions.append(f"({joint.join([has_tag] * len(wanted.tags))})")
    return conditions, [*values, *wanted.tags]


def _content(event: Annotation) -> tuple[str, int, int, int, str, str]:
    return (
        event.dashboard_uid,
        event.panel_id,
        event.time_ms,
        event.end_ms,
        event.text,
        json.dumps(event.tags, ensure_ascii=False),
    )


def _annotation(row: tuple[Any, ...]) -> Annotation:
    number, uid, panel_id, time_ms, end_ms, text, tags, created_ms, updated_ms, by = row
    shown = tuple(json.loads(tags))
    return Annotation(number, uid, panel_id, time_ms, end_ms, text, shown, created_ms, updated_ms, by)
