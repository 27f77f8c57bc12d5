"""Reading YAML nodes by tables: a table gives each key of a section the parser of its value.

Every parser takes the node, its dotted key and the context, and raises ConfigError with file, line, key and the nearest
known key; one of several values reads them all first, and raises their faults together. Scalars follow yaml.v2, with which Prometheus reads its files: text fields take any scalar as written, `yes`
and `on` are true, a null value leaves the default.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from watchglass.errors import ConfigError
from watchglass.model.labels import Labels
from watchglass.wire.faults import Faults
from watchglass.wire.units import parse_duration, parse_size
from watchglass.wire.yaml import Node, unknown_key

T = TypeVar("T")

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that is accepted and has no effect yet."""

    path: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.key}: {self.message}"


class TemplateText(NamedTuple):
    """A text that is a template.

    Attributes:
        text: as written.
        path: the file.
        line: where it stands there.
        key: dotted, from the top of the file.
        is_secret: what is said of it repeats nothing of it.
    """

    text: str
    path: str
    line: int
    key: str
    is_secret: bool


@dataclass(slots=True)
class Context:
    """What parsers share while they read one file.

    Attributes:
        folder: where relative paths of the file start.
        secrets: scalars that are never to be shown.
        notices: what is accepted and has no effect yet.
        templates: those that the file holds; they are parsed only after it has been read.
        variables: where a secret that is `${NAME}` and nothing else is looked up; empty where it means what it says.
    """

    folder: Path = field(default_factory=Path)
    secrets: list[Node] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    templates: list[TemplateText] = field(default_factory=list)
    variables: Mapping[str, str] = field(default_factory=dict)

    def notice(self, node: Node, key: str, message: str) -> None:
        """Note that something has no effect yet."""
        self.notices.append(Notice(node.path, node.line, key, message))

    def template(self, node: Node, key: str, *, is_secret: bool = False) -> None:
        """Note that a text is a template, if it holds any."""
        if "{{" in node.value:
            self.templates.append(TemplateText(node.value, node.path, node.line, key, is_secret))


Parser = Callable[[Node, str, Context], Any]
Table = Mapping[str, Parser]


class Section:
    """A mapping read by a table: values by key, only of the keys that stood there."""

    __slots__ = ("key", "node", "nodes", "values")

    def __init__(self, node: Node, key: str) -> None:
        self.node, self.key = node, key
        self.values: dict[str, Any] = {}
        self.nodes: dict[str, Node] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a key, or `default` where it is absent."""
        return self.values.get(name, default)

    def non_empty(self, *names: str) -> list[str]:
        """Those of `names` that hold something."""
        return [name for name in names if self.values.get(name)]

    def error(self, message: str, name: str = "") -> ConfigError:
        """The error to raise about the key `name`, or about the section."""
        return self.nodes.get(name, self.node).error(message, join(self.key, name))


def join(key: str, name: str) -> str:
    """The dotted key of `name` within `key`."""
    return f"{key}.{name}" if key and name else key or name


def read_section(node: Node, key: str, context: Context, table: Table) -> Section:
    """Read a mapping by `table`; an unknown key is an error that names the nearest known one."""
    section, faults = Section(node, key), Faults()
    for name_node, value in node.pairs(key):
        name = name_node.value
        parser = table.get(name)
        if parser is None:
            faults.add(name_node.error(unknown_key(name, table), key))
            continue
        section.nodes[name] = value
        if not value.is_null:
            with faults.kept():
                section.values[name] = parser(value, join(key, name), context)
    faults.check()
    return section


def section(table: Table, check: Callable[[Section, Context], Any] | None = None) -> Parser:
    """A parser of one section; `check` may look at it as a whole, and make something of it."""

    def parse(node: Node, key: str, context: Context) -> Any:
        read = read_section(node, key, context, table)
        return read if check is None else check(read, context)

    return parse


def list_of(parser: Parser, empty: str = "") -> Parser:
    """A parser of lists; with `empty`, a null item is an error with that message, else it is left out."""

    def parse(node: Node, key: str, context: Context) -> tuple[Any, ...]:
        found, faults = [], Faults()
        for index, item in enumerate(node.items(key)):
            if not item.is_null:
                with faults.kept():
                    found.append(parser(item, f"{key}[{index}]", context))
            elif empty:
                faults.add(item.error(empty, f"{key}[{index}]"))
        faults.check()
        return tuple(found)

    return parse


def map_of(parser: Parser) -> Parser:
    """A parser of mappings whose keys are free."""

    def parse(node: Node, key: str, context: Context) -> dict[str, Any]:
        return {name.value: parser(value, join(key, name.value), context) for name, value in node.pairs(key)}

    return parse


def anything(node: Node, key: str, context: Context) -> None:
    """A value that is passed on to somebody else, unread."""
    del node, key, context


def text(node: Node, key: str, context: Context) -> str:
    """Any scalar, as written."""
    del context
    return node.text(key)


def secret(node: Node, key: str, context: Context) -> str:
    """A scalar that is never shown; where the file's secrets may come from the environment, it names a variable."""
    context.secrets.append(node)
    if not node.is_scalar:
        raise node.error(f"expected text, got {node.shape}", key)
    written = node.text(key)
    named = _VARIABLE.fullmatch(written)
    return (context.variables.get(named[1]) or written) if named else written


