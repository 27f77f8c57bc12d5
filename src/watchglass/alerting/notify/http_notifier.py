"""Sending over HTTP: what all receivers but mail have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from watchglass.alerting.notify.answers import Answer, check_status
from watchglass.alerting.notify.fields import url_fault
from watchglass.alerting.notify.integration import HttpIntegrationConfig, read_secret_file
from watchglass.alerting.notify.notifier import Notice, NotifyError
from watchglass.alerting.notify.rendering import Rendering, SendingContext, as_far_as_it_goes
from watchglass.alerting.notify.texts import one_line
from watchglass.collect.daemon import in_daemon_thread
from watchglass.collect.errors import ScrapeError, in_plain_words
from watchglass.collect.http_client import HttpClient
from watchglass.model.http import Secret
from watchglass.version import __version__
from watchglass.wire.hide import hide, secrets_of_url


class Outgoing(NamedTuple):
    """What is to be sent; `secrets` are never to be told."""

    url: str
    body: bytes
    secrets: Sequence[str] = ()


class HttpNotifier:
    """Posts JSON to one receiver. A kind of receiver says what is posted (`prepare`) and what an answer means (`judge`).

    Args:
        config: its settings.
        context: what all senders share.
        timeout_ms: what its settings say; 0 for nothing.
    """

    reads_success = False
    """Whether a status of 2xx is not enough to know that it was taken."""

    def __init__(self, config: HttpIntegrationConfig, context: SendingContext, timeout_ms: int = 0) -> None:
        self.sends_resolved = config.send_resolved
        self._settings, self._context = config, context
        self._own_timeout_ms = timeout_ms
        self._client = HttpClient(config.http, connections=context.limits.connections)

    def prepare(self, notice: Notice) -> Outgoing:
        """What to send; called in a thread, as templates and files may take their time."""
        raise NotImplementedError

    def judge(self, answer: Answer, notice: Notice) -> None:
        """Return where an answer means success, and raise NotifyError where not."""
        del notice
        check_status(answer)

    async def notify(self, notice: Notice) -> None:
        """Deliver; returns when the receiver has taken it.

        Raises:
            NotifyError: it did not.
        """
        limit_ms = min(self._own_timeout_ms or self._context.limits.timeout_ms, self._context.limits.timeout_ms)
        try:
            async with asyncio.timeout(limit_ms / 1000):
                outgoing = await in_daemon_thread(lambda: self._ready(notice))
                await self._deliver(outgoing, notice)
        except NotifyError:
            raise
        except TimeoutError:
            raise _timed_out(self._settings.kind, limit_ms) from None
        except Exception as error:
            raise NotifyError(f"unexpected fault: {type(error).__name__}", retryable=False) from error

    async def close(self) -> None:
        """Close its connections."""
        await self._client.close()

    def rendering(self, notice: Notice) -> Rendering:
        """The templates of a notification."""
        return Rendering(self._context, notice)

    def _ready(self, notice: Notice) -> Outgoing:
        if fault := self._settings.disabled():
            raise NotifyError(f"disabled: {fault}", retryable=False)
        return as_far_as_it_goes(self.prepare, notice)

    async def _deliver(self, outgoing: Outgoing, notice: Notice) -> None:
        if fault := url_fault(outgoing.url):
            raise NotifyError(fault, retryable=False)
        try:
            answer = await self._post(outgoing, notice)
        except ScrapeError as error:
            told = in_plain_words(error, self._peer(outgoing.url))
            raise NotifyError(one_line(self._hidden(str(told), outgoing)), retryable=True) from None
        self.judge(answer, notice)

    def _hidden(self, text: str, outgoing: Outgoing) -> str:
        """The text without the address and other secrets, which whoever was told them may repeat."""
        return hide(self._client.hidden(text), (*secrets_of_url(outgoing.url), *outgoing.secrets))

    def _peer(self, url: str) -> str:
        return urlsplit(self._settings.http.proxy_url or url).netloc.rpartition("@")[2]

    async def _post(self, outgoing: Outgoing, notice: Notice) -> Answer:
        headers = [
            ("Content-Type", "application/json"),
            ("User-Agent", f"Watchglass/{__version__}"),
            ("Accept-Encoding", "identity"),
        ]
        body = bytearray()
        async with self._client.request("POST", outgoing.url, headers, outgoing.body) as response:
            if response.is_success and not self.reads_success:  # taken, and an error from now on would send it twice
                return Answer(response.status_code, b"")
            async for part in response.aiter_raw():
                body += part
                if len(body) > self._context.limits.answer_bytes:
                    break  # enough to know what it means
            said = bytes(body[: self._context.limits.answer_bytes])
            return Answer(
                response.status_code,
                self._hidden(said.decode(errors="surrogateescape"), outgoing).encode(errors="surrogateescape"),
                response.headers.get("content-type", ""),
                response.headers.get("retry-after", ""),
                notice.now_ms,
            )


def secret_value(secret: Secret) -> str:
    """A secret as it is now.

    Raises:
        NotifyError: its file cannot be read.
    """
    if not secret.file:
        return secret.value
    try:
        return read_secret_file(secret.file)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise NotifyError(f"cannot read the secret file {secret.file}: {reason}", retryable=True) from None


def _timed_out(kind: str, limit_ms: int) -> NotifyError:
    message = f"configured {kind} timeout reached ({limit_ms / 1000:g}s): no full answer"
    return NotifyError(message, retryable=True, reason="contextDeadlineExceeded")
