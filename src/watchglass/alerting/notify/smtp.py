"""Handing a mail to a server: STARTTLS or TLS from the start, login, and what the server's refusals mean.

The library is loaded with the first mail. It bounds replies, refuses line breaks in commands, and can be cancelled, which
smtplib in a thread cannot. Source: prometheus/alertmanager 0.34, notify/email; Go's net/smtp.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from watchglass.alerting.notify.notifier import NotifyError
from watchglass.alerting.notify.texts import one_line
from watchglass.collect.daemon import in_daemon_thread
from watchglass.collect.http_client import tls_context
from watchglass.model.http import TlsOptions
from watchglass.wire.hide import hide

if TYPE_CHECKING:
    from aiosmtplib import SMTP, SMTPResponse

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})  # as Go's PlainAuth has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Who we are to the server. `password` is for PLAIN and LOGIN, `secret` for CRAM-MD5."""

    username: str = ""
    password: str = ""
    secret: str = ""
    identity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The server, and how it is spoken with."""

    host: str
    port: str
    hello: str
    implicit_tls: bool
    require_tls: bool
    tls: TlsOptions
    login: Login

    @property
    def address(self) -> str:
        """Host and port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


async def deliver(server: Server, sender: str, recipients: Sequence[str], message: bytes, timeout_s: float) -> None:
    """Hand a mail over; returns when the server has taken it for all recipients.

    Raises:
        NotifyError: it has not. What it refused for good (5xx) is not worth another attempt; all else is.
    """
    import aiosmtplib  # noqa: PLC0415 - with the first mail

    step = _Step("establish connection to server")
    try:
        client = await _connect(server, timeout_s, step)
        try:
            await _session(client, server, step)
            await _send(client, sender, recipients, message, step)
            _say_goodbye(client)
        finally:
            client.close()
    except aiosmtplib.SMTPResponseException as error:
        raise _refused(step.name, error.code, error.message, server.login) from None
    except (aiosmtplib.SMTPException, OSError, EOFError, ValueError) as error:
        raise NotifyError(f"{step.name}: {_hidden(_why(error, server), server.login)}", retryable=True) from None


def _say_goodbye(client: SMTP) -> None:
    """Nothing is waited for any more: the mail is taken, and an error now would send it twice."""
    if isinstance(client.transport, asyncio.WriteTransport):
        client.transport.write(b"QUIT\r\n")


class _Step:
    """What is being done, for the error."""

    def __init__(self, name: str) -> None:
        self.name = name


async def _connect(server: Server, timeout_s: float, step: _Step) -> SMTP:
    from aiosmtplib import SMTP  # noqa: PLC0415 - with the first mail

    tls = await in_daemon_thread(lambda: tls_context(server.tls))
    connection = await _open(server.host, server.port)
    client = SMTP(
        hostname=server.tls.server_name or server.host,
        sock=connection,
        use_tls=server.implicit_tls,
        start_tls=False,
        tls_context=tls,
        local_hostname=server.hello,
        timeout=timeout_s,
    )
    if server.implicit_tls:
        step.name = "establish TLS connection to server"
    try:
        await client.connect()
    except BaseException:
        connection.close()
        raise
    return client


async def _open(host: str, port: str) -> socket.socket:
    """A connection to the first address of the host that takes one."""
    loop, fault = asyncio.get_running_loop(), OSError(f"{host} has no address")
    for family, kind, protocol, _, address in await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        connection = socket.socket(family, kind, protocol)
        connection.setblocking(False)
        try:
            await loop.sock_connect(connection, address)
        except OSError as error:
            connection.close()
            fault = error
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise fault


async def _session(client: SMTP, server: Server, step: _Step) -> None:
    """Greet, go over to TLS, and log in where the server asks for that."""
    step.name = "send EHLO command"
    await _greet(client)
    if server.require_tls and not server.implicit_tls:
        if not client.supports_extension("starttls"):
            message = (
                f"'require_tls' is true (default) but \"{server.address}\" does not advertise the STARTTLS extension"
            )
            raise NotifyError(message, retryable=True)
        step.name = "send STARTTLS command"
        await client.starttls(server_hostname=server.tls.server_name or server.host)
        await _greet(client)
    if server.login.username and client.supports_extension("auth"):
        step.name = "log in"
        await _log_in(client, server)


