"""The tokeniser: kinds, texts, byte offsets, and where it stops."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.promql.kinds import END, ERROR
from watchglass.promql.lex import Token, describe, tokenize
from watchglass.promql.scan import bytes_view


def kinds(text):
    return [token.kind for token in tokenize(text)][:-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("== != <= < </ >= > >/ =", ["==", "!=", "<=", "<", "</", ">=", ">", ">/", "="]),
        ("+-*/%^@,()", ["+", "-", "*", "/", "%", "^", "@", ",", "(", ")"]),
        ("a a:b :a _ A1", ["identifier", "metric identifier", "metric identifier", "identifier", "identifier"]),
        ("Sum BY oN aTan2", ["sum", "by", "on", "atan2"]),
        ("1 1. .1 1e3 1E-3 0x1F 1_0 1_0e+1 inf NaN", ["number"] * 10),
        ("1s 1m30s 1y2w 5ms 0.5h 1e3s", ["duration"] * 6),
        ("""'a' "b" `c` "\\"" '\\''""", ["string"] * 5),
        ("fill fill( fill_left  ( fill_right", ["identifier", "fill", "(", "fill_left", "(", "identifier"]),
        ('{sum=~"a",by!~`b`,c!="d"}', ["{", "identifier", "=~", "string", ",", "identifier", "!~", "string", ",", "identifier", "!=", "string", "}"]),
        ("[5m]", ["[", "duration", "]"]),
        ("[ 5m : 1m ]", ["[", "duration", ":", "duration", "]"]),
        ("[step()*2:max_of(1,RANGE())]", ["[", "step", "(", ")", "*", "number", ":", "max_of", "(", "number", ",", "range", "(", ")", ")", "]"]),
        ("a # b\n# c\nd", ["identifier", "identifier"]),
    ],
)  # fmt: skip
def test_kinds(text, expected):
    assert kinds(text) == expected


def test_positions_are_bytes():
    assert tokenize('{"é"} + up') == [
        Token("{", "{", 0),
        Token("string", bytes_view('"é"'), 1),
        Token("}", "}", 5),
        Token("+", "+", 7),
        Token("identifier", "up", 9),
        Token(END, "", 11),
    ]


@given(st.text(st.sampled_from("ab:5m.xe_()[]{}'\"`\\\n\t #+-<>/=!~@,é\ufffd$"), max_size=30))
def test_any_text_ends_in_one_last_token_and_tokens_are_what_stands_there(text):
    view = bytes_view(text)

    tokens = tokenize(text)

    assert [token.kind in (END, ERROR) for token in tokens] == [False] * (len(tokens) - 1) + [True]
    for token in tokens[:-1]:
        assert view[token.start : token.end] == token.text
    starts = [token.start for token in tokens]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("token", "text"),
    [
        (Token("by", "BY", 0), "<BY>"),
        (Token("sum", "sum", 0), "<aggr:sum>"),
        (Token("and", "and", 0), "<op:and>"),
        (Token("=", "=", 0), '"="'),
        (Token("start", "start", 0), '"start"'),
        (Token("identifier", "a_rather_long_name", 0), 'identifier "a_rather_long_name"'),
        (Token("string", '"a longer string"', 0), r'string "\"a longer "...'),
        (Token("duration", "5m", 0), 'duration "5m"'),
        (Token(END, "", 0), "end of input"),
    ],
)
def test_descriptions(token, text):
    assert describe(token) == text
