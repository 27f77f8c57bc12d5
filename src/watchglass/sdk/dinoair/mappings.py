"""What a registry shows of its tables: mappings of numbers that `+=` adds to, and of histograms that are like lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from threading import RLock
from typing import TYPE_CHECKING

from watchglass.sdk.dinoair.histogram import BoundedHistogram

if TYPE_CHECKING:  # they are made there, of what stands here
    from watchglass.sdk.dinoair.tables import Cell, Table


class Amount(float):
    """A value out of a mapping, which remembers what was added to it, so that `mapping[key] += 1` adds.

    Two threads that do so at once would otherwise read the same value, and one of them would be lost.
    """

    __slots__ = ("added", "cell")
    cell: Cell
    added: float

    def __iadd__(self, amount: float) -> Amount:  # noqa: PYI034 - no subclass is meant
        """The sum, which knows what it is made of."""
        return amount_of(self.cell, float(self) + amount, self.added + amount)

    def __isub__(self, amount: float) -> Amount:  # noqa: PYI034
        """The difference, which knows what it is made of."""
        return self.__iadd__(-amount)


def amount_of(cell: Cell, value: float, added: float = 0.0) -> Amount:
    """The value of a cell, with what was added to it since it was read."""
    amount = Amount(value)
    amount.cell, amount.added = cell, added
    return amount


class Amounts(Mapping[str, float]):
    """The counters or gauges as a mapping of numbers. A key that is missing is 0, so that `+=` begins there.

    Args:
        table: the cells.
        lock: held while a value changes.
        falls: whether a value may be taken from; a counter only grows.
    """

    def __init__(self, table: Table[Cell], lock: RLock, *, falls: bool) -> None:
        self.table, self._lock, self._falls = table, lock, falls

    def __getitem__(self, key: str) -> float:
        """The value of a key; 0 where it is missing."""
        cell = self.table[key]
        return amount_of(cell, cell.value)

    def get(self, key: str, default: float | None = None) -> float | None:  # type: ignore[override]
        """The value of a key; `default` where it is missing."""
        return self[key] if key in self.table else default

    def __setitem__(self, key: str, value: float) -> None:
        """Set the value, or end a `+=`.

        Raises:
            ValueError: a counter would fall below what it was, or the key is one of another type.
            TypeError: it is no number.
        """
        cell = self.table[key]
        with self._lock:
            if isinstance(value, Amount) and value.cell is cell:
                self._check(key, value.added)
                cell.add(value.added)
            else:
                self._check(key, float(value))
                cell.set(float(value))

    def _check(self, key: str, value: float) -> None:
        if value < 0 and not self._falls:
            raise ValueError(f'"{key}" is a counter, which only grows; got {value:g}')

    def __contains__(self, key: object) -> bool:
        """Whether the key was ever counted or set."""
        return key in self.table

    def __iter__(self) -> Iterator[str]:
        """The keys."""
        return iter(self.table)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.table)


class Histograms(Mapping[str, BoundedHistogram]):
    """The histograms as a mapping of lists. A key that is missing is made when it is read.

    Args:
        table: the cells.
    """

    def __init__(self, table: Table[BoundedHistogram]) -> None:
        self._table = table

    def __getitem__(self, key: str) -> BoundedHistogram:
        """The histogram of a key."""
        return self._table[key]

    def __setitem__(self, key: str, values: Sequence[float]) -> None:
        """Add the values of a list. An empty one makes the key, and takes nothing from one that is there.

        So two threads that both find a key missing, and both write an empty list, lose nothing.
        """
        histogram = self._table[key]
        histogram.used = True
        if values is not histogram:
            histogram.extend(values)

    def __contains__(self, key: object) -> bool:
        """Whether the key was ever written."""
        return key in self._table

    def __iter__(self) -> Iterator[str]:
        """The keys."""
        return iter(self._table)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._table)
