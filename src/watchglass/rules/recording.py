"""Recording rules: an answer written down under a name of its own.

Source: prometheus/prometheus, rules/recording.go.
"""

from __future__ import annotations

from watchglass.columns import LabelTable
from watchglass.errors import RuleError
from watchglass.model.labels import METRIC_NAME
from watchglass.promql.label_ops import constant_column, group_rows
from watchglass.rules.answer import Answer
from watchglass.rules.definition import RuleDefinition
from watchglass.rules.rule import Rule
from watchglass.rules.series import SeriesBook, Written
from watchglass.rules.surroundings import Surroundings


class RecordingRule(Rule):
    """A rule that records."""

    def __init__(self, definition: RuleDefinition) -> None:
        super().__init__(definition)
        self._book = SeriesBook()

    def write(self, answer: Answer, around: Surroundings, now_ms: int, limit: int) -> Written:
        """The series to write; see Rule.write."""
        del now_ms
        table = self._named(answer.labels)
        if not group_rows(table).unique:
            raise RuleError("vector contains metrics with the same labelset after applying rule labels")
        if 0 < limit < table.size:
            raise RuleError(f"exceeded limit of {limit} with {table.size} series")
        if table.size > around.options.max_series:
            most = around.options.max_series
            raise RuleError(f"the rule would record {table.size} series, and one may record {most} (rules.max_series)")
        return Written(self._book.refs(table, around.appender), answer.values)

    def _named(self, table: LabelTable) -> LabelTable:
        own = {METRIC_NAME: self.name, **self.definition.labels}
        columns = {name: constant_column(value, table.size) for name, value in own.items()}
        return LabelTable(table.size, {**table.columns, **columns})

    def forget_refs(self) -> None:
        """Ask for all series again."""
        self._book.forget()
