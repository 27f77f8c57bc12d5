"""A configuration as it may be shown: the values that were read as secrets stand as `<secret>`.

The text is written anew from the parsed nodes, so that comments, where people keep old passwords, are gone too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml
from yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from watchglass.wire.yaml import Node

SECRET = "<secret>"  # noqa: S105 - what stands in its place

_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def render(root: Node, secrets: Iterable[Node], instead: Mapping[int, str] | None = None) -> str:
    """YAML text of a document, every alias written out, the contents of `secrets` hidden.

    Args:
        root: the document.
        secrets: what is hidden.
        instead: by the `id` of a node, what stands in its place other than `<secret>`.
    """
    hidden = {id(node): SECRET for node in secrets} | dict(instead or {})
    if root.is_null:
        return ""
    return str(yaml.emit(_document(root, hidden), Dumper=_Dumper, width=4096, allow_unicode=True))


def _document(root: Node, hidden: Mapping[int, str]) -> Iterator[Any]:
    yield StreamStartEvent()
    yield DocumentStartEvent(explicit=False)
    yield from _events(root, hidden)
    yield DocumentEndEvent(explicit=False)
    yield StreamEndEvent()


def _events(node: Node, hidden: Mapping[int, str]) -> Iterator[Any]:
    if id(node) in hidden and not node.is_null:
        yield _scalar(hidden[id(node)], plain=True)
    elif node.is_scalar:
        yield _scalar(node.value, plain=node.plain)
    elif node.is_mapping:
        yield MappingStartEvent(anchor=None, tag=None, implicit=True, flow_style=False)
        for key, value in node.pairs():
            yield _scalar(key.value, plain=key.plain)
            yield from _events(value, hidden)
        yield MappingEndEvent()
    else:
        yield SequenceStartEvent(anchor=None, tag=None, implicit=True, flow_style=False)
        for item in node.items():
            yield from _events(item, hidden)
        yield SequenceEndEvent()


def _scalar(value: str, *, plain: bool) -> ScalarEvent:
    """A scalar in the style it had, so that `"10"` stays text and `10` a number."""
    style = None if plain else '"'
    return ScalarEvent(anchor=None, tag=None, implicit=(plain, not plain), value=value, style=style)
