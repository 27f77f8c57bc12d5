"""Mail by SMTP, HTML with or without a text part beside it.

Source: prometheus/alertmanager 0.34, config/notifiers.go (EmailConfig), notify/email.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple

from watchglass.alerting.notify.fields import SENDING, host_port, secret_of, template, templates, with_file
from watchglass.alerting.notify.globals import Global
from watchglass.alerting.notify.http_notifier import secret_value
from watchglass.alerting.notify.integration import Credential, IntegrationConfig
from watchglass.alerting.notify.mail import Part, addresses, compose
from watchglass.alerting.notify.notifier import Notice, NotifyError
from watchglass.alerting.notify.rendering import Rendering, SendingContext, as_far_as_it_goes
from watchglass.alerting.notify.smtp import Login, Server, deliver
from watchglass.alerting.notify.texts import key_hash
from watchglass.collect.daemon import in_daemon_thread
from watchglass.model.http import Secret, TlsOptions
from watchglass.wire.http_client import TLS, check_tls
from watchglass.wire.schema import Context, Section, Table, boolean, map_of, read_section, section, text
from watchglass.wire.yaml import Node

_SUBJECT = '{{ template "email.default.subject" . }}'
_HTML = '{{ template "email.default.html" . }}'
_IMPLICIT_TLS_PORT = "465"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailConfig(IntegrationConfig):
    """One of `email_configs`.

    Attributes:
        smarthost: host and port of the server that mail is handed to.
        headers: templates by header names as MIME writes them, `Subject`, `To` and `From` among them.
        threading: none, or by what mails of a group belong together: `none` (all of them) or `daily`.
    """

    to: str
    sender: str
    hello: str
    smarthost: tuple[str, str]
    auth_username: str
    auth_password: Secret
    auth_secret: Secret
    auth_identity: str
    headers: Mapping[str, str]
    html: str
    text: str
    require_tls: bool
    implicit_tls: bool
    tls: TlsOptions
    threading: str = ""

    def target(self) -> str:
        """The addresses."""
        return self.to

    def credentials(self) -> Sequence[Credential]:
        """What it logs in with."""
        given = (Credential("auth_password", self.auth_password), Credential("auth_secret", self.auth_secret))
        return [each for each in given if self.auth_username and each.secret]


_THREADING: Table = {"enabled": boolean, "thread_by_date": text}

EMAIL: Table = {
    **SENDING, **templates("to", "from"), "hello": text, "smarthost": host_port, "auth_username": text,
    **with_file("auth_password"), **with_file("auth_secret"), "auth_identity": text, "headers": map_of(template),
    **templates("html", "text"), "require_tls": boolean, "tls_config": section(TLS, check_tls),
    "force_implicit_tls": boolean, "threading": section(_THREADING),
}  # fmt: skip


def read_email(node: Node, key: str, context: Context, global_: Global) -> EmailConfig:
    """Read one of `email_configs`."""
    read = read_section(node, key, context, EMAIL)
    if not read.get("to"):
        raise read.error("missing to address in email config")
    smtp = global_.smtp
    smarthost = read.get("smarthost", smtp.smarthost)
    sender = read.get("from") or smtp.sender
    username = read.get("auth_username") or smtp.auth_username
    password, secret = (
        secret_of(read, "auth_password", smtp.auth_password),
        secret_of(read, "auth_secret", smtp.auth_secret),
    )
    forced = read.get("force_implicit_tls", smtp.force_implicit_tls)
    headers = _headers(read)
    return EmailConfig(
        kind="email",
        send_resolved=read.get("send_resolved", False),
        missing=_missing(smarthost, sender, username, password or secret),
        to=read.get("to"),
        sender=sender,
        hello=read.get("hello") or smtp.hello,
        smarthost=smarthost,
        auth_username=username,
        auth_password=password,
        auth_secret=secret,
        auth_identity=read.get("auth_identity") or smtp.auth_identity,
        headers={"Subject": _SUBJECT, "To": read.get("to"), "From": sender} | headers,
        html=read.get("html", _HTML),
        text=read.get("text", ""),
        require_tls=read.get("require_tls", smtp.require_tls),
        implicit_tls=smarthost[1] == _IMPLICIT_TLS_PORT if forced is None else forced,
        tls=read.get("tls_config", smtp.tls),
        threading=_threading(read, headers),
    )


def _missing(smarthost: tuple[str, str], sender: str, username: str, secret: Secret) -> str:
    if not smarthost[1]:
        return "no smarthost, nor smtp_smarthost in global"
    if not sender:
        return "no from, nor smtp_from in global"
    return "auth_username without auth_password or auth_secret" if username and not secret else ""


def _headers(read: Section) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in read.get("headers", {}).items():
        normal = "-".join(part[:1].upper() + part[1:].lower() for part in name.split("-"))
        if not normal or not all("!" <= letter <= "~" and letter != ":" for letter in normal):
            raise read.error("a header's name is of printable ASCII, without spaces and colons", "headers")
        if normal in headers:
            raise read.error(f'duplicate header "{normal}" in email config', "headers")
        headers[normal] = value
    return headers


def _threading(read: Section, headers: Mapping[str, str]) -> str:
    threading = read.get("threading")
    if threading is None or not threading.get("enabled", False):
        return ""
    for name in ("References", "In-Reply-To"):
        if name in headers:
            raise read.error(f"threading.enabled conflicts with custom {name} header", "threading")
    by_date: str = threading.get("thread_by_date", "")
    if by_date not in ("none", "daily"):
        raise threading.error("threading.thread_by_date must be either 'none' or 'daily'", "thread_by_date")
    return by_date


class Mail(NamedTuple):
    """A mail that is ready to be handed over."""

    server: Server
    sender: str
    recipients: Sequence[str]
    message: bytes


class EmailNotifier:
    """Sends to one of `email_configs`.

    Args:
        config: its settings.
        context: what all senders share.
    """

    def __init__(self, config: EmailConfig, context: SendingContext) -> None:
        self.sends_resolved = config.send_resolved
        self._config, self._context = config, context
        self._turns = asyncio.Semaphore(context.limits.connections)

    async def notify(self, notice: Notice) -> None:
        """Deliver; returns when the server has taken the mail.

        Raises:
            NotifyError: it has not.
        """
        limit_s = self._context.limits.timeout_ms / 1000
        try:
            async with asyncio.timeout(limit_s), self._turns:
                mail = await in_daemon_thread(lambda: self._ready(notice))
                await deliver(mail.server, mail.sender, mail.recipients, mail.message, limit_s)
        except NotifyError:
            raise
        except TimeoutError:
            message = f"the mail was not taken within {limit_s:g}s"
            raise NotifyError(message, retryable=True, reason="contextDeadlineExceeded") from None
        except Exception as error:
            raise NotifyError(f"unexpected fault: {type(error).__name__}", retryable=False) from error

    async def close(self) -> None:
        """Nothing is kept open."""

    def _ready(self, notice: Notice) -> Mail:
        if fault := self._config.disabled():
            raise NotifyError(f"disabled: {fault}", retryable=False)
        return as_far_as_it_goes(self.prepare, notice)

    def prepare(self, notice: Notice) -> Mail:
        """The mail, and who takes it to whom."""
        config, rendering = self._config, Rendering(self._context, notice)
        senders = addresses(rendering.text(config.sender), "from")
        if len(senders) != 1:
            raise NotifyError(f"must be exactly one 'from' address (got: {len(senders)})", retryable=False)
        recipients = addresses(rendering.text(config.to), "to")
        headers = {name: rendering.text(template) for name, template in config.headers.items()}
        parts = [Part("plain", rendering.text(config.text))] if config.text else []
        parts += [Part("html", rendering.html(config.html))] if config.html else []
        message = compose(self._envelope(notice) | headers, parts, secrets.token_hex(30))
        return Mail(self._server(), senders[0], recipients, message)

    def _envelope(self, notice: Notice) -> dict[str, str]:
        """The headers that are ours to set; an identity that stays over attempts, so that a mail sent twice shows once."""
        group = key_hash(notice.group_key)
        at = datetime.fromtimestamp(notice.now_ms / 1000).astimezone()
        number = int(key_hash(f"{notice.receiver}\0{notice.group_key}\0{notice.now_ms}")[:16], 16)
        headers = {"Message-Id": f"<{notice.now_ms * 1_000_000}.{number}@{socket.gethostname() or 'localhost'}>"}
        if self._config.threading:
            day = at.strftime("%Y-%m-%d") if self._config.threading == "daily" else ""
            root = f"<alert-{group[:16]}-{day}@alertmanager>"
            headers |= {"References": root, "In-Reply-To": root}
        return headers | {"Date": format_datetime(at)}

    def _server(self) -> Server:
        config = self._config
        login = Login(
            username=config.auth_username,
            password=secret_value(config.auth_password),
            secret=secret_value(config.auth_secret),
            identity=config.auth_identity,
        )
        host, port = config.smarthost
        return Server(
            host=host,
            port=port,
            hello=config.hello,
            implicit_tls=config.implicit_tls,
            require_tls=config.require_tls,
            tls=config.tls,
            login=login if config.auth_username else Login(),
        )
