"""Receivers that give away what they were told: servers that repeat a request in all kinds of broken answers."""

from __future__ import annotations

import base64
import html
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from urllib.parse import quote

PREFIX = "s3cr3t"
"""What every marked secret begins with."""

_STEP, _SPAN = 37, 600  # what is repeated begins at ever other places, so that every limit cuts it somewhere


def looks_of(text: str) -> list[str]:
    """The text as it may be found in an output: as it is, and in base64 at each of the three places it may have there."""
    looks = [text]
    for before in range(3):
        packed = base64.b64encode(b"\0" * before + text.encode()).decode()
        looks.append(packed[(before * 8 + 5) // 6 : (before + len(text)) * 8 // 6])
    return looks


class EchoServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Speaks just enough HTTP to read a request, and answers by how its path begins; a proxy that refuses, too."""

    daemon_threads, allow_reuse_address = True, True

    def __init__(self, elsewhere: str = "") -> None:
        self.elsewhere, self.numbers, self.heard, self.token = elsewhere, count(), list[bytes](), ""
        super().__init__(("127.0.0.1", 0), _Echo)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_):
        """Say nothing."""


class _Echo(socketserver.StreamRequestHandler):
    timeout = 20

    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline(65536)
            if not line:
                return
            head += line
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        request = head + self.rfile.read(length)
        self.server.heard.append(request)
        method, target, _ = head.decode("latin-1").split(" ", 2)
        kind = "proxy" if method == "CONNECT" else target.split("/")[1]
        answer = getattr(self, f"on_{kind}", self.on_plain)(request.decode("latin-1"), target)
        self.wfile.write(answer.encode("latin-1", "replace"))

    def padded(self, text: str) -> str:
        return "x" * (next(self.server.numbers) * _STEP % _SPAN) + " " + text

    def answer(self, status: str, body: str, content_type: str = "text/plain", more: str = "") -> str:
        return (
            f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}"
            f"Connection: close\r\n\r\n{body}"
        )

    def on_plain(self, request: str, target: str) -> str:
        return self.answer("401 Unauthorized", self.padded(request))

    def on_page(self, request: str, target: str) -> str:
        return self.answer("400 Bad Request", self.padded(html.escape(request) + quote(target, safe="")))

    def on_json(self, request: str, target: str) -> str:
        said = self.padded(request)
        body = json.dumps({"message": said, "errors": [target, said], "description": said, "error": said})
        return self.answer("400 Bad Request", body.replace("/", "\\/"), "application/json")

    def on_fine(self, request: str, target: str) -> str:
        """Refused with status 200, as Slack and Telegram do."""
        said = self.padded(request)
        return self.answer(
            "200 OK", json.dumps({"ok": False, "error": said, "description": said}), "application/json; charset=utf-8"
        )

    def on_busy(self, request: str, target: str) -> str:
        head = request.partition("\r\n\r\n")[0]
        return self.answer("503 " + head.replace("\r\n", " "), self.padded(request), more=f"X-Was: {target}\r\n")

    def on_moved(self, request: str, target: str) -> str:
        return self.answer("307 Moved", request, more=f"Location: {self.server.elsewhere}/plain/moved\r\n")

    def on_token(self, request: str, target: str) -> str:
        """A token, as OAuth 2.0 has it."""
        body = json.dumps({"access_token": self.server.token, "token_type": "bearer"})
        return self.answer("200 OK", body, "application/json")

    def on_garbage(self, request: str, target: str) -> str:
        return request

    def on_proxy(self, request: str, target: str) -> str:
        login = next((line for line in request.split("\r\n") if line.lower().startswith("proxy-auth")), "")
        others = " ".join(line for line in request.split("\r\n") if line.lower().startswith("x-"))
        return self.answer(f"407 {login} {others}", request)


class SmtpEcho(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """A mail server that refuses every login by repeating what it was told, also decoded."""

    daemon_threads, allow_reuse_address = True, True

    def __init__(self, ways: str) -> None:
        self.ways = ways
        super().__init__(("127.0.0.1", 0), _SmtpEcho)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_):
        """Say nothing."""


class _SmtpEcho(socketserver.StreamRequestHandler):
    timeout = 20

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode("latin-1", "replace"))

    def line(self) -> str:
        return self.rfile.readline(8192).decode("latin-1").rstrip("\r\n")

    def handle(self) -> None:
        self.say("220 echo")
        while line := self.line():
            if line.upper().startswith("EHLO"):
                self.say(f"250-echo\r\n250 AUTH {self.server.ways}")
            elif line.upper().startswith("AUTH"):
                told = line.split(" ")[2:]
                for asked in () if told else ("Username:", "Password:"):
                    self.say(f"334 {base64.b64encode(asked.encode()).decode()}")
                    told.append(self.line())
                plain = b" ".join(base64.b64decode(each) for each in told).replace(b"\0", b" ").decode("latin-1")
                self.say(f"535 {line} {' '.join(told)} is {plain}, who is that?")
            else:
                self.say("250 ok")


@contextmanager
def serving(*servers: socketserver.BaseServer) -> Iterator[None]:
    """Run servers in threads of their own."""
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
