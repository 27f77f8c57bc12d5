"""The typed snapshots of a pack: fields by name, each with the expression that fills it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from watchglass.dashboards.summary import timestamp
from watchglass.errors import QueryError
from watchglass.packs.ask import Ask, Row, number_of
from watchglass.packs.pack import Pack, members
from watchglass.wire.yaml import Node, load_yaml_file

SNAPSHOTS_FILE = "snapshots.yaml"
TODAY = "$__today"

FieldValue = float | int | str | dict[str, float | int] | None


@dataclass(frozen=True, slots=True)
class SnapshotField:
    """One field.

    Attributes:
        expr: PromQL of its value.
        unit: of the value.
        words: what values are called, for a field of words.
        by: the label whose values are its keys, for a field that is a record of numbers.
    """

    expr: str
    unit: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    by: str = ""


Snapshot = Mapping[str, SnapshotField]


def read_snapshots(pack: Pack) -> dict[str, Snapshot]:
    """The snapshots of a pack by their names; none where it has no such file.

    Raises:
        ConfigError: the file is wrong; names file, line and key.
    """
    path = pack.folder / SNAPSHOTS_FILE
    if not path.is_file():
        return {}
    return {
        name.value: {key.value: _field(value, f"{name.value}.{key.value}") for key, value in node.pairs(name.value)}
        for name, node in load_yaml_file(path).pairs()
    }


def _field(node: Node, at: str) -> SnapshotField:
    given = members(node, at, ("expr", "unit", "words", "by"))
    if "expr" not in given:
        raise node.error("expr is missing", at)
    words = given["words"].pairs(f"{at}.words") if "words" in given else []
    return SnapshotField(
        given["expr"].text(f"{at}.expr"),
        given["unit"].text(f"{at}.unit") if "unit" in given else "",
        {key.value: value.text(f"{at}.words.{key.value}") for key, value in words},
        given["by"].text(f"{at}.by") if "by" in given else "",
    )


def take_snapshot(snapshot: Snapshot, ask: Ask, time_ms: int, zone: str = "") -> dict[str, FieldValue]:
    """The fields at one time, `timestamp` first; None where a field has no data.

    Args:
        snapshot: the fields.
        ask: answers expressions at `time_ms`.
        time_ms: when.
        zone: the time zone in which days begin; the machine's where it is empty.
    """
    today = f"{since_midnight_s(time_ms, zone)}s"
    values = {name: _value(each, ask, today) for name, each in snapshot.items()}
    return {"timestamp": timestamp(time_ms), **values}


def since_midnight_s(time_ms: int, zone: str = "") -> int:
    """Seconds since the day began in a time zone, at least 1; right on days that are longer or shorter than others."""
    now = datetime.fromtimestamp(time_ms / 1000, UTC)
    local = now.astimezone(ZoneInfo(zone)) if zone else now.astimezone()
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    begun = midnight.replace(tzinfo=ZoneInfo(zone)) if zone else midnight.astimezone()
    return max(1, (now - begun.astimezone(UTC)) // timedelta(seconds=1))


def _value(each: SnapshotField, ask: Ask, today: str) -> FieldValue:
    try:
        rows = ask(each.expr.replace(TODAY, today))
    except QueryError:
        return None
    if each.by:
        return _record(rows, each.by) or None
    value = number_of(rows)
    if value is None:
        return None
    return each.words.get(f"{value:g}") if each.words else _plain(value)


def _record(rows: list[Row], label: str) -> dict[str, float | int]:
    found = {labels.get(label, ""): number_of([(labels, value)]) for labels, value in rows}
    return {name: _plain(value) for name, value in found.items() if value is not None}


def _plain(value: float) -> float | int:
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
