"""YAML with source positions, for files that people write: every node knows its line.

Safe against hostile files: bounded in bytes, nesting and expansion of aliases, and nothing is ever constructed. Scalars
stay text, because a field of text means `1.10` and `yes` as they stand; only the reader of a field knows its type.
Duplicate keys are errors, as in Prometheus (yaml.v2, UnmarshalStrict).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from watchglass.errors import ConfigError
from watchglass.wire.file import read_some

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_MERGE = "<<"
_MESSAGE_CHARS = 500  # of an error: it may repeat a value of any length
_SURROGATE = re.compile("[\ud800-\udfff]")
_OF_YAML = "tag:yaml.org,2002:"
_TEXT_TAGS = frozenset({None, "!", "tag:yaml.org,2002:str"})


@dataclass(frozen=True, slots=True)
class YamlLimits:
    """Bounds on one file."""

    size_bytes: int = 16 * 1024 * 1024
    depth: int = 100
    expanded_nodes: int = 1_000_000  # with every alias written out


class Node:
    """One value of a document: a scalar, a list or a mapping.

    Attributes:
        path: the file it stands in.
        line: 1-based line where it starts.
        span: start and end in the text, in characters.
        size: nodes below it and itself, every alias written out.
    """

    __slots__ = ("content", "line", "path", "plain", "size", "span")

    def __init__(self, path: str, event: Any) -> None:
        self.path = path
        self.line: int = event.start_mark.line + 1
        self.span: tuple[int, int] = (event.start_mark.index, event.end_mark.index)
        self.size = 1
        self.plain = False
        self.content: str | list[Node] | list[tuple[Node, Node]] | None = None

    @property
    def value(self) -> str:
        """The text of a scalar; empty for anything else."""
        return self.content if isinstance(self.content, str) else ""

    @property
    def is_null(self) -> bool:
        """Tell whether it says nothing: an empty value, `~` or `null`."""
        return self.content is None or (self.plain and self.content in _NULLS)

    @property
    def is_scalar(self) -> bool:
        """Tell whether it is a scalar."""
        return self.content is None or isinstance(self.content, str)

    @property
    def is_mapping(self) -> bool:
        """Tell whether it is a mapping."""
        return isinstance(self.content, _Pairs)

    @property
    def shape(self) -> str:
        """What it is, in words for a message."""
        if self.is_null:
            return "nothing"
        return "text" if self.is_scalar else "a mapping" if self.is_mapping else "a list"

    def error(self, message: str, key: str = "") -> ConfigError:
        """The error to raise about this node."""
        shown = message if len(message) <= _MESSAGE_CHARS else message[:_MESSAGE_CHARS] + "…"
        return ConfigError(shown, path=self.path, line=self.line, key=key)

    def text(self, key: str = "") -> str:
        """The text of a scalar, as written; empty where it is null."""
        if not self.is_scalar:
            raise self.error(f"expected text, got {self.shape}", key)
        return "" if self.is_null else self.value

    def items(self, key: str = "") -> list[Node]:
        """The items of a list; none where it is null."""
        if self.is_null:
            return []
        if self.is_mapping or not isinstance(self.content, list):
            raise self.error(f"expected a list, got {self.shape}", key)
        return self.content  # type: ignore[return-value]

    def texts(self, key: str = "") -> list[str]:
        """A list of texts; one text alone counts as a list of one."""
        if self.is_scalar:
            return [] if self.is_null else [self.value]
        return [item.text(key) for item in self.items(key)]

    def pairs(self, key: str = "") -> list[tuple[Node, Node]]:
        """The pairs of a mapping in the order of the file, merged ones (`<<`) last; none where it is null."""
        if self.is_null:
            return []
        if not isinstance(self.content, _Pairs):
            raise self.error(f"expected a mapping, got {self.shape}", key)
        return list(self.content)


def unknown_key(name: str, known: Iterable[str]) -> str:
    """The sentence about an unknown key, with the nearest known one; of `key:value`, value may be a secret."""
    names = list(known)
    if ":" in name:
        return f'unknown key "{name.partition(":")[0]}:…"; a space stands between a colon and the value'
    first = name.partition(".")[0]
    near = [first] if "." in name and first in names else get_close_matches(name, names, 1)
    return f'unknown key "{name}"' + (f'; did you mean "{near[0]}"?' if near else "")


class _Pairs(list[tuple[Node, Node]]):
    """The content of a mapping, which is told from a list by its type."""


def load_yaml_file(path: Path, limits: YamlLimits = YamlLimits()) -> Node:
    """Read a file and parse its first document.

    Raises:
        ConfigError: it cannot be read, is too large, is not UTF-8 or not YAML.
    """
    return parse_yaml(read_text(path, limits), str(path), limits)


def read_text(path: Path, limits: YamlLimits = YamlLimits()) -> str:
    """The text of a configuration file.

    Raises:
        ConfigError: it cannot be read, is too large or is not UTF-8.
    """
    try:
        data = read_some(path, limits.size_bytes)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror or error}", path=str(path)) from None
    if len(data) > limits.size_bytes:
        raise ConfigError(f"is larger than {limits.size_bytes} bytes", path=str(path))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError("is not UTF-8 text", path=str(path), line=line) from None


def parse_yaml(text: str, path: str = "", limits: YamlLimits = YamlLimits()) -> Node:
    """Parse the first document of `text`; an empty one is a null node.

    Raises:
        ConfigError: it is not YAML, repeats a key, or exceeds a limit.
    """
    builder = _Builder(path, limits)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if builder.take(event):
                break
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise ConfigError(f"is not YAML: {_problem(error, text, line)}", path=path, line=line) from None
    except (ValueError, OverflowError):
        raise ConfigError("is not YAML: an escape spells no character of Unicode", path=path) from None
    except yaml.YAMLError as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        raise ConfigError("is not YAML: it holds control characters", path=path, line=line) from None
    return builder.root or _null(path)


def _problem(error: yaml.MarkedYAMLError, text: str, line: int) -> str:
    written = text.splitlines()[line - 1 : line]
    is_tab = any(line_text.lstrip(" ").startswith("\t") for line_text in written)
    return "a tab indents this line; YAML takes spaces only" if is_tab else str(error.problem)


def _null(path: str) -> Node:
    mark = yaml.Mark("", 0, 0, 0, "", 0)
    return Node(path, ScalarEvent(None, None, (True, False), "", mark, mark))


class _Builder:
    """Makes nodes from parser events, without recursion; an alias shares its anchor's node."""

    def __init__(self, path: str, limits: YamlLimits) -> None:
        self.path, self.limits = path, limits
        self.root: Node | None = None
        self._open: list[tuple[Node, list[Node]]] = []
        self._anchors: dict[str, Node] = {}

    def take(self, event: Any) -> bool:
        """Take the next event; True once the first document is complete."""
        match event:
            case AliasEvent():
                self._add(self._resolve(event))
            case ScalarEvent():
                node = self._node(event)
                if event.tag not in _TEXT_TAGS:
                    raise self._error(event, _unknown_tag(str(event.tag)))
                if _SURROGATE.search(event.value):
                    raise self._error(event, "is not YAML: an escape spells half of a surrogate pair")
                node.content, node.plain = event.value, bool(event.implicit[0]) and event.style in {None, ""}
                self._add(node)
            case SequenceStartEvent() | MappingStartEvent():
                self._open_collection(event)
            case SequenceEndEvent() | MappingEndEvent():
                self._close_collection(event)
        return self.root is not None and not self._open

    def _node(self, event: Any) -> Node:
        node = Node(self.path, event)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _resolve(self, event: Any) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            raise self._error(event, "unknown anchor referenced; text that begins with * stands in quotes")
        if any(node is opened for opened, _ in self._open):
            raise self._error(event, f"anchor '{event.anchor}' value contains itself")
        return node

    def _open_collection(self, event: Any) -> None:
        if len(self._open) >= self.limits.depth:
            raise self._error(event, f"is nested deeper than {self.limits.depth} levels")
        node = self._node(event)
        node.content = _Pairs() if isinstance(event, MappingStartEvent) else []
        self._open.append((node, []))

    def _close_collection(self, event: Any) -> None:
        node, children = self._open.pop()
        node.span = (node.span[0], event.end_mark.index)
        node.size += sum(child.size for child in children)
        if node.size > self.limits.expanded_nodes:
            raise node.error(f"expands to more than {self.limits.expanded_nodes} values: too many aliases")
        node.content = _Pairs(_paired(children)) if node.is_mapping else children
        self._add(node)

    def _add(self, node: Node) -> None:
        if self._open:
            self._open[-1][1].append(node)
        elif self.root is None:
            self.root = node

    def _error(self, event: Any, message: str) -> ConfigError:
        return ConfigError(message, path=self.path, line=event.start_mark.line + 1)


def _unknown_tag(tag: str) -> str:
    """What is wrong with a tag; one that is not YAML's may be a secret that begins so."""
    name = tag if tag.startswith(_OF_YAML) else "of one's own"
    return f"tag {name} is not supported" + ("" if name == tag else "; text that begins with ! stands in quotes")


def _paired(children: list[Node]) -> Iterator[tuple[Node, Node]]:
    """Keys with their values: first the mapping's own, then those that it merges and does not set itself."""
    seen: dict[str, int] = {}
    merged: list[tuple[Node, Node]] = []
    for key, value in zip(children[::2], children[1::2], strict=True):
        if not key.is_scalar:
            raise key.error(f"expected a key, got {key.shape}")
        if key.value == _MERGE and key.plain:
            merged.extend(_merged_pairs(value))
            continue
        if key.value in seen:
            raise key.error(f'key "{key.value}" already set on line {seen[key.value]}')
        seen[key.value] = key.line
        yield key, value
    for key, value in merged:
        if key.value not in seen:
            seen[key.value] = key.line
            yield key, value


def _merged_pairs(value: Node) -> Iterator[tuple[Node, Node]]:
    sources = [value] if value.is_mapping else value.items(_MERGE)
    for source in sources:
        yield from source.pairs(_MERGE)
