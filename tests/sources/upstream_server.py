"""A server on a free port that answers as a test wants it to, to the byte."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qs, urlsplit

NOW_MS = 1_700_000_000_000


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, list[str]]


def answer(body: bytes | str, status: str = "200 OK", **headers: str) -> bytes:
    """A whole HTTP answer."""
    data = body.encode() if isinstance(body, str) else body
    lines = {"Content-Type": "application/json", "Content-Length": str(len(data))} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + data


def success(data: object, **more: object) -> bytes:
    """A whole answer in Prometheus's envelope."""
    return answer(json.dumps({"status": "success", "data": data, **more}))


def vector(value: str = "2", **labels: str) -> bytes:
    """A whole answer to an instant query."""
    return success({"resultType": "vector", "result": [{"metric": labels, "value": [1, value]}]})


def failure(kind: str, text: str, status: str) -> bytes:
    """A whole error answer in Prometheus's envelope."""
    return answer(json.dumps({"status": "error", "errorType": kind, "error": text}), status)


@dataclass
class UpstreamServer:
    """Answers each request by `reply(connection, asked)`, and remembers what was asked."""

    reply: Callable[[socket.socket, Asked], bytes | None]
    family: socket.AddressFamily = socket.AF_INET
    asked: list[Asked] = field(default_factory=list)
    tls: ssl.SSLContext | None = None

    def __enter__(self) -> Self:
        host = "::1" if self.family == socket.AF_INET6 else "127.0.0.1"
        self._listener = socket.create_server((host, 0), family=self.family)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self._converse(self.tls.wrap_socket(connection, server_side=True) if self.tls else connection)

    def _converse(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            while asked := _read(stream):
                self.asked.append(asked)
                reply = self.reply(connection, asked)
                if reply is None:
                    return
                connection.sendall(reply)


def _read(stream) -> Asked | None:
    line = stream.readline().decode("latin-1")
    if not line.endswith("\r\n") or line.count(" ") != 2:
        return None
    method, target, _ = line.split(" ", 2)
    headers = {}
    while (field_line := stream.readline().decode().strip()) != "":
        name, _, value = field_line.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", 0))).decode()
    parts = urlsplit(target)
    return Asked(method, parts.path, headers, parse_qs(parts.query) | parse_qs(body))
