"""Reading matchers of an alertmanager.yml: the lists of today, and the mappings of before."""

from __future__ import annotations

import re

from watchglass.alerting.matchers import MatcherError, Matchers, accepts_of, parse_matchers
from watchglass.model.matcher import Matcher, MatchType
from watchglass.wire.schema import Context, Section, join
from watchglass.wire.yaml import Node

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def matcher_list(node: Node, key: str, context: Context) -> tuple[Matcher, ...]:
    """A list whose items hold matchers, one or several between commas."""
    del context
    found: list[Matcher] = []
    for at, item in enumerate(node.items(key)):
        try:
            found += parse_matchers(item.text(f"{key}[{at}]"))
        except MatcherError as error:
            raise item.error(str(error), f"{key}[{at}]") from None
    return tuple(found)


def equal_map(node: Node, key: str, context: Context) -> tuple[Matcher, ...]:
    """The older `match`: label names with the values they must have."""
    del context
    return tuple(_matcher(name, value, key, MatchType.EQUAL) for name, value in node.pairs(key))


def regex_map(node: Node, key: str, context: Context) -> tuple[Matcher, ...]:
    """The older `match_re`: label names with expressions that their values must match."""
    del context
    return tuple(_matcher(name, value, key, MatchType.REGEX) for name, value in node.pairs(key))


def all_matchers(read: Section, *names: str) -> Matchers:
    """The matchers of several keys together."""
    return Matchers.of(matcher for name in names for matcher in read.get(name, ()))


def _matcher(name: Node, value: Node, key: str, kind: MatchType) -> Matcher:
    if _NAME.fullmatch(name.value) is None:
        raise name.error(f'invalid label name "{name.value}"', key)
    at = join(key, name.value)
    if kind is MatchType.REGEX and value.is_null:
        raise value.error(f'invalid regexp value for "{name.value}"', at)
    word = value.text(at)
    matcher = Matcher(name.value, kind, word if kind is MatchType.EQUAL else f"^(?:{word})$")  # so group keys have it
    try:
        accepts_of(matcher)
    except MatcherError as error:
        raise value.error(str(error), at) from None
    return matcher
