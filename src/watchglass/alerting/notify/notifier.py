"""What every receiver's sender is given and does; a new one is one file in this folder and one row in its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from watchglass.errors import WatchglassError
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification: a group of alerts for one receiver.

    Attributes:
        receiver: its name.
        group_key: names the group over all its notifications; receivers that know threads or incidents use it.
        group_labels: what the alerts were grouped by.
        route_labels: that the route itself carries.
        alerts: firing and resolved, in the order in which they are to be listed.
        now_ms: when it was decided.
        reason: why now, in Alertmanager's words, such as `first notification` or `repeat interval elapsed`.
        attempt: which attempt to deliver it this is, from 1.
        remembered: what the receiver has noted with earlier notifications of this group, such as which message to change. It
            may add to it; whoever keeps the notification log keeps that with its entry.
    """

    receiver: str
    group_key: str
    group_labels: Labels
    route_labels: Labels
    alerts: Sequence[Alert]
    now_ms: int
    reason: str = ""
    attempt: int = 1
    remembered: dict[str, str] = field(default_factory=dict)


REASONS = ("authError", "clientError", "contextDeadlineExceeded", "other", "rateLimited", "serverError")


class NotifyError(WatchglassError):
    """A notification was not delivered. Its text holds no secret.

    Attributes:
        retryable: whether another attempt may help.
        reason: the class of failure, as Alertmanager's metrics name it: one of `REASONS`.
        after_ms: how long the receiver asks us to wait; None where it says nothing.
    """

    def __init__(self, message: str, *, retryable: bool, reason: str = "other", after_ms: int | None = None) -> None:
        super().__init__(message)
        self.retryable, self.reason, self.after_ms = retryable, reason, after_ms


class Notifier(Protocol):
    """Sends to one configured receiver."""

    sends_resolved: bool
    """Whether it wants to hear that alerts have ended."""

    async def notify(self, notice: Notice) -> None:
        """Deliver; returns when the receiver has taken it.

        Raises:
            NotifyError: it did not.
        """

    async def close(self) -> None:
        """Close its connections; whoever made it calls this."""
