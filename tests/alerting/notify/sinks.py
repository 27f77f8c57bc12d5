"""Servers that take what receivers are sent, and keep it: HTTP, with a proxy's CONNECT, and SMTP with TLS and logins."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

NAMES = "DNS:localhost,IP:127.0.0.1,DNS:events.pagerduty.com"


@dataclass
class Certificate:
    """A certificate that signs itself."""

    cert: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        return context


def certificate(folder: Path) -> Certificate:
    made = Certificate(folder / "cert.pem", folder / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", f"subjectAltName={NAMES}", "-keyout", made.key, "-out", made.cert],
        check=True, capture_output=True,
    )  # fmt: skip
    return made


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/plain"})


@dataclass
class HttpSink:
    """An HTTP server; `replies` are given in turn, the last one for ever; `by_path` has others by how paths begin."""

    url: str
    requests: list[Request] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=lambda: [Reply()])
    by_path: dict[str, Reply] = field(default_factory=dict)

    def next_reply(self, path: str) -> Reply:
        for beginning, reply in self.by_path.items():
            if path.startswith(beginning):
                return reply
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def http_sink(tls: ssl.SSLContext | None = None) -> Iterator[HttpSink]:
    """A sink that is a proxy, too: what is tunnelled through CONNECT it answers itself, with `tls`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            sink.requests.append(Request(self.command, self.path, dict(self.headers), body))
            reply = sink.next_reply(self.path)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST

        def do_CONNECT(self):
            self.send_response(200)
            self.end_headers()
            self.connection = tls.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
            self.close_connection = False

        def finish(self):
            super().finish()
            self.connection.close()

        def log_message(self, *_):
            """Say nothing."""

    class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
        daemon_threads = True

        def handle_error(self, *_):
            """Say nothing."""

    with Server(("127.0.0.1", 0), Handler) as server:
        sink = HttpSink(f"http://127.0.0.1:{server.server_address[1]}")
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield sink
        server.shutdown()


@dataclass
class Mail:
    sender: str
    recipients: list[str]
    raw: bytes
    is_private: bool
    user: str

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)


@dataclass
class SmtpSink:
    """An SMTP server.

    Attributes:
        ways: to log in, as it offers them.
        refuse: what it answers in the place of its usual answer, by command; `None` hangs up in the middle.
    """

    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    ways: str = ""
    users: dict[str, str] = field(default_factory=dict)
    refuse: dict[str, str | None] = field(default_factory=dict)
    starttls: bool = True


class _Hangup(Exception):
    pass


class _Session:
    def __init__(self, sink: SmtpSink, connection, tls: ssl.SSLContext | None, *, implicit: bool):
        self.sink, self.tls = sink, tls
        self.is_private, self.user = implicit, ""
        self.sender, self.recipients = "", []
        self._open(tls.wrap_socket(connection, server_side=True) if implicit else connection)

    def _open(self, connection):
        self.connection, self.file = connection, connection.makefile("rb")

    def say(self, text: str, command: str = ""):
        if command in self.sink.refuse:
            text = self.sink.refuse[command]
            if text is None:
                raise _Hangup
        self.connection.sendall(text.encode(errors="surrogateescape") + b"\r\n")

    def line(self) -> str:
        data = self.file.readline(8192)
        if not data.endswith(b"\n"):
            raise _Hangup
        return data.decode().rstrip("\r\n")

    def run(self):
        self.say("220 sink", "greeting")
        while True:
            line = self.line()
            self.sink.commands.append(line)
            command = line.split(" ")[0].upper()
            if command == "QUIT":
                self.say("221 bye", command)
                return
            getattr(self, f"on_{command.lower()}", self.unknown)(line)

    def unknown(self, line: str):
        self.say("502 no")

    def on_ehlo(self, line: str):
        lines = ["sink", "8BITMIME"]
        if self.tls and self.sink.starttls and not self.is_private:
            lines.append("STARTTLS")
        if self.sink.ways:
            lines.append(f"AUTH {self.sink.ways}")
        self.say("\r\n".join(f"250{' ' if each is lines[-1] else '-'}{each}" for each in lines), "EHLO")

    def on_helo(self, line: str):
        self.say("250 sink", "HELO")

    def on_starttls(self, line: str):
        self.say("220 go on", "STARTTLS")
        self._open(self.tls.wrap_socket(self.connection, server_side=True))
        self.is_private = True

    def ask(self, challenge: bytes) -> bytes:
        self.say(f"334 {base64.b64encode(challenge).decode()}")
        return base64.b64decode(self.line())

    def on_auth(self, line: str):
        _, way, *rest = line.split(" ")
        if way == "PLAIN":
            _, user, password = base64.b64decode(rest[0]).decode().split("\0")
            is_known = self.sink.users.get(user) == password
        elif way == "LOGIN":
            user, password = self.ask(b"Username:").decode(), self.ask(b"Password:").decode()
            is_known = self.sink.users.get(user) == password
        else:
            challenge = b"<1.2@sink>"
            user, digest = self.ask(challenge).decode().split(" ")
            wanted = hmac.new(self.sink.users.get(user, "").encode(), challenge, hashlib.md5).hexdigest()
            is_known = digest == wanted
        self.user = f"{way}:{user}" if is_known else ""
        self.say("235 welcome" if is_known else "535 who are you", "AUTH")

    def on_mail(self, line: str):
        self.sender = line.partition("<")[2].partition(">")[0]
        self.say("250 ok", "MAIL")

    def on_rcpt(self, line: str):
        self.recipients.append(line.partition("<")[2].partition(">")[0])
        self.say("250 ok", "RCPT")

    def on_data(self, line: str):
        self.say("354 go on", "DATA")
        if "DATA" in self.sink.refuse:
            return
        lines = []
        while (data := self.file.readline()) not in (b".\r\n", b""):
            lines.append(data[1:] if data.startswith(b".") else data)
            if "middle" in self.sink.refuse:
                raise _Hangup
        mail = Mail(self.sender, self.recipients, b"".join(lines), self.is_private, self.user)
        self.recipients = []
        self.say("250 taken", "end")
        if "end" not in self.sink.refuse:
            self.sink.mails.append(mail)


@contextmanager
def smtp_sink(
    tls: ssl.SSLContext | None = None, *, implicit: bool = False, host: str = "127.0.0.1"
) -> Iterator[SmtpSink]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            try:
                self.request.settimeout(20)
                session = _Session(sink, self.request, tls, implicit=implicit)
                try:
                    session.run()
                finally:
                    session.file.close()
                    session.connection.close()
            except (_Hangup, OSError):
                pass

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server((host, 0), Handler) as server:
        sink = SmtpSink(server.server_address[1])
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield sink
        server.shutdown()
