"""The index: labels to numbers, matchers to series, against a plain list of label sets."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.errors import QueryLimitError
from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher, MatchType
from watchglass.store.index import SeriesIndex
from watchglass.store.selection import _verdicts

NAMES = ["__name__", "job", "instance", "path"]
VALUES = ["", "a", "b", "ab", "api", "x\ny", 'q"uote', "ü"]
LABELS = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=4).map(Labels.of)
PATTERNS = ["", "a", "a|b", "a.*", ".*b", ".+", ".*", "[ab]+", "x.y", "api|"]
MATCHERS = st.lists(
    st.builds(Matcher, st.sampled_from([*NAMES, "missing"]), st.sampled_from(MatchType), st.sampled_from(PATTERNS)),
    max_size=3,
)


def accepts(labels, matcher):
    value = labels.get(matcher.name)
    if matcher.type in (MatchType.EQUAL, MatchType.NOT_EQUAL):
        return (value == matcher.value) == (matcher.type is MatchType.EQUAL)
    return bool(re.fullmatch(matcher.value, value, re.DOTALL)) == (matcher.type is MatchType.REGEX)


def filled(rows):
    index = SeriesIndex()
    return index, {labels: index.ref(labels, 0) for labels in rows}


@given(st.lists(LABELS, max_size=30), MATCHERS)
def test_matchers_choose_what_a_plain_scan_chooses(rows, matchers):
    index, refs = filled(rows)
    selection = index.select(matchers)
    expected = sorted(ref for labels, ref in refs.items() if all(accepts(labels, m) for m in matchers))
    assert selection.refs.tolist() == expected
    by_ref = {ref: labels for labels, ref in refs.items()}
    assert selection.table(slice(None)).rows() == [by_ref[ref] for ref in expected]


@given(st.lists(LABELS, max_size=60))
def test_equal_labels_have_one_number_and_others_another(rows):
    index, refs = filled(rows)
    assert len(set(refs.values())) == len(refs) == len(index)
    assert all(index.ref(labels, 0) == ref for labels, ref in refs.items())


@given(st.lists(LABELS, unique=True, max_size=40), st.data())
def test_forgetting_keeps_the_rest(rows, data):
    index, refs = filled(rows)
    index.take_fresh()
    live = sorted(data.draw(st.sets(st.sampled_from(sorted(refs.values()))))) if refs else []
    dropped = index.forget(live, unused_since_ms=0)
    assert sorted([*dropped.tolist(), *live]) == sorted(refs.values())
    kept = {labels: ref for labels, ref in refs.items() if ref in live}
    assert index.select(()).refs.tolist() == live
    assert all(index.ref(labels, 0) == ref for labels, ref in kept.items())
    again = {labels: index.ref(labels, 0) for labels in rows}
    assert all(again[labels] not in refs.values() for labels in rows if labels not in kept)


def test_new_and_recently_used_series_are_not_forgotten():
    index, refs = filled([Labels.of(__name__="new")])
    assert index.forget([], unused_since_ms=10).tolist() == []
    index.take_fresh()
    index.ref(Labels.of(__name__="new"), 11)
    assert index.forget([], unused_since_ms=10).tolist() == []
    assert index.forget([], unused_since_ms=11).tolist() == list(refs.values())


def test_what_could_not_be_written_is_taken_again():
    index, _ = filled([Labels.of(__name__="a"), Labels.of(__name__="b", x="1")])
    fresh = index.take_fresh()
    assert dict(fresh.words()) == {1: ["__name__", "a"], 2: ["__name__", "b", "x", "1"]}
    assert not index.take_fresh()
    index.put_back(fresh)
    index.ref(Labels.of(__name__="c"), 0)
    assert [ref for ref, _ in index.take_fresh().words()] == [1, 3, 2]


def test_a_selection_outlives_the_symbols_it_was_made_with():
    index, _ = filled([Labels.of(__name__="gone", x=str(i)) for i in range(5)] + [Labels.of(__name__="kept")])
    index.take_fresh()
    selection = index.select([Matcher("x", MatchType.REGEX, "[12]")])
    index.forget([6], unused_since_ms=0)
    assert [row.get("x") for row in selection.table(slice(None)).rows()] == ["1", "2"]
    assert index.select([Matcher("__name__", MatchType.EQUAL, "kept")]).refs.tolist() == [6]


@pytest.mark.parametrize("count", [1, 100, 3000])
def test_a_metric_spread_over_label_sets_is_found_whole(count):
    index, refs = filled([Labels.of({"__name__": "m", f"label{i % 7}": str(i)}) for i in range(count)])
    assert len(index.select([Matcher("__name__", MatchType.EQUAL, "m")]).refs) == len(refs) == count


def test_a_regular_expression_may_not_match_for_ever():
    symbols = ["", *(f"{'ab' * 30}{number}" for number in range(600))]
    large = Matcher("path", MatchType.REGEX, "(?:a?b?)*" * 20)

    with pytest.raises(QueryLimitError, match="600 values took too long"):
        _verdicts(large, np.arange(1, 601, dtype=np.int32), symbols, limit_s=0.0)
    assert not _verdicts(large, np.arange(601, dtype=np.int32), symbols)[1:].any()
