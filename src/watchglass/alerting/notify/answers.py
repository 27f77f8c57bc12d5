"""What a receiver's answer means: delivered, try again, or never.

Source: prometheus/alertmanager 0.34, notify/util.go (Retrier, GetFailureReasonFromStatusCode).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from watchglass.alerting.notify.notifier import NotifyError
from watchglass.alerting.notify.texts import one_line

_LONGEST_WAIT_MS = 3_600_000


class Answer(NamedTuple):
    """An answer over HTTP; `body` is as much of it as was read."""

    status: int
    body: bytes
    content_type: str = ""
    retry_after: str = ""
    now_ms: int = 0

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")


def check_status(
    answer: Answer, *, retryable: Collection[int] = (), details: Callable[[Answer], str] | None = None
) -> None:
    """Return where the receiver took it.

    Args:
        answer: the receiver's.
        retryable: statuses beside 5xx after which another attempt may help. So it may after a 429 that says when.
        details: what to say of the answer in the error; the answer itself otherwise.

    Raises:
        NotifyError: it did not.
    """
    if answer.status // 100 == 2:
        return
    after_ms = retry_after_ms(answer.retry_after, answer.now_ms)
    said = one_line(details(answer) if details else answer.text)
    may_retry = answer.status // 100 == 5 or answer.status in retryable
    raise NotifyError(
        f"unexpected status code {answer.status}" + (f": {said}" if said else ""),
        retryable=may_retry or (answer.status == 429 and after_ms is not None),
        reason=failure_reason(answer.status),
        after_ms=after_ms,
    )


def failure_reason(status: int) -> str:
    """The class of failure that a status stands for, as Alertmanager's metrics name it."""
    named = {401: "authError", 403: "authError", 429: "rateLimited"}
    return named.get(status) or {4: "clientError", 5: "serverError"}.get(status // 100, "other")


def retry_after_ms(text: str, now_ms: int) -> int | None:
    """What `Retry-After` asks for, seconds or a date, an hour at most; None where it says nothing that is understood."""
    text = text.strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text, re.ASCII):
        return min(int(float(text) * 1000), _LONGEST_WAIT_MS)
    try:
        at_ms = int(parsedate_to_datetime(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return min(max(at_ms - now_ms, 0), _LONGEST_WAIT_MS)
