"""Every counter, gauge and histogram of an application, by key: what the registry's three mappings show.

The key K is exposed as `dinoair_custom_K`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from threading import RLock
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from watchglass.model.metadata import Family, MetricType
from watchglass.model.sample import Sample
from watchglass.sdk.dinoair.histogram import DEFAULT_BUCKETS, BoundedHistogram
from watchglass.sdk.dinoair.keys import LONGEST_VALUE, Labels, parse_key, write_key
from watchglass.sdk.dinoair.mappings import Amounts, Histograms
from watchglass.wire.number import canonical_float, format_value

if TYPE_CHECKING:  # it brings YAML
    from watchglass.sdk.declared import DeclaredMetric

PREFIX = "dinoair_custom_"
"""What stands before a key when it is exposed."""

OTHER = "other"
"""The label value of what would make too many series."""

_MOST_REMEMBERED = 10_000  # look-ups by label values, which save the making of a key

_SUFFIXES = {"histogram": ("", "_bucket", "_sum", "_count")}


class Cell:
    """The value of one counter or gauge."""

    __slots__ = ("key", "labels", "used", "value")

    def __init__(self) -> None:
        self.key, self.labels, self.value, self.used = "", (), 0.0, False  # type: str, Labels, float, bool

    def add(self, amount: float) -> None:
        """Add to the value; for one who holds the lock."""
        self.value += amount
        self.used = True

    def set(self, value: float) -> None:
        """Set the value; for one who holds the lock."""
        self.value, self.used = value, True


AnyCell = TypeVar("AnyCell", Cell, BoundedHistogram)


class Table(Mapping[str, AnyCell], Generic[AnyCell]):
    """The cells of one type, by key; bounded in keys and in series a key.

    Args:
        kind: counter, gauge or histogram.
        tables: what it is part of.
    """

    def __init__(self, kind: str, tables: Tables) -> None:
        self._kind, self._tables = kind, tables
        self._cells: dict[str, AnyCell] = {}
        self._by_values: dict[tuple[str, ...], AnyCell] = {}

    def of(self, name: str, *values: str) -> AnyCell:
        """The cell of one series of a declared metric, its labels in the order of the declaration."""
        cell = self._by_values.get((name, *values))
        if cell is None:
            cell = self[self._tables.labelled(name, *values)]
            if len(self._by_values) < _MOST_REMEMBERED:
                self._by_values[name, *values] = cell
        return cell

    def __getitem__(self, key: str) -> AnyCell:
        """The cell of a key, made where it is missing; where there are too many it is one that they share.

        Raises:
            ValueError: the key cannot be read, or is one of another type.
        """
        cell = self._cells.get(key)
        return cell if cell is not None else self._found(key)

    def _found(self, key: str) -> AnyCell:
        with self._tables.lock:
            name, labels = self._tables.admitted(self._kind, *parse_key(key))
            written = write_key(name, labels)
            if written not in self._cells:
                cell = self._tables.new_cell(self._kind, name)
                cell.key, cell.labels = written, labels
                self._cells[written] = cast("AnyCell", cell)
            return self._cells[written]

    def used(self) -> list[AnyCell]:
        """The cells that anything was counted, set or observed in."""
        with self._tables.lock:
            return [cell for cell in self._cells.values() if cell.used]

    def __contains__(self, key: object) -> bool:
        """Whether anything was ever counted, set or observed there."""
        cell = self._cells.get(key) if isinstance(key, str) else None
        if cell is None and isinstance(key, str):
            cell = self._cells.get(write_key(*parse_key(key)))
        return cell is not None and cell.used

    def __iter__(self) -> Iterator[str]:
        """The keys that are in use."""
        return iter([cell.key for cell in self.used()])

    def __len__(self) -> int:
        """How many keys are in use."""
        return len(self.used())


class Tables:
    """The three tables, and which names there are.

    Args:
        declared: metrics that are known: their labels, buckets, help and order.
        most_series: series of one name that are kept apart; all further ones share one, labelled `other`.
        most_names: names that nobody declared; all further ones share one of their type, `overflow_TYPE`.
        kept: how many of its values a histogram remembers.
    """

    def __init__(
        self,
        declared: Sequence[DeclaredMetric] = (),
        *,
        most_series: int = 500,
        most_names: int = 5_000,
        kept: int = 100,
    ) -> None:
        self.lock = RLock()
        self.most_series, self._most_names, self._kept = most_series, most_names, kept
        self._kinds: dict[str, str] = {}
        self._owners: dict[str, str] = {}
        self._series: dict[str, set[Labels]] = {}
        self._declared = {one.name.removeprefix(PREFIX): one for one in declared if one.name.startswith(PREFIX)}
        for name, one in self._declared.items():
            self._reserve(one.type, name)
        self.counts: Table[Cell] = Table("counter", self)
        self.levels: Table[Cell] = Table("gauge", self)
        self.observations: Table[BoundedHistogram] = Table("histogram", self)
        self.counters = Amounts(self.counts, self.lock, falls=False)
        self.gauges = Amounts(self.levels, self.lock, falls=True)
        self.histograms = Histograms(self.observations)

    def labelled(self, name: str, *values: str) -> str:
        """The key of one series of a declared metric, its labels in the order of the declaration."""
        pairs = zip(self._declared[name].labels, values, strict=True)
        return write_key(name, tuple(sorted((label, str(value)[:LONGEST_VALUE]) for label, value in pairs)))

    def admitted(self, kind: str, name: str, labels: Labels) -> tuple[str, Labels]:
        """The name and labels under which a new key is kept; for one who holds the lock.

        Raises:
            ValueError: the name is one of another type.
        """
        if name not in self._kinds and len(self._kinds) >= self._most_names:
            name, labels = f"overflow_{kind}", ()
        if name not in self._kinds:
            self._reserve(kind, name)
        elif self._kinds[name] != kind:
            raise ValueError(f'"{name}" is a {self._kinds[name]}, no {kind}')
        known = self._series.setdefault(name, set())
        if labels not in known and labels and len(known) >= self.most_series:
            labels = tuple((label, OTHER) for label, _ in labels)
        known.add(labels)
        return name, labels

    def _reserve(self, kind: str, name: str) -> None:
        for suffix in _SUFFIXES.get(kind, ("",)):
            owner = self._owners.setdefault(name + suffix, name)
            if owner != name:
                raise ValueError(f'"{name}" as a {kind} would be exposed as "{name}{suffix}", as "{owner}" is')
        self._kinds[name] = kind

    def new_cell(self, kind: str, name: str) -> Cell | BoundedHistogram:
        """An empty cell of a type; a histogram's buckets are those declared."""
        if kind != "histogram":
            return Cell()
        bounds = self._declared[name].buckets if name in self._declared else DEFAULT_BUCKETS
        return BoundedHistogram(bounds, kept=self._kept, lock=self.lock)  # type: ignore[arg-type]

    def families(self) -> list[Family]:
        """All that is in use, as it is exposed: the declared ones in their order, then the others by name."""
        with self.lock:
            found: dict[str, Family] = {}
            for cell in (*self.counts.used(), *self.levels.used()):
                self._family(found, cell.key).samples.append(_sample(cell))
            for histogram in self.observations.used():
                self._family(found, histogram.key).samples.extend(_samples(histogram))
        order = {name: place for place, name in enumerate(self._declared)}
        return [found[name] for name in sorted(found, key=lambda name: (order.get(name, len(order)), name))]

    def _family(self, found: dict[str, Family], key: str) -> Family:
        name = key.partition("{")[0]
        if name not in found:
            one = self._declared.get(name)
            text = one.help if one else "Recorded by the application"
            found[name] = Family(PREFIX + name, MetricType(self._kinds[name]), text, one.unit if one else "")
        return found[name]


def _sample(cell: Cell) -> Sample:
    return Sample(PREFIX + cell.key.partition("{")[0], cell.labels, cell.value)


def _samples(histogram: BoundedHistogram) -> Iterator[Sample]:
    name = PREFIX + histogram.key.partition("{")[0]
    total = 0.0
    for bound, total in histogram.cumulative():
        labels = tuple(sorted((*histogram.labels, ("le", canonical_float(format_value(bound))))))
        yield Sample(f"{name}_bucket", labels, total)
    yield Sample(f"{name}_sum", histogram.labels, histogram.sum)
    yield Sample(f"{name}_count", histogram.labels, total)
