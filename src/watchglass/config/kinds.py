"""The kinds of setting: each reads one text, whether it stood in a file, a flag or the environment.

Every `parse_*` raises ValueError with a sentence for the user.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from watchglass.model.duration import format_duration
from watchglass.packs.asked import is_folder, parse_rate, parse_target
from watchglass.sources.address import address_fault, wrong_address
from watchglass.wire.units import format_size, parse_duration, parse_size

_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})
_LONGEST_NUMBER = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of setting is read.

    Attributes:
        name: what the documentation calls it.
        parse: text to value.
        is_list: several texts make one setting; the environment separates them by commas.
        is_path: a relative path is meant from the folder of the file that says it.
        resolve: does so for a kind of which only some values are paths.
        metavar: what stands for a value in `--help`.
        unit: of the values: `ms`, `bytes` or none.
        bounds: what values may be, for `--help` and the documentation.
    """

    name: str
    parse: Callable[[str], object]
    is_list: bool = False
    is_path: bool = False
    resolve: Callable[[Path, str], str] | None = None
    metavar: str = "VALUE"
    unit: str = ""
    bounds: str = ""

    def show(self, value: int) -> str:
        """A value as a user would write it."""
        return {"ms": format_duration, "bytes": format_size}.get(self.unit, str)(value)


def parse_boolean(text: str) -> bool:
    """`true`, `yes`, `on`, `1` and their opposites, in any case."""
    word = text.strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ValueError(f'expected true or false, not "{text}"')


def parse_whole(text: str) -> int:
    """A whole number; underscores may group digits."""
    if len(text) <= _LONGEST_NUMBER and re.fullmatch(r"[+-]?\d+(?:_\d+)*", text, re.ASCII):
        return int(text)
    raise ValueError(f'expected a whole number, not "{text}"')


def parse_seconds(text: str) -> int:
    """Milliseconds of a duration; a whole number without a unit is one of seconds."""
    return parse_duration(f"{text}s" if re.fullmatch(r"\d+", text, re.ASCII) else text)


def parse_url(text: str) -> str:
    """An absolute http or https address; empty for none."""
    if text and (fault := address_fault(text, bare=False)):
        raise ValueError(wrong_address(text, fault, "https://monitor.example/path", ""))
    return text


def parse_source_url(text: str) -> str:
    """An absolute http or https address that may hold a user and a password; empty for none.

    No message repeats what may be a password: where one holds a `/`, `?` or `#`, what stands before that reads as host and
    port, and what comes after it as path.
    """
    if text and (fault := address_fault(text)):
        raise ValueError(wrong_address(text, fault, "http://prometheus:9090"))
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


def parse_host(text: str) -> str:
    """The host part of a listen address; empty for none."""
    return parse_listen(f"{text}:0").rpartition(":")[0] if text else ""


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


def parse_pack(text: str) -> str:
    """The name of a pack that ships, or the folder of one's own, which has a slash in it."""
    if is_folder(text):
        return text
    from watchglass.sdk.declared import pack_names  # noqa: PLC0415 - loads PyYAML, which most starts do without

    if text in pack_names():
        return text
    near = get_close_matches(text, pack_names(), 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(pack_names())};"
    raise ValueError(f'there is no pack "{text}"; {hint} a folder of your own is written with a slash: ./{text}')


def parse_pack_target(text: str) -> str:
    """Where a job of a pack is."""
    parse_target(text)
    return text.strip()


def parse_pack_rate(text: str) -> str:
    """What one of a unit is worth in dollars."""
    parse_rate(text)
    return text.strip()


def parse_time_zone(text: str) -> str:
    """The name of a time zone, as the IANA has it; empty for the machine's."""
    if not text:
        return text
    from zoneinfo import ZoneInfo, available_timezones  # noqa: PLC0415 - most starts do without

    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError):
        near = get_close_matches(text, available_timezones(), 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f'expected a time zone such as Europe/Berlin, not "{text}"{hint}') from None


def choice(*words: str, **synonyms: str) -> Kind:
    """A kind that takes one of a few words; `synonyms` are what other programs say for one of them."""

    def parse(text: str) -> str:
        word = synonyms.get(text.lower(), text.lower())
        if word not in words:
            raise ValueError(f'expected one of {", ".join(words)}, not "{text}"')
        return word

    return Kind(" | ".join(words), parse, metavar="|".join(words))


def within(kind: Kind, low: int, high: int | None = None, *, zero: bool = False) -> Kind:
    """The same kind with bounds.

    Args:
        kind: of whole numbers, durations or sizes.
        low: the least value.
        high: the greatest; None for no bound.
        zero: 0 is taken, too, and means none.
    """
    least, most = kind.show(low), "" if high is None else kind.show(high)

    def parse(text: str) -> object:
        value = kind.parse(text)
        if not isinstance(value, int) or (zero and value == 0):
            return value
        if value < low:
            raise ValueError(f"must be {'0 or ' if zero else ''}at least {least}, not {text}")
        if high is not None and value > high:
            raise ValueError(f"must be at most {most}, not {text}")
        return value

    told = f"{least} to {most}" if most else f"{least} or more"
    return replace(kind, parse=parse, bounds=f"0, or {told}" if zero else told if low or most else "")


def _from_folder(folder: Path, pack: str) -> str:
    return str(folder / pack) if is_folder(pack) else pack


TEXT = Kind("text", str, metavar="TEXT")
PATH = Kind("path", str, is_path=True, metavar="PATH")
PATHS = Kind("list of paths", str, is_list=True, is_path=True, metavar="PATH")
BOOLEAN = Kind("true or false", parse_boolean)
WHOLE = Kind("number", parse_whole, metavar="N")
DURATION = Kind("duration", parse_duration, metavar="DURATION", unit="ms")
SECONDS = Kind("duration or seconds", parse_seconds, metavar="DURATION", unit="ms")
BYTES = Kind("size", parse_size, metavar="SIZE", unit="bytes")
SIZE = within(BYTES, 0)
SPAN = within(DURATION, 1)
HOST = Kind("host", parse_host, metavar="HOST")
URL = Kind("URL", parse_url, metavar="URL")
SOURCE_URL = Kind("URL", parse_source_url, metavar="URL")
PORT = Kind("port", parse_port, metavar="PORT")
PATTERN = Kind("regular expression", parse_pattern, metavar="REGEX")
LISTEN = Kind("list of HOST:PORT", parse_listen, is_list=True, metavar="HOST:PORT")
HOST_NAMES = Kind("list of names", parse_host_name, is_list=True, metavar="NAME")
PACKS = Kind("list of packs", parse_pack, is_list=True, metavar="PACK", resolve=_from_folder)
PACK_TARGETS = Kind("list of targets", parse_pack_target, is_list=True, metavar="JOB=HOST:PORT")
RATES = Kind("list of rates", parse_pack_rate, is_list=True, metavar="UNIT=DOLLARS")
NAMES = Kind("list of names", str.strip, is_list=True, metavar="NAME")
TIME_ZONE = Kind("time zone", parse_time_zone, metavar="ZONE")
ORIGINS = Kind("list of origins", parse_origin, is_list=True, metavar="ORIGIN")
