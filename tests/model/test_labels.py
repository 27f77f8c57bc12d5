"""Labels, matchers and the bits of NaN."""

import math
import struct

from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher, MatchType
from watchglass.model.sample import NAN_BITS, STALE, STALE_BITS, is_stale


def test_labels_are_sorted_and_hashable_and_an_empty_value_is_absent():
    labels = Labels.of({"b": "2", "a": "1", "gone": ""}, c="3")

    assert labels == (("a", "1"), ("b", "2"), ("c", "3"))
    assert hash(labels) == hash(Labels.of(c="3", b="2", a="1"))


def test_get_name_and_without():
    labels = Labels.of({"__name__": "up", "job": "node"})

    assert (labels.name, labels.get("job"), labels.get("nope", "-")) == ("up", "node", "-")
    assert labels.without("__name__") == Labels.of(job="node")


def test_labels_print_as_promql_with_escapes():
    labels = Labels.of({"__name__": "up", "path": 'a"b\\c\nd'})

    assert str(labels) == 'up{path="a\\"b\\\\c\\nd"}'


def test_matcher_prints_as_promql():
    assert str(Matcher("job", MatchType.NOT_REGEX, "a|b")) == 'job!~"a|b"'


def test_the_stale_marker_is_told_from_an_ordinary_nan_by_its_bits():
    nan = struct.unpack("<d", struct.pack("<Q", NAN_BITS))[0]

    assert math.isnan(STALE)
    assert struct.unpack("<Q", struct.pack("<d", STALE))[0] == STALE_BITS
    assert is_stale(STALE)
    assert not is_stale(nan)
