"""JSON as text: values are found where they stand, and changed without touching anything else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.dashboards.json_text import MAX_DEPTH, decode, items, members, parse, patched

TEXT = ' {"a" : 1.0,\n "b":[ {"c":"}\\u00e9"} , 2 ] , "a":"\\ud800"} '

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)
OBJECTS = st.dictionaries(st.sampled_from(["id", "uid", "version", "title", "x", ""]), VALUES, max_size=6)


def test_members_say_where_they_stand():
    found = [(member.key, TEXT[member.start : member.end]) for member in members(TEXT)]

    assert found == [("a", "1.0"), ("b", '[ {"c":"}\\u00e9"} , 2 ]'), ("a", '"\\ud800"')]


def test_items_say_where_they_stand():
    start = next(member.start for member in members(TEXT) if member.key == "b")

    assert [TEXT[item.start : item.end] for item in items(TEXT, start)] == ['{"c":"}\\u00e9"}', "2"]
    assert list(items(" [ ] ")) == []


def test_lists_can_be_passed_over():
    found = {member.key: member for member in members(TEXT, unread=["b"])}

    assert found["b"].value is None
    assert TEXT[found["b"].start : found["b"].end] == '[ {"c":"}\\u00e9"} , 2 ]'
    assert [member.key for member in members('{"b":[],"c":1}', unread=["b"])] == ["b", "c"]


def test_a_patch_leaves_every_other_byte_as_it_was():
    assert patched(TEXT, {"a": "new"}) == TEXT.replace("1.0", '"new"').replace('"\\ud800"', '"new"')
    assert patched(' {"a":1e2} ', {"id": 5, "uid": "u"}) == ' {"id":5,"uid":"u","a":1e2} '
    assert patched("{ }", {"id": 5}) == '{"id":5 }'


@given(OBJECTS, st.sampled_from([None, 1, "\t"]))
def test_a_patched_object_is_the_object_with_the_changes(value, indent):
    text = json.dumps(value, indent=indent)
    changes = {"id": 7, "uid": "u-1"}

    assert parse(patched(text, changes)) == value | changes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1, column 1: Expecting value"),
        ('{"a":1', "line 1, column 7"),
        ('{"a":1} x', "line 1, column 9: something follows"),
        ('{"a":NaN}', "NaN is not JSON"),
        ('{"a":\n{"b":}}', "line 2, column 6"),
        ("[" * 100_000, "nested more than 100 levels"),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "nested more than 100 levels"),
    ],
)
def test_what_is_no_json_is_told_where(text, said):
    with pytest.raises(ValueError) as error:
        parse(text)
    assert said in str(error.value)


@pytest.mark.parametrize("text", ["", "[]", '{"a"}', '{"a":1,}', '{"a":1 "b":2}', "{1:2}", '{"a":', "{"])
def test_what_is_no_object_has_no_members(text):
    with pytest.raises(ValueError):
        list(members(text))


@pytest.mark.parametrize("text", ["", "{}", "[1,]", "[1 2]", "[1", "["])
def test_what_is_no_list_has_no_items(text):
    with pytest.raises(ValueError):
        list(items(text))


def test_a_depth_at_the_limit_is_taken():
    assert parse("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32-le"])
def test_every_encoding_of_json_is_read(encoding):
    assert decode('{"é": 1}'.encode(encoding)) == '{"é": 1}'


def test_what_is_no_text_says_where():
    with pytest.raises(ValueError, match="not utf-8 text at byte 2"):
        decode(b'{"\xff"}')
