"""Columnar label operations say what operations on label sets would say."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from watchglass.columns import LabelColumn, LabelTable
from watchglass.model.labels import Labels
from watchglass.promql.label_ops import concat, distinct, group_rows, has_one_value, map_column, match_rows, sort_order

NAMES = ["__name__", "a", "b", "z"]
label_sets = st.lists(
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["", "1", "2", "10", "ß"])).map(Labels.of)
)


def partition(keys) -> set[frozenset[int]]:
    groups: dict = {}
    for row, key in enumerate(keys):
        groups.setdefault(key, set()).add(row)
    return {frozenset(rows) for rows in groups.values()}


@given(label_sets, st.lists(st.sampled_from([*NAMES, "nowhere"])))
def test_grouping_by_names(rows, names):
    groups = group_rows(LabelTable.of(rows), names)

    keys = [tuple(row.get(name) for name in sorted(set(names))) for row in rows]
    assert partition(groups.ids.tolist()) == partition(keys)
    assert groups.first.tolist() == [keys.index(key) for key in dict.fromkeys(keys)], "in order of first appearance"


@given(label_sets)
def test_grouping_by_all_labels(rows):
    groups = group_rows(LabelTable.of(rows))

    assert partition(groups.ids.tolist()) == partition(rows)
    assert groups.unique == (len(set(rows)) == len(rows))


@given(label_sets, label_sets, st.sets(st.sampled_from(NAMES)), st.booleans())
def test_matching_two_tables(left, right, names, on):
    left_ids, right_ids, count = match_rows(LabelTable.of(left), LabelTable.of(right), tuple(names), on=on)

    def key(row):
        return tuple(row.get(n) for n in sorted(names)) if on else row.without("__name__", *names)

    assert partition([*left_ids, *right_ids]) == partition([key(row) for row in [*left, *right]])
    assert count == len({key(row) for row in [*left, *right]})


def test_a_shared_dictionary_is_not_translated():
    values = ["", "x", "y"]
    left = LabelTable(2, {"a": LabelColumn(np.array([1, 2], np.int32), values)})
    right = LabelTable(1, {"a": LabelColumn(np.array([2], np.int32), values)})

    left_ids, right_ids, _ = match_rows(left, right, ("a",), on=True)
    assert right_ids[0] == left_ids[1] != left_ids[0]


@given(label_sets)
def test_sorting(rows):
    assert [rows[i] for i in sort_order(LabelTable.of(rows))] == sorted(rows)


@given(label_sets, label_sets)
def test_joining_tables(upper, lower):
    assert concat(LabelTable.of(upper), LabelTable.of(lower)).rows() == [*upper, *lower]


def test_columns_too_wide_for_one_key_are_compressed_on_the_way():
    codes = np.array([0, 2**30, 2**30, 5], np.int32)
    wide = LabelTable(4, {name: LabelColumn(codes, range(2**31)) for name in "abcd"})  # type: ignore[arg-type]

    assert group_rows(wide).ids.tolist() == [0, 1, 1, 2]


def test_whether_all_agree_on_a_label():
    table = LabelTable.of([Labels.of(a="1", b="1"), Labels.of(a="1", b="2")])

    assert has_one_value(table, "a")
    assert not has_one_value(table, "b")
    assert has_one_value(table, "nowhere")


def test_mapping_asks_once_for_each_distinct_value():
    asked = []
    source = LabelTable.of([Labels.of(a=value) for value in ("x", "y", "x", "x")]).columns["a"]
    kept = LabelTable.of([Labels.of(b="kept")] * 4).columns["b"]

    column, computed = map_column(source, lambda value: asked.append(value) or (None if value == "y" else "new"), kept)

    assert sorted(asked) == ["x", "y"]
    assert [column.values[code] for code in column.codes] == ["new", "kept", "new", "new"]
    assert computed.tolist() == [True, False, True, True]


@given(st.lists(st.integers(0, 5) | st.integers(0, 100_000), max_size=30))
def test_distinct_codes_are_found_with_and_without_sorting(codes):
    used, inverse = distinct(np.array(codes, np.int32))

    assert used.tolist() == sorted(set(codes))
    assert used[inverse].tolist() == codes
