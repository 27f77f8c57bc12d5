"""A DNS server on loopback that answers from a table; for tests."""

import asyncio
import struct
from contextlib import asynccontextmanager

NUMBERS = {"A": 1, "NS": 2, "MX": 15, "AAAA": 28, "SRV": 33}


def encode_name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.rstrip(".").split(".") if label) + b"\0"


def read_name(message, position=12):
    labels = []
    while message[position]:
        length = message[position]
        labels.append(message[position + 1 : position + 1 + length].decode())
        position += 1 + length
    return ".".join(labels) + ".", position + 1


class DnsServer:
    """`table` maps (name, type number) to a list of record data, or to a response code."""

    def __init__(self, table):
        self.table, self.asked = table, []
        self.silent = False
        self.truncate_udp = False

    def answer(self, message, *, is_udp):
        name, end = read_name(message)
        kind = struct.unpack_from("!H", message, end)[0]
        self.asked.append((name, kind, "udp" if is_udp else "tcp"))
        found = self.table.get((name, kind), 3)
        code, records = (found, []) if isinstance(found, int) else (0, found)
        flags = 0x8180 | code | (0x0200 if is_udp and self.truncate_udp else 0)
        shown = [] if is_udp and self.truncate_udp else records
        body = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data for data in shown)
        return message[:2] + struct.pack("!5H", flags, 1, len(shown), 0, 0) + message[12 : end + 4] + body


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, server):
        self.server = server

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        if not self.server.silent:
            self.transport.sendto(b"not a DNS message", addr)  # a client must not fall for it
            self.transport.sendto(self.server.answer(data, is_udp=True), addr)


@asynccontextmanager
async def serve(table):
    """A server, and its port, for UDP and TCP."""
    server = DnsServer(table)

    async def tcp(reader, writer):
        (length,) = struct.unpack("!H", await reader.readexactly(2))
        answer = server.answer(await reader.readexactly(length), is_udp=False)
        writer.write(struct.pack("!H", len(answer)) + answer)
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(tcp, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Udp(server), local_addr=("127.0.0.1", port)
    )
    try:
        yield server, port
    finally:
        transport.close()
        listener.close()
        await listener.wait_closed()
