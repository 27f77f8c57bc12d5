"""The names that an alertmanager.yml declares, told also where what they name is wrong: so that only causes are reported."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from watchglass.wire.yaml import Node


def declared_names(root: Node, known: Collection[str], *lists: str) -> set[str] | None:
    """The names in some of the top lists; None where not all of them can be told, and a missing one may be none.

    Args:
        root: the file.
        known: all its top keys.
        lists: the keys of the lists, whose items have a `name`.
    """
    if is_misspelled(root, known, *lists):
        return None
    names = [name for key, value in root.pairs() if key.value in lists and not value.is_null for name in _names(value)]
    return {name for name in names if name is not None} if None not in names else None


def is_misspelled(root: Node, known: Collection[str], *keys: str) -> bool:
    """Tell whether an unknown top key probably means one of `keys`, or no key can be told at all."""
    if root.is_null:
        return False
    if not root.is_mapping:
        return True
    unknown = [key.value for key, _ in root.pairs() if key.value not in known]
    return any(near in keys for name in unknown for near in get_close_matches(name, known, 1))


def _names(node: Node) -> Iterator[str | None]:
    """The name of each item of a list; None where it has none, or where this is no list."""
    if node.is_mapping or not isinstance(node.content, list):
        yield None
        return
    for item in node.items():
        given = {name.value: value for name, value in item.pairs()} if item.is_mapping else {}
        yield given["name"].value or None if "name" in given else None
