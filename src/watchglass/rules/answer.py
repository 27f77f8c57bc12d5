"""What the expression of a rule answers: an instant vector, in columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from watchglass.columns import LabelTable, Values
from watchglass.errors import QueryError
from watchglass.model.labels import Labels
from watchglass.promql.engine import QueryResult
from watchglass.promql.value import Scalar, Vector


@dataclass(frozen=True, slots=True)
class Answer:
    """S series with one sample each."""

    labels: LabelTable
    values: Values  # [S]

    @property
    def size(self) -> int:
        """The number of series, S."""
        return self.labels.size

    def rows(self) -> list[tuple[Labels, float]]:
        """Each series with its value."""
        return list(zip(self.labels.rows(), self.values.tolist(), strict=True))


Query = Callable[[str, int], Answer]
"""Asks an expression at a time in ms; raises QueryError where it has no answer."""


def as_answer(result: QueryResult) -> Answer:
    """The result of an instant query; a scalar is one series without labels.

    Raises:
        QueryError: it is neither a vector nor a scalar.
    """
    data = result.data
    if isinstance(data, Vector):
        return Answer(data.labels, np.ascontiguousarray(data.values[:, 0]))
    if isinstance(data, Scalar):
        return Answer(LabelTable(1, {}), data.values)
    raise QueryError("rule result is not a vector or scalar")
