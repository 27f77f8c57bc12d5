"""Rules and groups of rules as their files say them: frozen values, compared to tell what a reload changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from watchglass.model.duration import format_duration


@dataclass(frozen=True, slots=True)
class RuleDefinition:
    """One rule.

    Attributes:
        name: of the alert, or of the series that it records.
        expr: its expression, as written.
        is_alert: it alerts; else it records.
        hold_ms: how long its expression must have an answer before the alert fires (`for`).
        keep_firing_ms: how long the alert goes on firing after that (`keep_firing_for`).
        labels: that it sets, those of its group included; of an alert they may hold templates.
        annotations: texts, with the templates in them.
        hold: `hold_ms` as it is written, such as `5m`; empty where it is not.
        line: where it stands.
    """

    name: str
    expr: str
    is_alert: bool
    hold_ms: int = 0
    keep_firing_ms: int = 0
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    hold: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class GroupDefinition:
    """Rules that are evaluated together, one after another.

    Attributes:
        name: unique in its file.
        rules: in the order of the file.
        file: where it stands.
        interval_ms: how often; None for that of all groups.
        query_offset_ms: how far before its time it asks; None for that of all groups.
        limit: how many alerts or series one rule may give; 0 for as many as there are.
    """

    name: str
    rules: tuple[RuleDefinition, ...]
    file: str = ""
    interval_ms: int | None = None
    query_offset_ms: int | None = None
    limit: int = 0

    @property
    def interval(self) -> str:
        """`interval_ms` as it is written, such as `30s`; empty where it is that of all groups."""
        return "" if self.interval_ms is None else format_duration(self.interval_ms)

    @property
    def key(self) -> str:
        """File and name, by which Prometheus's metrics know a group."""
        return f"{self.file};{self.name}"