def path(node: Node, key: str, context: Context) -> str:
    """A path, meant from the folder of the file."""
    value = node.text(key)
    return str(context.folder / value) if value else ""


_TRUE = frozenset({"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
_FALSE = frozenset({"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})


def boolean(node: Node, key: str, context: Context) -> bool:
    """`true`, `yes`, `on` and their opposites, not quoted."""
    del context
    word = node.text(key)
    if not node.plain or word not in _TRUE | _FALSE:
        raise node.error(f'expected true or false, got "{word}"', key)
    return word in _TRUE


def integer(node: Node, key: str, context: Context) -> int:
    """A whole number, not quoted; hexadecimal, octal and binary forms are those of YAML 1.1."""
    del context
    word = node.text(key)
    plain = word.replace("_", "")
    if node.plain:
        for pattern, base in ((r"[-+]?\d+", 10), (r"[-+]?0x[0-9a-fA-F]+", 16), (r"[-+]?0b[01]+", 2)):
            if re.fullmatch(pattern, plain, re.ASCII) and len(plain) < 40:
                is_octal = base == 10 and re.fullmatch(r"[-+]?0[0-7]+", plain)
                return int(plain, 8 if is_octal else base)
    raise node.error(f'expected a whole number, got "{word}"', key)


def unsigned(node: Node, key: str, context: Context) -> int:
    """A whole number from 0 up."""
    value = integer(node, key, context)
    if value < 0 or value >= 2**64:
        raise node.error(f'expected a whole number from 0 up, got "{node.value}"', key)
    return value


def number(node: Node, key: str, context: Context) -> float:
    """A number, not quoted."""
    del context
    word = node.text(key)
    try:
        if node.plain:
            return float(re.sub(r"^([-+]?)\.(inf|Inf|INF|nan|NaN|NAN)$", r"\1\2", word))
    except ValueError:
        pass
    raise node.error(f'expected a number, got "{word}"', key)


def duration(node: Node, key: str, context: Context) -> int:
    """Milliseconds of a Prometheus duration."""
    del context
    return _convert(parse_duration, node, key)


def size(node: Node, key: str, context: Context) -> int:
    """Bytes of a size with a unit."""
    del context
    return _convert(parse_size, node, key)


def _convert(convert: Callable[[str], T], node: Node, key: str) -> T:
    word = node.text(key)
    try:
        return convert(word)
    except ValueError as error:
        raise node.error(str(error), key) from None


_BAD_URL = re.compile(r"[\x00-\x1f\x7f]|%(?![0-9a-fA-F]{2})|^:")


def url(node: Node, key: str, context: Context) -> str:
    """A URL or a part of one, nearly as Go's url.Parse takes it; one that holds a password is a secret."""
    word = node.text(key)
    try:
        parts = urlsplit(word)
        has_port = parts.port is not None
    except ValueError:  # its text may quote what is secret
        raise node.error("is not a URL", key) from None
    if _BAD_URL.search(word) or (has_port and not parts.hostname and not parts.scheme):
        raise node.error("is not a URL", key)
    if parts.password is not None:
        context.secrets.append(node)
    return word


def choice(*words: str, message: str = "") -> Parser:
    """A parser of one of a few words; `message` may hold `{}` for what was found."""

    def parse(node: Node, key: str, context: Context) -> str:
        del context
        word = node.text(key)
        if word not in words:
            near = get_close_matches(word, words, 1)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            said = (message or "expected one of " + ", ".join(words) + ', got "{}"').format(word)
            raise node.error(said + (hint if near and f"'{near[0]}'" not in said else ""), key)
        return word

    return parse


def label_name(node: Node, key: str, context: Context) -> str:
    """A label name; any text but the empty one, as UTF-8 names are allowed."""
    del context
    name = node.text(key)
    if not name:
        raise node.error('"" is not a valid label name', key)
    return name


def labels(node: Node, key: str, context: Context) -> Labels:
    """A mapping of label names to values."""
    pairs = []
    for name, value in node.pairs(key):
        label_name(name, key, context)
        pairs.append((name.value, value.text(join(key, name.value))))
    return Labels.of(pairs)


texts = list_of(text)
secrets = list_of(secret)
paths = list_of(path)
string_map = map_of(text)
