"""Label sets on hold come out as they went in, as often as they are asked for."""

from hypothesis import given
from hypothesis import strategies as st

from watchglass.model.labels import Labels
from watchglass.wire.pending import PendingLabels


@given(st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=4).map(Labels.of)))
def test_they_come_out_as_they_went_in(label_sets):
    pending = PendingLabels()
    for labels in label_sets:
        pending.append(labels)
    assert len(pending) == len(label_sets)
    assert list(pending) == list(pending) == label_sets
    assert all(isinstance(labels, Labels) for labels in pending)


def test_a_word_is_kept_once():
    pending = PendingLabels()
    for _ in range(2):
        pending.append(Labels.of(path=b"/a".decode()))
    (first,), (second,) = pending
    assert first[1] is second[1]
