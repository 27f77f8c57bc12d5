"""Matchers, against what Alertmanager's own parsers make of the same texts."""

from __future__ import annotations

import pytest

from watchglass.alerting.matchers import MatcherError, Matchers, matcher_text, parse_matcher, parse_matchers

READ = {
    "{}": "{}",
    "": "{}",
    "foo=bar": '{foo="bar"}',
    "{foo=bar, dings!=bums, }": '{foo="bar",dings!="bums"}',
    'foo=~"bar.*",baz!~x': '{foo=~"bar.*",baz!~"x"}',
    'statuscode=~"5.."': '{statuscode=~"5.."}',
    r'{quote="She said: \"Hi, ladies! That\'s gender-neutral\""}'.replace(
        r"\'", "'"
    ): r"""{quote="She said: \"Hi, ladies! That's gender-neutral\""}""",
    "{foo='}": """{foo="'"}""",
    "{foo=`}": '{foo="`"}',
    r"{foo=\n}": r'{foo="\n"}',
    r"{foo=bar\t}": r'{foo="bar\\t"}',
    "{foo=!bar}": '{foo="!bar"}',
    "{foo🙂=bar}": '{foo🙂="bar"}',
    '{"foo bar"=baz}': '{"foo bar"="baz"}',
    r'{"foo\tbar"="x"}': r'{"foo\tbar"="x"}',
    r'{foo="\xf0\x9f\x99\x82"}': r'{foo="\\xf0\\x9f\\x99\\x82"}',
    r'{"a"="\u00e9"}': '{a="é"}',
    "{foo=}": '{foo=""}',
    " foo =~ x ": '{foo=~"x"}',
}
REFUSED = {
    "{foo!bar}": "bad matcher format: foo!bar",
    "foo": "bad matcher format: foo",
    '{foo="bar}': 'matcher value contains unescaped double quote: "bar',
    'foo="a"b"': 'matcher value contains unescaped double quote: "a"b"',
    "foo=~(": "error parsing regexp: ",
    '"foo"="bar': 'bad matcher format: "foo"="bar',
}


@pytest.mark.parametrize(("text", "meant"), READ.items())
def test_is_read(text, meant):
    assert str(Matchers(parse_matchers(text))) == meant


@pytest.mark.parametrize(("text", "message"), REFUSED.items())
def test_is_refused(text, message):
    with pytest.raises(MatcherError) as error:
        parse_matchers(text)

    assert str(error.value).startswith(message)


def test_one_matcher_has_no_braces():
    with pytest.raises(MatcherError, match="unexpected open or close brace"):
        parse_matcher("{foo=bar}")
    assert matcher_text(parse_matcher("foo=bar")) == 'foo="bar"'


@pytest.mark.parametrize(
    ("matcher", "value", "matches"),
    [
        ("a=b", "b", True),
        ("a=b", "", False),
        ("a=", "", True),
        ("a!=b", "", True),
        ("a=~b|c", "c", True),
        ("a=~b", "abc", False),
        ("a!~b", "b", False),
        ("a=~x.*", "x\ny", False),  # Alertmanager's dot matches no newline
        ("a=~[^z]*", "x\ny", True),
    ],
)
def test_matches(matcher, value, matches):
    assert Matchers(parse_matchers(matcher)).matches({"a": value} if value else {}) is matches


def test_matchers_are_sorted_by_name_value_and_type():
    given = [parse_matcher(text) for text in ("b=1", "a!=2", "a=2", "a=1")]

    assert str(Matchers.of(given)) == '{a="1",a="2",a!="2",b="1"}'


def test_a_long_text_is_refused_in_no_time():
    with pytest.raises(MatcherError):
        parse_matchers('"' * 200_000)
    assert parse_matchers("a=" + " " * 60_000 + "x")[0].value == "x"
    assert parse_matcher("a=x" + " y" * 30_000 + " " * 3)[0] == "a"
