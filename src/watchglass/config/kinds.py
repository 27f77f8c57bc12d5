"""The kinds of setting: each reads one text, whether it stood in a file, a flag or the environment.

Every `parse_*` raises ValueError with a sentence for the user.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from watchglass.config.units import parse_duration, parse_size

_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})
_ENCODE = "Percent-encode what is special in a user or password: / is %2F, ? is %3F, # is %23, [ is %5B, @ is %40"


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of setting is read.

    Attributes:
        name: what the documentation calls it.
        parse: text to value.
        is_list: several texts make one setting; the environment separates them by commas.
        is_path: a relative path is meant from the folder of the file that says it.
        metavar: what stands for a value in `--help`.
    """

    name: str
    parse: Callable[[str], object]
    is_list: bool = False
    is_path: bool = False
    metavar: str = "VALUE"


def parse_boolean(text: str) -> bool:
    """`true`, `yes`, `on`, `1` and their opposites, in any case."""
    word = text.strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ValueError(f'expected true or false, not "{text}"')


def parse_whole(text: str) -> int:
    """A whole number, not negative; underscores may group digits."""
    if re.fullmatch(r"\d[\d_]{0,17}", text, re.ASCII):
        return int(text)
    raise ValueError(f'expected a whole number, not "{text}"')


def parse_url(text: str) -> str:
    """An absolute http or https address; empty for none."""
    if not text:
        return text
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f'"{text}" is not a URL: {error}') from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f'expected a URL such as http://monitor.example:9090/path, not "{text}"')
    return text


def parse_source_url(text: str) -> str:
    """An absolute http or https address that may hold a user and a password; empty for none.

    No message repeats any of it: where a password holds a `/`, `?` or `#`, what stands before that reads as host and port,
    and what comes after it as path.
    """
    expected = "expected a URL such as http://prometheus:9090"
    try:
        parts = urlsplit(text)
        _ = parts.port
        complete = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        raise ValueError(f"{expected}. {_ENCODE}") from None
    if "@" in text.replace(parts.netloc, "", 1):
        raise ValueError(f"{expected}, with @ only between password and host. {_ENCODE}")
    if text and (not complete or not text.isprintable() or " " in text):
        raise ValueError(f"{expected}. {_ENCODE}")
    if parts.query or parts.fragment:
        raise ValueError("expected a URL without ? and #, such as http://prometheus:9090/path")
    return text


def parse_listen(text: str) -> str:
    """`HOST:PORT`, `[V6]:PORT`, `:PORT` (every interface) or `PORT` (loopback); the answer is the full form.

    Port 0 means any free port.
    """
    host, colon, port = text.rpartition(":")
    if not colon:
        host = "127.0.0.1"
    elif not host:
        host = "0.0.0.0"  # noqa: S104 - what Prometheus means by `:9090`; the front door refuses it unless allowed
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not re.fullmatch(r"\d{1,5}", port, re.ASCII) or int(port) > 65535:
        raise ValueError(f'expected HOST:PORT such as 127.0.0.1:9090, not "{text}"')
    if ":" in bare:
        _check_v6(bare, text)
        return f"[{bare}]:{int(port)}"
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", bare):
        raise ValueError(f'"{host}" is not a host name or address')
    return f"{bare}:{int(port)}"


def _check_v6(host: str, text: str) -> None:
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        raise ValueError(f'expected HOST:PORT such as [::1]:9090, not "{text}"') from None


def parse_port(text: str) -> int:
    """A TCP port; 0 for none."""
    if re.fullmatch(r"\d{1,5}", text, re.ASCII) and int(text) < 65536:
        return int(text)
    raise ValueError(f'expected a port from 1 to 65535, not "{text}"')


def parse_pattern(text: str) -> str:
    """A regular expression that may match anywhere in a name."""
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f'"{text}" is not a regular expression: {error}') from None
    return text


def parse_host_name(text: str) -> str:
    """A host name without scheme and port, in lower case."""
    if re.fullmatch(r"[A-Za-z0-9_.-]{1,253}", text):
        return text.lower()
    raise ValueError(f'expected a host name without scheme or port, not "{text}"')


def parse_origin(text: str) -> str:
    """A web origin: `https://HOST[:PORT]`, without a path."""
    parts = urlsplit(parse_url(text))
    if not parts.netloc or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f'expected an origin such as https://app.example, not "{text}"')
    return f"{parts.scheme}://{parts.netloc}"


def choice(*words: str, **synonyms: str) -> Kind:
    """A kind that takes one of a few words; `synonyms` are what other programs say for one of them."""

    def parse(text: str) -> str:
        word = synonyms.get(text.lower(), text.lower())
        if word not in words:
            raise ValueError(f'expected one of {", ".join(words)}, not "{text}"')
        return word

    return Kind(" | ".join(words), parse, metavar="|".join(words))


def above_zero(kind: Kind) -> Kind:
    """The same kind without 0, for what nothing works without."""

    def parse(text: str) -> object:
        value = kind.parse(text)
        if isinstance(value, int) and value > 0:
            return value
        raise ValueError(f'expected a {kind.name} above 0, not "{text}"')

    return replace(kind, parse=parse)


TEXT = Kind("text", str, metavar="TEXT")
PATH = Kind("path", str, is_path=True, metavar="PATH")
BOOLEAN = Kind("true or false", parse_boolean)
WHOLE = Kind("number", parse_whole, metavar="N")
DURATION = Kind("duration", parse_duration, metavar="DURATION")
SIZE = Kind("size", parse_size, metavar="SIZE")
COUNT = above_zero(WHOLE)
SPAN = above_zero(DURATION)
EXTENT = above_zero(SIZE)
URL = Kind("URL", parse_url, metavar="URL")
SOURCE_URL = Kind("URL", parse_source_url, metavar="URL")
PORT = Kind("port", parse_port, metavar="PORT")
PATTERN = Kind("regular expression", parse_pattern, metavar="REGEX")
LISTEN = Kind("list of HOST:PORT", parse_listen, is_list=True, metavar="HOST:PORT")
HOST_NAMES = Kind("list of names", parse_host_name, is_list=True, metavar="NAME")
ORIGINS = Kind("list of origins", parse_origin, is_list=True, metavar="ORIGIN")