async def _greet(client: SMTP) -> None:
    from aiosmtplib import SMTPHeloError  # noqa: PLC0415 - loaded by now

    try:
        await client.ehlo()
    except SMTPHeloError:
        await client.helo()


async def _log_in(client: SMTP, server: Server) -> None:
    """By the first way that the server offers and we have what it takes for."""
    login, offered = server.login, client.esmtp_extensions.get("auth", "").upper().split()
    is_private = server.implicit_tls or server.require_tls or server.host in _LOOPBACK
    for way in offered:
        if way == "CRAM-MD5" and login.secret:
            return await _cram_md5(client, login)
        if way == "PLAIN" and login.password:
            if not is_private:
                raise NotifyError("PLAIN auth: unencrypted connection", retryable=False, reason="authError")
            return await _plain(client, login)
        if way == "LOGIN" and login.password:
            return await _login(client, login)
    names = " ".join(offered)
    raise NotifyError(f"find auth mechanism: nothing to log in with by {one_line(names)}", retryable=True)


async def _plain(client: SMTP, login: Login) -> None:
    told = f"{login.identity}\0{login.username}\0{login.password}"
    _expect(await client.execute_command(b"AUTH", b"PLAIN", base64.b64encode(told.encode())), 235)


async def _login(client: SMTP, login: Login) -> None:
    answers = {"username:": login.username, "password:": login.password}
    response = await client.execute_command(b"AUTH", b"LOGIN")
    while response.code == 334:
        asked = _challenge(response).decode(errors="replace").lower()
        if asked not in answers:
            raise NotifyError("LOGIN auth: unexpected server challenge", retryable=True)
        response = await client.execute_command(base64.b64encode(answers.pop(asked).encode()))
    _expect(response, 235)


async def _cram_md5(client: SMTP, login: Login) -> None:
    response = await client.execute_command(b"AUTH", b"CRAM-MD5")
    _expect(response, 334)
    digest = hmac.new(login.secret.encode(), _challenge(response), hashlib.md5).hexdigest()
    _expect(await client.execute_command(base64.b64encode(f"{login.username} {digest}".encode())), 235)


def _challenge(response: SMTPResponse) -> bytes:
    return base64.b64decode(response.message, validate=False)


def _expect(response: SMTPResponse, code: int) -> None:
    from aiosmtplib import SMTPResponseException  # noqa: PLC0415 - loaded by now

    if response.code != code:
        raise SMTPResponseException(response.code, response.message)


async def _send(client: SMTP, sender: str, recipients: Sequence[str], message: bytes, step: _Step) -> None:
    needs_utf8 = not all(address.isascii() for address in (sender, *recipients))
    options = ["SMTPUTF8"] if needs_utf8 and client.supports_extension("smtputf8") else []
    encoding = "utf-8" if needs_utf8 else "ascii"
    step.name = "send MAIL command"
    await client.mail(sender, options=options, encoding=encoding)
    step.name = "send RCPT command"
    for recipient in recipients:
        await client.rcpt(recipient, encoding=encoding)
    step.name = "delivery failure"
    await client.data(message)


def _refused(doing: str, code: int, said: str, login: Login) -> NotifyError:
    """5xx is for good, RFC 5321; a login refused again and again locks an account."""
    is_permanent = 500 <= code < 600
    reason = "authError" if doing == "log in" else "clientError" if is_permanent else "serverError"
    return NotifyError(f"{doing}: {code} {_hidden(said, login)}", retryable=not is_permanent, reason=reason)


def _why(error: Exception, server: Server) -> str:
    """What went wrong, as Go's net package says it where it is the network."""
    cause = error if isinstance(error, OSError) else error.__cause__
    if isinstance(cause, socket.gaierror):
        return f"lookup {server.host}: {str(cause.strerror).lower()}"
    if isinstance(cause, ssl.SSLError):
        return str(cause)
    if isinstance(cause, OSError) and cause.errno and not cause.filename:
        return f"{server.address}: {os.strerror(cause.errno).lower()}"
    return str(error)


def _hidden(text: str, login: Login) -> str:
    """What the server said without what it was told, also in the forms that it was told it in."""
    plain = f"{login.identity}\0{login.username}\0{login.password}"
    told = [login.password, login.secret, plain] if login.password or login.secret else []
    packed = [base64.b64encode(each.encode()).decode() for each in told]
    return one_line(hide(text, filter(None, (*told, *packed))))
