"""Binary operators: arithmetic, comparison and set operators, at every step at once.

Which series match is settled once per query on their labels; whether a match is ambiguous is judged per step, because
series that follow one another in time may share a match group.
Source: prometheus/prometheus, promql/engine.go (VectorBinop, VectorAnd, VectorOr, VectorUnless, resultMetric).
Shape letters: S series, T steps, P pairs of matching series.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from watchglass.columns import Index, LabelTable
from watchglass.errors import QueryError
from watchglass.model.labels import Labels
from watchglass.promql import mixed
from watchglass.promql.ast import Cardinality, VectorMatching
from watchglass.promql.label_ops import (
    METADATA_LABELS,
    Grouping,
    column_of,
    group_rows,
    match_rows,
    with_column,
)
from watchglass.promql.limits import Budget
from watchglass.promql.value import (
    Mask,
    Matrix,
    Scalar,
    Vector,
    drop_name,
    empty_vector,
    merge_equal,
    merge_groups,
    stack,
)
from watchglass.wire.quoting import go_quote

ARITHMETIC: dict[str, Callable[[Matrix, Matrix], Matrix]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "%": np.fmod,
    "^": np.power,
    "atan2": np.arctan2,
}
"""What an operator makes of two floats."""

COMPARISONS: dict[str, Callable[[Matrix, Matrix], Mask]] = {
    "==": np.equal,
    "!=": np.not_equal,
    ">": np.greater,
    "<": np.less,
    ">=": np.greater_equal,
    "<=": np.less_equal,
}
"""Whether a comparison of two floats holds."""

NOT_UNIQUE = "multiple matches for labels: grouping labels must ensure unique matches"
NOT_ONE_TO_ONE = "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"


def scalars(op: str, left: Scalar, right: Scalar) -> Scalar:
    """Two scalars; a comparison gives 1 or 0."""
    if op in ARITHMETIC:
        return Scalar(ARITHMETIC[op](left.values, right.values))
    return Scalar(COMPARISONS[op](left.values, right.values).astype(np.float64))


def vector_and_scalar(
    op: str, vector: Vector, scalar: Scalar, *, swapped: bool, as_bool: bool, delayed: bool
) -> Vector:
    """A vector and a scalar.

    Args:
        op: a key of ARITHMETIC or COMPARISONS.
        vector: the vector, on whichever side.
        scalar: the scalar.
        swapped: the scalar stands on the left.
        as_bool: a comparison gives 1 or 0 instead of filtering.
        delayed: mark names instead of dropping them.
    """
    operands = (scalar.values, vector.values) if swapped else (vector.values, scalar.values)
    if op in ARITHMETIC:
        return drop_name(replace(vector, values=ARITHMETIC[op](*operands)), delayed=delayed)
    holds = COMPARISONS[op](*operands)
    if as_bool:
        return drop_name(replace(vector, values=holds.astype(np.float64)), delayed=delayed)
    return replace(vector, present=vector.present & holds)


def set_operation(op: str, left: Vector, right: Vector, matching: VectorMatching) -> Vector:
    """`and`, `or` or `unless`: presence of match groups, step by step."""
    left_ids, right_ids, count = match_rows(left.labels, right.labels, matching.labels, on=matching.on)
    if op == "or":
        taken = _any_present(left, left_ids, count)[right_ids]
        rest = replace(right, present=right.present & ~taken).without_empty()
        return _stack(left, rest) if rest.size else left
    other = _any_present(right, right_ids, count)[left_ids]
    return replace(left, present=left.present & (other if op == "and" else ~other))


def vectors(
    op: str,
    left: Vector,
    right: Vector,
    matching: VectorMatching,
    *,
    as_bool: bool,
    delayed: bool,
    budget: Budget,
    inform: Callable[[str], None],
) -> Vector:
    """Arithmetic or comparison of two vectors whose elements are matched by labels.

    Args:
        op: a key of ARITHMETIC or COMPARISONS.
        left: the left operand.
        right: the right operand.
        matching: which elements belong together.
        as_bool: a comparison gives 1 or 0 instead of filtering.
        delayed: mark names instead of dropping them.
        budget: asked before the pairs are made.
        inform: told of pairs of a float and a native histogram that the operator does not know.

    Raises:
        QueryError: at some step a match group has several series where only one may be, or two results are equal.
        QueryLimitError: there are more pairs than one query may hold.
    """
    swapped = matching.card is Cardinality.ONE_TO_MANY
    many, one = (right, left) if swapped else (left, right)
    if matching.fill_left is not None or matching.fill_right is not None:
        many, one = fill(many, one, matching)
    if not many.size or not one.size:
        return empty_vector(left.values.shape[1])
    join = _join(many, one, matching)
    budget.allow(len(join.match) * left.values.shape[1])
    matched = join.one_present[join.one_rows] & many.present[join.many_rows]
    one_values, many_values = join.one_values[join.one_rows], many.values[join.many_rows]
    first, second = (one_values, many_values) if swapped else (many_values, one_values)
    if join.one_histograms is not None or many.histograms is not None:
        one_side = mixed.rows(join.one_histograms, join.one_rows, matched)
        many_side = mixed.rows(many.histograms, join.many_rows, matched)
        sides = (one_side, many_side) if swapped else (many_side, one_side)
        mixed.refuse_meaningful(op, *sides, inform)
        matched = matched & ~one_side & ~many_side
    labels = _result_labels(join, matching, drop=op in ARITHMETIC or (as_bool and not delayed))
    groups = group_rows(labels)
    _check_matches(join, matching, matched, groups)
    if op in ARITHMETIC:
        values, present = ARITHMETIC[op](first, second), matched
    elif as_bool:
        values, present = COMPARISONS[op](first, second).astype(np.float64), matched
    else:
        values, present = first, matched & COMPARISONS[op](first, second)
    vector = Vector(labels, values, present, np.full(labels.size, as_bool) if delayed else None)
    return vector if groups.unique else merge_groups(vector, groups)


@dataclass(frozen=True, slots=True)
class _Join:
    """P pairs of a series of the "many" side and one row of the "one" side.

    Rows of the "one" side that share a match group and the included labels are a single row here: per step at most
    one of them may be present.
    """

    many_rows: Index  # [P]
    one_rows: Index  # [P]
    match: Index  # [P] match group
    many_labels: LabelTable  # of the pairs
    one_labels: LabelTable  # of the pairs
    one_values: Matrix  # [R, T]
    one_present: Mask  # [R, T]
    one_histograms: Mask | None  # [R, T]


def _join(many: Vector, one: Vector, matching: VectorMatching) -> _Join:
    many_ids, one_ids, count = match_rows(many.labels, one.labels, matching.labels, on=matching.on)
    # Where the other side is empty nothing is matched, and so nothing is ambiguous.
    one = replace(one, present=one.present & many.present.any(axis=0))
    _check_one_side(one, one_ids, count, matching)
    included = group_rows(one.labels, matching.include)
    groups = _group_pairs(one_ids, included.ids)
    collapsed, row_ids = (one, one_ids) if groups.unique else (merge_groups(one, groups), one_ids[groups.first])
    many_rows, one_rows = _equal_pairs(many_ids, row_ids, count)
    return _Join(
        many_rows,
        one_rows,
        many_ids[many_rows],
        many.labels.take(many_rows),
        collapsed.labels.take(one_rows),
        collapsed.values,
        collapsed.present,
        collapsed.histograms,
    )


def fill(many: Vector, one: Vector, matching: VectorMatching) -> tuple[Vector, Vector]:
    """Both operands with an element of the given value where the other side has one and this side has none.

    With `group_right` Prometheus, too, fills the "many" side with the value of `fill_left`. Source: VectorBinop.
    """
    many_value, one_value = matching.fill_left, matching.fill_right
    many_ids, one_ids, count = match_rows(many.labels, one.labels, matching.labels, on=matching.on)
    has_many, has_one = _any_present(many, many_ids, count), _any_present(one, one_ids, count)
    filled = [many, one]
    if many_value is not None:
        filled[0] = stack([many, _stand_ins(one, one_ids, has_one & ~has_many, many_value, matching)])
    if one_value is not None:
        filled[1] = stack([one, _stand_ins(many, many_ids, has_many & ~has_one, one_value, matching)])
    return filled[0], filled[1]


def _stand_ins(other: Vector, other_ids: Index, missing: Mask, value: float, matching: VectorMatching) -> Vector:
    """A series for each match group of the other side, there where `missing` [groups, T] says so."""
    groups, first = np.unique(other_ids, return_index=True)
    labels = other.labels.take(first)
    labels = labels.keep(matching.labels) if matching.on else labels.drop({*matching.labels, "__name__"})
    present = missing[groups]
    return Vector(labels, np.full(present.shape, value), present).without_empty()


def _group_pairs(first: Index, second: Index) -> Grouping:
    key = first * (int(second.max(initial=0)) + 1) + second
    _, index, inverse = np.unique(key, return_index=True, return_inverse=True)
    return Grouping(inverse, index)


def _equal_pairs(left: Index, right: Index, count: int) -> tuple[Index, Index]:
    """All pairs of positions with equal numbers, in order of the left ones."""
    by_number = np.argsort(right, kind="stable")
    sizes = np.bincount(right, minlength=count)
    starts = np.cumsum(sizes) - sizes
    repeat = sizes[left]
    rank = np.arange(repeat.sum()) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    return np.repeat(np.arange(len(left)), repeat), by_number[np.repeat(starts[left], repeat) + rank]


def _result_labels(join: _Join, matching: VectorMatching, *, drop: bool) -> LabelTable:
    """Labels of the results: of the "many" side, less or more as matching says. Source: resultMetric."""
    labels = join.many_labels
    if drop:
        labels = labels.drop(METADATA_LABELS)
    if matching.card is Cardinality.ONE_TO_ONE:
        labels = labels.keep(matching.labels) if matching.on else labels.drop(matching.labels)
    for name in matching.include:
        labels = with_column(labels, name, column_of(join.one_labels, name))
    return labels


def _check_one_side(one: Vector, one_ids: Index, count: int, matching: VectorMatching) -> None:
    """Refuse a match group that has two series on the "one" side at some step."""
    if len(np.unique(one_ids)) == len(one_ids):
        return
    counts = np.zeros((count, one.present.shape[1]), np.int64)
    np.add.at(counts, one_ids, one.present)
    if counts.max(initial=0) < 2:
        return
    step = int(np.flatnonzero((counts > 1).any(axis=0))[0])
    group = int(np.flatnonzero(counts[:, step] > 1)[0])
    rows = np.flatnonzero((one_ids == group) & one.present[:, step])[:2]
    side = "left" if matching.card is Cardinality.ONE_TO_MANY else "right"
    names = matching.labels
    table = one.labels.keep(names) if matching.on else one.labels.drop({*names, "__name__"})
    pair = ", ".join(sorted(_braced(one.labels.row(int(row))) for row in rows))
    raise QueryError(
        f"found duplicate series for the match group {_braced(table.row(int(rows[0])))} on the {side} hand-side of the operation: "
        f"[{pair}];many-to-many matching not allowed: matching labels must be unique on one side"
    )


def _braced(labels: Labels) -> str:
    """All labels in braces, the name among them."""
    return "{" + ", ".join(f"{name}={go_quote(value)}" for name, value in labels) + "}"


def _check_matches(join: _Join, matching: VectorMatching, matched: Mask, results: Grouping) -> None:
    """Refuse results that the matching does not keep apart at some step, be they filtered out later or not."""
    if matching.card is Cardinality.ONE_TO_ONE:
        groups, message = _group_pairs(join.match, np.zeros_like(join.match)), NOT_ONE_TO_ONE
    elif results.unique:
        return
    else:
        groups, message = _group_pairs(join.match, results.ids), NOT_UNIQUE
    if groups.unique:
        return
    counts = np.zeros((groups.count, matched.shape[1]), np.int64)
    np.add.at(counts, groups.ids, matched)
    if counts.max(initial=0) > 1:
        raise QueryError(message)


def _any_present(vector: Vector, ids: Index, count: int) -> Mask:
    """[count, T] whether a match group has a sample."""
    present = np.zeros((count, vector.present.shape[1]), bool)
    if len(np.unique(ids)) == len(ids):
        present[ids] = vector.present
    else:
        np.logical_or.at(present, ids, vector.present)
    return present


def _stack(upper: Vector, lower: Vector) -> Vector:
    return merge_equal(stack([upper, lower]))
