"""What became of sending: attempts and outcomes for metrics, and which integrations fail now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from watchglass.alerting.dispatch import Delivery
from watchglass.alerting.notify.notifier import NotifyError
from watchglass.alerting.read_receivers import Integration
from watchglass.alerting.watchdog import is_watchdog

Way = tuple[str, str]

FAILS_AFTER = 3
"""So many attempts of one delivery have failed, and the integration counts as failing before the delivery is given up."""


class Failing(NamedTuple):
    """An integration whose deliveries fail, and why the last attempt did."""

    integration: Integration
    why: str


@dataclass(slots=True)
class SendCounts:
    """Attempts and outcomes by receiver and kind of integration.

    Those of test alerts alone are counted in `tests` and nowhere else: who tries an address that is wrong has lost nothing.

    Attributes:
        failed: given up, also by reason.
        tests: outcomes of test alerts, also by `delivered` or `failed`.
        watchdog_ms: when the watchdog was last delivered, by receiver and integration.
        failing: integrations that fail now, by receiver and integration, until one delivery succeeds.
    """

    attempts: Counter[Way] = field(default_factory=Counter)
    failed_attempts: Counter[Way] = field(default_factory=Counter)
    delivered: Counter[Way] = field(default_factory=Counter)
    failed: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    tests: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    seconds: Counter[Way] = field(default_factory=Counter)
    watchdog_ms: dict[Way, int] = field(default_factory=dict)
    failing: dict[Way, Failing] = field(default_factory=dict)

    def attempt_begins(self, delivery: Delivery) -> None:
        """A receiver is asked."""
        if not delivery.is_test:
            self.attempts[_way(delivery)] += 1

    def attempt_ends(self, delivery: Delivery, number: int, seconds: float, error: NotifyError | None) -> None:
        """It has answered, or has not; `number` counts the attempts of the delivery from 1."""
        if error is not None and number >= FAILS_AFTER:
            self._fails(delivery, error)
        if not delivery.is_test:
            way = _way(delivery)
            self.seconds[way] += seconds  # type: ignore[assignment]
            self.failed_attempts[way] += error is not None

    def was_delivered(self, delivery: Delivery, now_ms: int) -> None:
        """A receiver has taken it."""
        integration = delivery.integration
        self.failing.pop((integration.receiver, integration.name), None)
        if delivery.is_test:
            self.tests[*_way(delivery), "delivered"] += 1
        else:
            self.delivered[_way(delivery)] += 1
        if any(is_watchdog(alert.labels) for alert in delivery.alerts):
            self.watchdog_ms[integration.receiver, integration.name] = now_ms

    def was_given_up(self, delivery: Delivery, error: NotifyError) -> None:
        """It has not."""
        self._fails(delivery, error)
        if delivery.is_test:
            self.tests[*_way(delivery), "failed"] += 1
        else:
            self.failed[*_way(delivery), error.reason] += 1

    def _fails(self, delivery: Delivery, error: NotifyError) -> None:
        integration = delivery.integration
        self.failing[integration.receiver, integration.name] = Failing(integration, str(error))


def _way(delivery: Delivery) -> Way:
    return delivery.integration.receiver, delivery.integration.kind
