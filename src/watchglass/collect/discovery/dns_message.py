"""DNS messages: one question out, the records of the types that discovery wants back.

Everything in an answer is untrusted: lengths are checked, and compressed names are bounded.
Source: RFC 1035 sections 3.1, 4.1; RFC 2782 (SRV); RFC 3596 (AAAA); RFC 6891 (EDNS).
"""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "MX": 15, "AAAA": 28, "SRV": 33}
EDNS_SIZE = 4096
NO_ERROR, NAME_ERROR = 0, 3

_NAMES = {number: name for name, number in TYPES.items()}
_HEADER = struct.Struct("!6H")
_OPT = struct.pack("!BHHIH", 0, 41, EDNS_SIZE, 0, 0)
_MAX_LABELS = 128
_MAX_RECORDS = 4096


class DnsMessageError(ValueError):
    """A message is malformed, or answers another question."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of an answer: an address, or a name with its final dot; the port of an SRV record."""

    type: str
    value: str
    port: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: its code, whether it was cut short, and the records of known types."""

    code: int
    is_truncated: bool
    records: tuple[Record, ...]


def encode_question(name: str, kind: str, ident: int, *, edns: bool) -> bytes:
    """A recursive query for one name and type.

    Raises:
        DnsMessageError: it is not a name.
    """
    header = _HEADER.pack(ident, 0x0100, 1, 0, 0, 1 if edns else 0)
    return header + _encode_name(name) + struct.pack("!2H", TYPES[kind], 1) + (_OPT if edns else b"")


def _encode_name(name: str) -> bytes:
    try:
        labels = [label.encode("ascii") for label in name.rstrip(".").split(".")]
    except UnicodeEncodeError:
        raise DnsMessageError(f'"{name}" is not an ASCII name') from None
    if any(not 1 <= len(label) <= 63 for label in labels) or sum(map(len, labels)) + len(labels) > 254:
        raise DnsMessageError(f'"{name}" is not a DNS name')
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def decode_answer(message: bytes, question: bytes) -> Answer:
    """Read the response to `question`, as `encode_question` made it.

    Raises:
        DnsMessageError: it is malformed, or not the response to this question.
    """
    try:
        return _decode(message, question)
    except (struct.error, IndexError):
        raise DnsMessageError("the answer is cut short") from None


def _decode(message: bytes, question: bytes) -> Answer:
    ident, flags, questions, answers, _, _ = _HEADER.unpack_from(message)
    if message[:2] != question[:2] or not flags & 0x8000 or questions > 1:
        raise DnsMessageError("not the answer to our question")
    position = _HEADER.size
    if questions:
        name, position = _decode_name(message, position)
        asked, asked_end = _decode_name(question, _HEADER.size)
        if name.lower() != asked.lower() or message[position : position + 4] != question[asked_end : asked_end + 4]:
            raise DnsMessageError("not the answer to our question")
        position += 4
    records = []
    for _ in range(min(answers, _MAX_RECORDS)):
        record, position = _decode_record(message, position)
        if record:
            records.append(record)
    del ident
    return Answer(flags & 0xF, bool(flags & 0x0200), tuple(records))


def _decode_record(message: bytes, position: int) -> tuple[Record | None, int]:
    _, position = _decode_name(message, position)
    number, _, _, length = struct.unpack_from("!HHIH", message, position)
    position += 10
    end = position + length
    if end > len(message):
        raise DnsMessageError("the answer is cut short")
    return _decode_data(_NAMES.get(number, ""), message, position, length), end


def _decode_data(kind: str, message: bytes, position: int, length: int) -> Record | None:
    match kind:
        case "A" | "AAAA":
            if length != (4 if kind == "A" else 16):
                raise DnsMessageError(f"an {kind} record of {length} bytes")
            return Record(kind, str(ipaddress.ip_address(message[position : position + length])))
        case "SRV":
            (port,) = struct.unpack_from("!H", message, position + 4)
            return Record(kind, _decode_name(message, position + 6)[0], port)
        case "MX":
            return Record(kind, _decode_name(message, position + 2)[0])
        case "NS":
            return Record(kind, _decode_name(message, position)[0])
        case _:
            return None


def _decode_name(message: bytes, position: int) -> tuple[str, int]:
    """A name with its final dot, and where the next field starts; pointers may only lead backwards."""
    labels: list[str] = []
    end, limit = 0, position
    while length := message[position]:
        if length >= 0xC0:
            target = (length & 0x3F) << 8 | message[position + 1]
            end = end or position + 2
            if target >= limit:
                raise DnsMessageError("a compressed name does not lead backwards")
            position = limit = target
            continue
        if length > 63 or len(labels) >= _MAX_LABELS:
            raise DnsMessageError("a name is malformed")
        label = message[position + 1 : position + 1 + length]
        if len(label) < length:
            raise DnsMessageError("the answer is cut short")
        labels.append(_printable(label))
        position += 1 + length
    return ".".join(labels) + ".", end or position + 1


def _printable(label: bytes) -> str:
    r"""A label as master files write it: other bytes than letters, digits, `-` and `_` as `\DDD`."""
    return "".join(
        chr(byte) if (chr(byte).isalnum() and byte < 128) or byte in b"-_" else f"\\{byte:03d}" for byte in label
    )
