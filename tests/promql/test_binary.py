"""Operators between vectors equal a plain join at each step, errors included."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchglass.columns import LabelTable
from watchglass.errors import QueryError, QueryLimitError
from watchglass.model.labels import Labels
from watchglass.promql import binary
from watchglass.promql.ast import Cardinality, VectorMatching
from watchglass.promql.limits import Budget
from watchglass.promql.value import Scalar, Vector

STEPS = 2
BUDGET = Budget(100_000, 60_000, monotonic=lambda: 0.0)
label_sets = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["1", "2"]), max_size=3)
cells = st.lists(st.none() | st.integers(0, 3).map(float), min_size=STEPS, max_size=STEPS)
sides = st.dictionaries(label_sets.map(lambda labels: Labels.of(labels, __name__="m")), cells, max_size=5)


def vector_of(side: dict) -> Vector:
    rows = list(side.values())
    values = [[math.nan if cell is None else cell for cell in row] for row in rows]
    present = [[cell is not None for cell in row] for row in rows]
    shape = len(rows), STEPS
    return Vector(LabelTable.of(list(side)), np.array(values).reshape(shape), np.array(present, bool).reshape(shape))


def by_step(vector: Vector) -> list[dict]:
    rows = vector.labels.rows()
    return [
        {rows[i]: float(vector.values[i, t]) for i in range(vector.size) if vector.present[i, t]} for t in range(STEPS)
    ]


def signature(labels: Labels, matching: VectorMatching) -> Labels:
    if matching.on:
        return Labels(pair for pair in labels if pair[0] in matching.labels)
    return labels.without("__name__", *matching.labels)


class Ambiguous(Exception):
    """The plain join refuses."""


def plain_step(left: dict, right: dict, matching: VectorMatching, *, drops_name: bool, keep) -> dict:
    """One step of arithmetic or comparison; `keep` gives the result of two floats, or None."""
    swapped = matching.card is Cardinality.ONE_TO_MANY
    many, one = (right, left) if swapped else (left, right)
    if not many or not one:
        return {}
    ones: dict = {}
    for labels, value in one.items():
        if signature(labels, matching) in ones:
            raise Ambiguous
        ones[signature(labels, matching)] = labels, value
    result: dict = {}
    taken = set()
    for labels, value in many.items():
        match = signature(labels, matching)
        if match not in ones:
            continue
        other, other_value = ones[match]
        metric = dict(labels.without("__name__") if drops_name else labels)
        if matching.card is Cardinality.ONE_TO_ONE:
            metric = {n: v for n, v in metric.items() if (n in matching.labels) == matching.on}
        for name in matching.include:
            metric[name] = other.get(name)
        key = match if matching.card is Cardinality.ONE_TO_ONE else (match, Labels.of(metric))
        if key in taken:
            raise Ambiguous
        taken.add(key)
        outcome = keep(other_value, value) if swapped else keep(value, other_value)
        if outcome is not None:
            if Labels.of(metric) in result:
                raise Ambiguous
            result[Labels.of(metric)] = outcome
    return result


matchings = st.builds(
    VectorMatching,
    card=st.sampled_from([Cardinality.ONE_TO_ONE, Cardinality.MANY_TO_ONE, Cardinality.ONE_TO_MANY]),
    labels=st.lists(st.sampled_from(["a", "b"]), unique=True).map(tuple),
    on=st.booleans(),
    include=st.lists(st.sampled_from(["c"]), unique=True).map(tuple),
).filter(lambda m: m.card is not Cardinality.ONE_TO_ONE or not m.include)

KINDS = {
    "sum": ("+", False, True, lambda left, right: left + right),
    "filter": (">", False, False, lambda left, right: left if left > right else None),
    "truth": (">", True, True, lambda left, right: float(left > right)),
}


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=300)
@given(left=sides, right=sides, matching=matchings)
def test_matching_equals_a_plain_join_at_each_step(kind, left, right, matching):
    op, as_bool, drops_name, keep = KINDS[kind]
    lefts, rights = by_step(vector_of(left)), by_step(vector_of(right))
    try:
        wanted = [
            plain_step(at_left, at_right, matching, drops_name=drops_name, keep=keep)
            for at_left, at_right in zip(lefts, rights, strict=True)
        ]
    except Ambiguous:
        wanted = None

    def run():
        return binary.vectors(
            op,
            vector_of(left),
            vector_of(right),
            matching,
            as_bool=as_bool,
            delayed=False,
            budget=BUDGET,
            inform=pytest.fail,
        )

    if wanted is None:
        with pytest.raises(QueryError):
            run()
    else:
        assert by_step(run()) == wanted


set_matchings = st.builds(
    VectorMatching,
    card=st.just(Cardinality.MANY_TO_MANY),
    labels=st.lists(st.sampled_from(["a", "b"]), unique=True).map(tuple),
    on=st.booleans(),
)


@settings(deadline=None)
@given(left=sides, right=sides, matching=set_matchings)
def test_set_operators_work_step_by_step(left, right, matching):
    lefts, rights = vector_of(left), vector_of({k.without("__name__"): v for k, v in right.items()})

    both = by_step(binary.set_operation("and", lefts, rights, matching))
    only = by_step(binary.set_operation("unless", lefts, rights, matching))
    either = by_step(binary.set_operation("or", lefts, rights, matching))

    for step, (at_left, at_right) in enumerate(zip(by_step(lefts), by_step(rights), strict=True)):
        of_left = {signature(labels, matching) for labels in at_left}
        of_right = {signature(labels, matching) for labels in at_right}
        assert both[step] == {k: v for k, v in at_left.items() if signature(k, matching) in of_right}
        assert only[step] == {k: v for k, v in at_left.items() if signature(k, matching) not in of_right}
        assert either[step] == at_left | {k: v for k, v in at_right.items() if signature(k, matching) not in of_left}


def test_an_ambiguous_match_names_group_side_and_series():
    one = vector_of({Labels.of(__name__="x", a="1"): [1.0, 1.0]})
    two = vector_of(
        {Labels.of(__name__="y", a="1", b="1"): [1.0, None], Labels.of(__name__="y", a="1", b="2"): [2.0, 2.0]}
    )

    with pytest.raises(QueryError) as refused:
        binary.vectors(
            "+",
            one,
            two,
            VectorMatching(labels=("a",), on=True),
            as_bool=False,
            delayed=False,
            budget=BUDGET,
            inform=pytest.fail,
        )

    assert str(refused.value) == (
        'found duplicate series for the match group {a="1"} on the right hand-side of the operation: '
        '[{__name__="y", a="1", b="1"}, {__name__="y", a="1", b="2"}];'
        "many-to-many matching not allowed: matching labels must be unique on one side"
    )


def test_pairs_beyond_the_budget_are_refused():
    many = vector_of({Labels.of(a="1", b=str(i)): [1.0, None] for i in range(20)})
    one = vector_of({Labels.of(a="1"): [None, 1.0]})
    matching = VectorMatching(Cardinality.MANY_TO_ONE, ("a",), on=True)

    with pytest.raises(QueryLimitError):
        binary.vectors(
            "+", many, one, matching, as_bool=False, delayed=False, budget=Budget(39, 1_000), inform=pytest.fail
        )


def test_a_scalar_on_the_left_filters_but_the_vector_gives_the_value():
    vector = vector_of({Labels.of(__name__="m", a="1"): [1.0, 3.0]})
    scalar = Scalar(np.array([2.0, 2.0]))

    filtered = binary.vector_and_scalar("<", vector, scalar, swapped=True, as_bool=False, delayed=False)
    quotient = binary.vector_and_scalar("/", vector, scalar, swapped=True, as_bool=False, delayed=False)

    assert by_step(filtered) == [{}, {Labels.of(__name__="m", a="1"): 3.0}]
    assert by_step(quotient) == [{Labels.of(a="1"): 2.0}, {Labels.of(a="1"): 2.0 / 3.0}]


def test_two_scalars_compare_to_a_number():
    assert binary.scalars(">=", Scalar(np.array([1.0, 2.0])), Scalar(np.array([2.0, 2.0]))).values.tolist() == [
        0.0,
        1.0,
    ]
