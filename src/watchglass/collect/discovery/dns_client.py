"""A small DNS client on asyncio: asks the servers of resolv.conf, over UDP and, for long answers, TCP.

Nothing here blocks a thread: a server that does not answer costs a timeout, and only that.
Source: prometheus/prometheus, discovery/dns/dns.go (lookupWithSearchPath, lookupFromAnyServer, askServerForName);
resolv.conf(5).
"""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import struct
from dataclasses import dataclass
from pathlib import Path

from watchglass.collect.discovery.dns_message import (
    NAME_ERROR,
    NO_ERROR,
    Answer,
    DnsMessageError,
    Record,
    decode_answer,
    encode_question,
)

RESOLV_CONF = Path("/etc/resolv.conf")
_MAX_RESOLV_CONF_BYTES = 64 * 1024


class DnsError(Exception):
    """Nobody could say whether the name has records."""


@dataclass(frozen=True, slots=True)
class ResolverOptions:
    """Whom to ask, and how long to wait."""

    servers: tuple[str, ...] = ("127.0.0.1",)
    port: int = 53
    search: tuple[str, ...] = ()
    ndots: int = 1
    timeout_s: float = 2.0  # for one server to answer one question


def read_resolv_conf(path: Path = RESOLV_CONF) -> ResolverOptions:
    """What the machine's resolver is told.

    Raises:
        DnsError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_RESOLV_CONF_BYTES).decode("utf-8", "replace")
    except OSError as error:
        raise DnsError(f"could not load resolv.conf: {error.strerror}") from None
    servers, search, ndots = [], [], 1
    for words in (line.split() for line in text.splitlines()):
        match words:
            case ["nameserver", address, *_]:
                servers.append(address)
            case ["domain", name, *_]:
                search = [name]
            case ["search", *names]:
                search = names
            case ["options", *options]:
                ndots = next((int(o[6:]) for o in options if o.startswith("ndots:") and o[6:].isdecimal()), ndots)
    return ResolverOptions(tuple(servers[:3]) or ("127.0.0.1",), search=tuple(search[:32]), ndots=min(ndots, 15))


async def lookup(name: str, kind: str, options: ResolverOptions) -> tuple[Record, ...]:
    """The records of a name; none where every server says that it does not exist.

    Raises:
        DnsError: some form of the name got no usable answer from any server.
    """
    all_answered = True
    for full_name in candidate_names(name, options):
        try:
            answer = await _ask_any(full_name, kind, options)
        except DnsError:
            all_answered = False
            continue
        if answer.code == NO_ERROR:
            return answer.records
    if all_answered:
        return ()
    raise DnsError(f'could not resolve "{name}": all servers responded with errors to at least one search domain')


def candidate_names(name: str, options: ResolverOptions) -> list[str]:
    """The absolute names to try: as it stands first when it has dots enough, else the search list first."""
    if name.endswith("."):
        return [name]
    searched = [f"{name}.{domain.rstrip('.')}." for domain in options.search]
    absolute = f"{name}."
    return [absolute, *searched] if name.count(".") >= options.ndots else [*searched, absolute]


async def _ask_any(name: str, kind: str, options: ResolverOptions) -> Answer:
    for server in options.servers:
        try:
            answer = await _ask(server, name, kind, options)
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
            continue
        if answer.code in {NO_ERROR, NAME_ERROR}:
            return answer
    raise DnsError(f"could not resolve {name}: no servers returned a viable answer")


async def _ask(server: str, name: str, kind: str, options: ResolverOptions) -> Answer:
    ipaddress.ip_address(server.partition("%")[0])  # a server is an address: nothing is looked up to look up
    question = encode_question(name, kind, secrets.randbits(16), edns=True)
    async with asyncio.timeout(options.timeout_s):
        answer = await _ask_udp(server, options.port, question)
        if answer.is_truncated:
            question = encode_question(name, kind, secrets.randbits(16), edns=False)
            answer = await _ask_tcp(server, options.port, question)
    if answer.is_truncated:
        raise DnsMessageError("the answer over TCP is cut short")
    return answer


class _Exchange(asyncio.DatagramProtocol):
    """Waits for the first datagram that answers the question; others are ignored, as anybody may send them."""

    def __init__(self, question: bytes) -> None:
        self.question = question
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Take a datagram; the socket is connected, so it comes from the server's address."""
        del addr
        try:
            answer = decode_answer(data, self.question)
        except DnsMessageError:
            return
        if not self.answer.done():
            self.answer.set_result(answer)

    def error_received(self, exc: Exception) -> None:
        """The server's machine refuses: give up on it at once."""
        if not self.answer.done():
            self.answer.set_exception(exc)


async def _ask_udp(server: str, port: int, question: bytes) -> Answer:
    loop = asyncio.get_running_loop()
    transport, exchange = await loop.create_datagram_endpoint(lambda: _Exchange(question), remote_addr=(server, port))
    try:
        transport.sendto(question)
        return await exchange.answer
    finally:
        transport.close()


async def _ask_tcp(server: str, port: int, question: bytes) -> Answer:
    reader, writer = await asyncio.open_connection(server, port)
    try:
        writer.write(struct.pack("!H", len(question)) + question)
        (length,) = struct.unpack("!H", await reader.readexactly(2))
        return decode_answer(await reader.readexactly(length), question)
    finally:
        writer.close()
