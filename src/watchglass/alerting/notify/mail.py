"""A mail as text: headers that nothing in them can break out of, and the parts below.

Source: prometheus/alertmanager 0.34, notify/email; Go's mime.QEncoding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from email.quoprimime import body_encode
from email.utils import getaddresses
from typing import NamedTuple

from watchglass.alerting.notify.notifier import NotifyError
from watchglass.alerting.templates import single_line

_PRINTABLE = re.compile(r"[\t\x20-\x7e]*")
_LINE_END = re.compile(r"[\x00\n\v\f\r]")
_BREAK = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_WORD_BYTES = 75 - len("=?utf-8?q?") - len("?=")  # of an encoded word, RFC 2047
_AS_IT_IS = frozenset(set(range(0x21, 0x7F)) - set(b"=?_"))
_LINE_BYTES = 990  # RFC 5322 allows 998
_ADDRESS = re.compile(r'[^\s<>,;:"()\[\]@]+@(?:[^\s<>,;:"()\[\]@]+|\[[0-9A-Fa-f.:]+\])|"[^"\r\n]+"@[^\s<>,;:"()\[\]@]+')


class Part(NamedTuple):
    """One form of the body."""

    subtype: str  # plain or html
    text: str


def encode_header(value: str) -> str:
    """A header's value in ASCII, as it is or in encoded words; its own line breaks become spaces.

    Encoded they could not end the header here, but in a gateway that decodes it and writes it anew.
    """
    if _LINE_END.search(value):
        value = single_line(value)
    if _PRINTABLE.fullmatch(value):
        return _folded(value)
    words, word, size = list[str](), list[str](), 0
    for letter in value:
        encoded = "".join(_quoted(byte) for byte in letter.encode(errors="replace"))
        if size + len(encoded) > _WORD_BYTES:
            words.append("".join(word))
            word, size = [], 0
        word.append(encoded)
        size += len(encoded)
    return "\r\n ".join(f"=?utf-8?q?{each}?=" for each in [*words, "".join(word)])


def _quoted(byte: int) -> str:
    return "_" if byte == 0x20 else chr(byte) if byte in _AS_IT_IS else f"={byte:02X}"


def _folded(value: str) -> str:
    """A value that is longer than a line may be, over several lines where it has spaces."""
    lines = list[str]()
    while len(value) > _LINE_BYTES and (space := value.rfind(" ", 1, _LINE_BYTES)) > 0:
        lines.append(value[:space])
        value = value[space:]
    return "\r\n".join([*lines, value])


def compose(headers: Mapping[str, str], parts: Sequence[Part], boundary: str) -> bytes:
    """The mail; `parts` are alternatives, the best last."""
    lines = [f"{name}: {encode_header(value)}" for name, value in headers.items()]
    lines += [f"Content-Type: multipart/alternative;  boundary={boundary}", "MIME-Version: 1.0", ""]
    for part in parts:
        lines += [
            f"--{boundary}",
            "Content-Transfer-Encoding: quoted-printable",
            f"Content-Type: text/{part.subtype}; charset=UTF-8",
            "",
            _quoted_printable(part.text),
        ]
    return "\r\n".join([*lines, f"--{boundary}--", ""]).encode("ascii")


def _quoted_printable(text: str) -> str:
    as_bytes = text.encode(errors="replace").decode("latin-1")
    return body_encode(as_bytes, maxlinelen=76, eol="\r\n") if as_bytes else ""


def addresses(text: str, what: str) -> list[str]:
    """The bare addresses of a list such as `Ops <ops@example.org>, me@example.org`.

    Raises:
        NotifyError: one is no address: no other attempt helps.
    """
    found = [address for _, address in getaddresses([text.strip()])]
    is_list = bool(found) and all(_ADDRESS.fullmatch(address) for address in found)
    if not is_list or _BREAK.search(text.strip()):
        raise NotifyError(f"parse '{what}' addresses: not a list of mail addresses", retryable=False)
    return found
