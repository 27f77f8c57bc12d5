"""Regular expressions mean what they mean in Prometheus."""

import pytest

from watchglass.regex import RegexError, compile_anchored, compile_re2, replacement_parts


@pytest.mark.parametrize(
    ("pattern", "hits", "misses"),
    [
        ("", [""], ["a"]),
        ("abc", ["abc"], ["abcd", "xabc", ""]),
        ("a|b|", ["a", "b", ""], ["ab"]),
        ("a.*", ["a", "a\nb"], ["ba"]),
        (".*a", ["a", "b\na"], ["ab"]),
        (".*", ["", "\n"], []),
        (".+", ["x", "\n"], [""]),
        ("5..", ["503"], ["50", "5033"]),
        ("a.c", ["a\nc"], ["ac"]),
        ("(?i)get", ["GET", "get"], ["got"]),
        (r"\d+", ["12"], ["١٢", ""]),
        (r"a\.b", ["a.b"], ["axb"]),
        (r"a|b.*", ["a", "bx"], ["ax"]),
    ],
)
def test_patterns_are_anchored_and_the_dot_matches_newlines(pattern, hits, misses):
    matches = compile_anchored(pattern)

    assert [value for value in hits if not matches(value)] == []
    assert [value for value in misses if matches(value)] == []


@pytest.mark.parametrize("pattern", ["(", "a**", "(?=x)", r"\1", "x{1001}"])
def test_what_re2_refuses_is_an_error(pattern):
    with pytest.raises(RegexError):
        compile_anchored(pattern)


def test_an_absurdly_long_pattern_is_refused_before_it_is_compiled():
    with pytest.raises(RegexError, match="longer than"):
        compile_re2("(a" * 40_000)


@pytest.mark.parametrize("pattern", ["(x{1000}){1000}", "(x{0,1000})" * 60, "[^x]?" * 13_000])
def test_what_would_compile_for_seconds_is_refused(pattern):
    with pytest.raises(RegexError):
        compile_anchored(pattern)


def test_many_alternatives_compile():
    matches = compile_anchored("|".join(f"host-{number:04d}.*" for number in range(5000)))

    assert matches("host-4999.example")
    assert not matches("host-5000.example")


def test_groups_that_nobody_reads_cost_nothing():
    assert compile_anchored("(a?)" * 15_000)("aaa")
    with pytest.raises(RegexError, match="more than 100 groups"):
        compile_re2("(a?)" * 500)


@pytest.mark.parametrize(
    ("template", "parts"),
    [
        ("a$1b", ["a", "", ""]),  # the group "1b"
        ("a${1}b", ["a", 1, "b"]),
        ("$0-$n", ["", 0, "-", 2, ""]),
        ("$$1 $01 $9 $é", ["", "$", "1 ", "", " ", "", " ", "", ""]),
        ("$ ${ ${a-b} $-", ["$ ${ ${a-b} $-"]),
    ],
)
def test_replacements_name_groups_as_in_go(template, parts):
    assert replacement_parts(template, compile_re2("(a)(?P<n>b)")) == parts
