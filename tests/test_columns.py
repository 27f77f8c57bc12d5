"""Columnar labels say the same as label sets."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from watchglass.columns import LabelTable, SeriesSet, empty_series_set
from watchglass.model.labels import Labels

label_sets = st.lists(
    st.dictionaries(st.sampled_from(["__name__", "a", "b", "ü.x"]), st.sampled_from(["", "1", "2", "ß"])).map(Labels.of)
)


@given(label_sets)
def test_a_table_gives_back_the_label_sets_it_was_made_of(rows):
    assert LabelTable.of(rows).rows() == rows


@given(label_sets)
def test_take_keep_and_drop_do_what_the_label_sets_would(rows):
    table = LabelTable.of(rows)
    every_second = np.arange(0, len(rows), 2)

    assert table.take(every_second).rows() == rows[::2]
    assert table.keep(["a"]).rows() == [Labels.of(a=row.get("a")) for row in rows]
    assert table.drop(["a"]).rows() == [row.without("a") for row in rows]


def test_an_empty_set_has_no_series():
    assert empty_series_set().size == 0
    assert empty_series_set().offsets.tolist() == [0]


def test_shared_times_are_spread_over_the_series_that_share_them():
    labels = LabelTable.of([Labels.of(i=str(number)) for number in range(4)])
    offsets, clocks = np.array([0, 2, 3, 3, 5]), np.array([1, 0, 9, 1])
    shared = SeriesSet(labels, offsets, np.array([5, 10, 20]), np.arange(5.0), clocks=clocks)

    spread = shared.spread()

    assert spread.times.tolist() == [10, 20, 5, 10, 20]
    assert spread.values.tolist() == shared.values.tolist()
    assert spread.spread() is spread
