"""Values of PromQL expressions, as arrays over all steps of a grid at once.

A sample that is absent and a sample that is NaN are two things: presence is a mask of its own. Where it is false,
the value beside it means nothing. Shape letters: S series, T steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, LabelTable, SeriesSet, Values
from watchglass.errors import QueryError
from watchglass.promql.label_ops import METADATA_LABELS, Grouping, concat, group_rows, has_one_value

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]

DUPLICATE_LABELS = "vector cannot contain metrics with the same labelset"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number at every step."""

    values: Values  # [T]


@dataclass(frozen=True, slots=True)
class Text:
    """A string; the same at every step."""

    value: str


@dataclass(frozen=True, slots=True)
class Vector:
    """An instant vector at every step. Label sets are unique, those of series without any sample included.

    Attributes:
        name_dropped: [S] whose name goes when the query is done, under delayed name removal; None: nobody's.
        histograms: [S, T] which samples are native histograms, whose value is only a number to know them by; None:
            none is.
    """

    labels: LabelTable
    values: Matrix  # [S, T]
    present: Mask  # [S, T]
    name_dropped: Mask | None = None
    histograms: Mask | None = None

    @property
    def size(self) -> int:
        """The number of series, S."""
        return self.labels.size

    def take(self, rows: Index) -> Vector:
        """The chosen series, in the order given."""
        dropped = None if self.name_dropped is None else self.name_dropped[rows]
        histograms = None if self.histograms is None else self.histograms[rows]
        return Vector(self.labels.take(rows), self.values[rows], self.present[rows], dropped, histograms)

    def floats(self) -> Vector:
        """The samples that are no native histograms."""
        if self.histograms is None:
            return self
        return replace(self, present=self.present & ~self.histograms, histograms=None)

    @property
    def has_histograms(self) -> bool:
        """Whether any sample is a native histogram."""
        return self.histograms is not None and bool((self.histograms & self.present).any())

    def present_anywhere(self) -> Mask:
        """[T] whether there is any sample."""
        return np.asarray(self.present.any(axis=0), bool)

    def without_empty(self) -> Vector:
        """Only the series that have a sample at any step."""
        kept = self.present.any(axis=1)
        return self if kept.all() else self.take(np.flatnonzero(kept))


@dataclass(frozen=True, slots=True)
class RangeVector:
    """Samples behind windows, stale markers removed: a range selector's, or a subquery's results."""

    series: SeriesSet
    name_dropped: Mask | None = None  # [S]


Value = Scalar | Text | Vector | RangeVector


def empty_vector(steps: int) -> Vector:
    """No series, over T steps."""
    return Vector(LabelTable(0, {}), np.empty((0, steps)), np.empty((0, steps), bool))


def single(values: Values, labels: LabelTable | None = None, present: Mask | None = None) -> Vector:
    """One series; without labels if none are given, and with a sample at every step unless `present` [T] says no."""
    mask = np.ones(len(values), bool) if present is None else present
    return Vector(labels or LabelTable(1, {}), values[None, :], mask[None, :])


def drop_name(vector: Vector, *, delayed: bool) -> Vector:
    """The vector without metric names: at once, or marked so that it happens when the query is done.

    Raises:
        QueryError: two series without names are equal and have samples at the same step.
    """
    if delayed:
        return replace(vector, name_dropped=np.ones(vector.size, bool))
    bare = replace(vector, labels=vector.labels.drop(METADATA_LABELS))
    return bare if names_agree(vector.labels) else merge_equal(bare)


def names_agree(labels: LabelTable) -> bool:
    """Whether dropping metric names cannot make two series equal, because they all have the same one."""
    return all(has_one_value(labels, name) for name in METADATA_LABELS)


def settle_names(vector: Vector) -> Vector:
    """Drop the names that were marked, at the end of a query.

    Raises:
        QueryError: two series without names are equal and have samples at the same step.
    """
    if vector.name_dropped is None or not vector.name_dropped.any():
        return replace(vector, name_dropped=None)
    marked, kept = np.flatnonzero(vector.name_dropped), np.flatnonzero(~vector.name_dropped)
    bare = vector.labels.take(marked).drop(METADATA_LABELS)
    labels = concat(vector.labels.take(kept), bare)
    order = np.argsort(np.concatenate([kept, marked]))
    return merge_equal(Vector(labels.take(order), vector.values, vector.present, histograms=vector.histograms))


def merge_equal(vector: Vector) -> Vector:
    """One series for each distinct label set.

    Raises:
        QueryError: equal series have samples at the same step.
    """
    groups = group_rows(vector.labels)
    return vector if groups.unique else merge_groups(vector, groups)


def merge_groups(vector: Vector, groups: Grouping, message: str = DUPLICATE_LABELS) -> Vector:
    """One series for each group, with the labels of its first.

    Raises:
        QueryError: series of one group have samples at the same step; its text is `message`.
    """
    shape = groups.count, vector.values.shape[1]
    rows, steps = np.nonzero(vector.present)
    targets = groups.ids[rows] * shape[1] + steps
    values, counts = np.zeros(shape), np.bincount(targets, minlength=shape[0] * shape[1])
    if counts.max(initial=0) > 1:
        raise QueryError(message)
    values.ravel()[targets] = vector.values[rows, steps]
    dropped = None if vector.name_dropped is None else vector.name_dropped[groups.first]
    histograms = None
    if vector.histograms is not None:
        histograms = np.zeros(shape, bool)
        histograms.ravel()[targets] = vector.histograms[rows, steps]
    return Vector(vector.labels.take(groups.first), values, counts.reshape(shape) > 0, dropped, histograms)


def stack(vectors: Sequence[Vector]) -> Vector:
    """The series of all vectors, of which there is at least one; equal series stay apart."""
    labels = vectors[0].labels
    for vector in vectors[1:]:
        labels = concat(labels, vector.labels)
    return Vector(
        labels,
        np.concatenate([vector.values for vector in vectors]),
        np.concatenate([vector.present for vector in vectors]),
        _stack_masks([vector.name_dropped for vector in vectors], [(vector.size,) for vector in vectors]),
        _stack_masks([vector.histograms for vector in vectors], [vector.present.shape for vector in vectors]),
    )


def _stack_masks(masks: Sequence[Mask | None], shapes: Sequence[tuple[int, ...]]) -> Mask | None:
    if all(mask is None for mask in masks):
        return None
    return np.concatenate([np.zeros(s, bool) if m is None else m for m, s in zip(masks, shapes, strict=True)])
