"""String literals in both directions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.promql.kinds import STRING
from watchglass.promql.lex import tokenize
from watchglass.wire.quoting import go_quote, go_quote_char, go_quote_code_point, printable, unquote


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("", '""'),
        ("plain", '"plain"'),
        ('a"b\\c', r'"a\"b\\c"'),
        ("\a\b\f\n\r\t\v", r'"\a\b\f\n\r\t\v"'),
        ("\x00\x7f", r'"\x00\x7f"'),
        ("é日本", '"é日本"'),
        ("\u200b\u2028\U000e0001", r'"\u200b\u2028\U000e0001"'),
        ("\udcff", r'"\xff"'),
        ("it's", '"it\'s"'),
    ],
)
def test_go_quote(text, quoted):
    assert go_quote(text) == quoted


def test_single_characters():
    assert [go_quote_char(char) for char in ("a", "'", '"', "\n", "")] == ["'a'", r"'\''", "'\"'", r"'\n'", "'\ufffd'"]
    assert [go_quote_code_point(char) for char in ("a", "\n", "日")] == ["U+0061 'a'", "U+000A", "U+65E5 '日'"]


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ('"a"', "a"),
        (r"`\n`", r"\n"),
        (r'"\a\b\f\n\r\t\v\\\""', '\a\b\f\n\r\t\v\\"'),
        (r"'\''", "'"),
        (r'"\101\x41\u0041\U00000041"', "AAAA"),
        (r'"\xc3\xa9\303\251"', "éé"),
        (r'"é\x41"', "éA"),
        (r'"a\xc5z"', "a\udcc5z"),
    ],
)
def test_unquote(literal, value):
    assert unquote(literal) == value


def test_bytes_that_are_no_text_are_shown_as_replaced():
    assert printable("a\udcc5z") == "a\ufffdz"
    assert printable("é") == "é"


@given(st.text(st.characters(exclude_characters="\ufffd", exclude_categories=["Cs"])))
def test_unquote_reverses_go_quote(text):
    assert unquote(go_quote(text)) == text
    assert tokenize(go_quote(text))[0].kind == STRING
