"""Replacement templates of label_replace."""

import pytest

from watchglass.promql.template import Template, TemplateError


@pytest.mark.parametrize(
    ("pattern", "replacement", "value", "result"),
    [
        ("(.*)-(.*)", "$2-$1", "a-b", "b-a"),
        ("(.*)", "${1}x", "a", "ax"),
        ("(.*)", "$1x", "a", ""),
        ("(?P<word>.*)", "<$word>", "a", "<a>"),
        ("(?P<word>.*)", "<${word}s>", "a", "<as>"),
        (".*", "$$1", "a", "$1"),
        (".*", "$", "a", "$"),
        (".*", "$-", "a", "$-"),
        (".*", "${1", "a", "${1"),
        (".*", "$9", "a", ""),
        ("(.*)", "$0", "a", "a"),
        ("(a)|(b)", "[$1][$2]", "b", "[][b]"),
        ("a.b", "ok", "a\nb", "ok"),
        ("a", "x", "ab", None),
        ("", "x", "", "x"),
    ],
)
def test_expansion(pattern, replacement, value, result):
    assert Template(pattern, replacement).expand(value) == result


def test_a_pattern_that_is_no_pattern():
    with pytest.raises(TemplateError):
        Template("(", "")
