"""Events of one kind, as columns: what a simulated system did, and the only thing that its metrics are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Events of one kind.

    Attributes:
        columns: arrays of one length by name; times are integer milliseconds, durations seconds.
        words: of a column that holds codes, what each code means.
    """

    columns: Mapping[str, Column]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many events there are."""
        return len(next(iter(self.columns.values())))

    def __getitem__(self, name: str) -> Column:
        """A column, as it is."""
        return self.columns[name]

    def text(self, name: str) -> Column:
        """A column of codes as the words that they mean."""
        return np.array(self.words[name], dtype=object)[self.columns[name]]

    def where(self, chosen: Column | slice) -> Table:
        """The events that a mask, an array of places or a slice chooses."""
        return Table({name: column[chosen] for name, column in self.columns.items()}, self.words)

    def sorted_by(self, name: str) -> Table:
        """The events in the order of a column; equal ones stay as they were."""
        return self.where(np.argsort(self.columns[name], kind="stable"))


class Log(Mapping[str, Table]):
    """All that a system did in a run: its tables by name. It is the oracle of the tests.

    Args:
        tables: events by kind.
        outages: from when until when each job does not answer, beside the restarts; milliseconds.
    """

    def __init__(self, tables: Mapping[str, Table], outages: Mapping[str, list[tuple[int, int]]] | None = None) -> None:
        self._tables = dict(tables)
        self.outages = dict(outages or {})

    def __getitem__(self, name: str) -> Table:
        """The events of one kind."""
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        """The kinds."""
        return iter(self._tables)

    def __len__(self) -> int:
        """How many kinds there are."""
        return len(self._tables)


def table(words: Mapping[str, tuple[str, ...]] | None = None, **columns: Column) -> Table:
    """A table of columns given by name."""
    return Table(columns, words or {})


def joined(*parts: Table) -> Table:
    """Tables of the same columns and words as one, in the order given."""
    first = parts[0]
    return Table({name: np.concatenate([part[name] for part in parts]) for name in first.columns}, first.words)
