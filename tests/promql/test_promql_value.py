"""Vectors: equal series are merged where they follow one another, and refused where they meet."""

import numpy as np
import pytest

from watchglass.columns import LabelTable
from watchglass.errors import QueryError
from watchglass.model.labels import Labels
from watchglass.promql.value import Vector, drop_name, merge_equal, settle_names


def vector(labels, present, dropped=None):
    mask = np.array(present, bool)
    values = np.arange(mask.size, dtype=float).reshape(mask.shape)
    return Vector(LabelTable.of(labels), values, mask, None if dropped is None else np.array(dropped))


def test_series_that_follow_one_another_become_one():
    merged = merge_equal(vector([Labels.of(a="1"), Labels.of(a="2"), Labels.of(a="1")], [[1, 0], [1, 1], [0, 1]]))

    assert merged.labels.rows() == [Labels.of(a="1"), Labels.of(a="2")]
    assert merged.values[0].tolist() == [0.0, 5.0]
    assert merged.present.all()


def test_series_that_meet_are_refused():
    with pytest.raises(QueryError, match="vector cannot contain metrics with the same labelset"):
        merge_equal(vector([Labels.of(a="1"), Labels.of(a="1")], [[1, 1], [0, 1]]))


def test_names_go_at_once_or_later():
    named = vector([Labels.of(__name__="x", a="1"), Labels.of(__name__="y", a="1")], [[1, 0], [0, 1]])

    assert drop_name(named, delayed=False).labels.rows() == [Labels.of(a="1")]
    assert drop_name(named, delayed=True).labels.rows() == named.labels.rows()
    assert settle_names(drop_name(named, delayed=True)).labels.rows() == [Labels.of(a="1")]


def test_only_marked_names_go():
    mixed = vector([Labels.of(__name__="x", a="1"), Labels.of(__name__="y", a="2")], [[1], [1]], [True, False])

    assert settle_names(mixed).labels.rows() == [Labels.of(a="1"), Labels.of(__name__="y", a="2")]
    assert settle_names(mixed).values.ravel().tolist() == [0.0, 1.0]


def test_empty_series_are_left_out():
    shown = vector([Labels.of(a="1"), Labels.of(a="2")], [[0, 0], [0, 1]]).without_empty()

    assert shown.labels.rows() == [Labels.of(a="2")]
    assert shown.present.tolist() == [[False, True]]
