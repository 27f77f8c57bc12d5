"""Checks of the application's own, called at intervals, and `send_alert`, by which they raise alerts.

A check is a function that calls `send_alert` while something is wrong. Its alerts begin with the first run that calls it, are
repeated while further ones do, and are resolved by the first run that does not.
"""

from __future__ import annotations

import logging
import math
import re
import threading
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from watchglass.clock import Clock, SystemClock
from watchglass.model.alert import ALERT_NAME, Alert
from watchglass.model.labels import Labels

if TYPE_CHECKING:  # it brings HTTP, which nothing needs before the first alert
    from watchglass.sdk.dinoair.alerts import AlertSender

__all__ = ["Checks", "register_check", "send_alert"]

SYSTEM = "dinoair"
MOST_CHECKS = 100
MOST_ALERTS = 100
"""Alerts of one run of a check."""
INTERVALS = (0.1, 86_400.0)
"""The shortest and the longest, in seconds."""

_PATIENCE = 4
"""An alert of a check that is not heard of for so many intervals is over, as Prometheus's are."""
_LEAST_PATIENCE_MS = 240_000  # as many repeats, which come every minute
_MOST_TEXT = 1000

_log = logging.getLogger("watchglass.sdk.dinoair")

Check = Callable[[], object]


class Checks:
    """Calls each check in a thread of its own: one that raises or hangs stops no other, and not the application.

    Args:
        sender: tells the server of their alerts; one to the address that the environment names unless given.
        clock: the time.
    """

    def __init__(self, sender: AlertSender | None = None, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._sender, self._sender_lock = sender, threading.Lock()
        self._checks: dict[str, _Scheduled] = {}
        self._lock = threading.Lock()
        self._stopping: threading.Event | None = None  # while they run

    @property
    def sender(self) -> AlertSender:
        """Who tells the server."""
        with self._sender_lock:
            if self._sender is None:
                from watchglass.sdk.dinoair.alerts import AlertSender  # noqa: PLC0415 - brings HTTP

                self._sender = AlertSender(clock=self._clock)
            return self._sender

    def put(self, alert: Alert) -> None:
        """Send an alert."""
        self.sender.put(alert)

    def now_ms(self) -> int:
        """The time by which checks run."""
        return self._clock.now_ms()

    def add(self, check: Check, interval: float = 60.0, name: str = "") -> None:
        """Call a function every so many seconds while the service runs, and at once where it does.

        Args:
            check: calls `send_alert` while something is wrong.
            interval: seconds between two calls, 0.1 to 86400.
            name: its own name unless given; `check_high_error_rate` raises `DinoAirHighErrorRate`.

        Raises:
            ValueError: the interval cannot be, there is a check of that name, or there are 100.
        """
        name = name or getattr(check, "__name__", type(check).__name__)
        if not INTERVALS[0] <= interval <= INTERVALS[1]:
            raise ValueError(f"interval: expected {INTERVALS[0]:g} to {INTERVALS[1]:g} seconds, got {interval!r}")
        with self._lock:
            if name in self._checks:
                raise ValueError(f'there is a check "{name}" already')
            if len(self._checks) >= MOST_CHECKS:
                raise ValueError(f"there are {MOST_CHECKS} checks already")
            added = self._checks[name] = _Scheduled(name, check, interval, self)
            if self._stopping is not None:
                added.start(self._stopping)

    def start(self) -> None:
        """Begin to call them; a second start does nothing."""
        with self._lock:
            if self._stopping is None:
                self._stopping = threading.Event()
                for each in self._checks.values():
                    each.start(self._stopping)

    def stop(self, timeout_s: float = 10.0) -> None:
        """Call none any more, and send what is still to be sent. One that hangs is left behind.

        Alerts that go on are not resolved: nobody knows. The server ends them after four intervals.
        """
        until_s = time.monotonic() + timeout_s
        with self._lock:
            if self._stopping is not None:
                self._stopping.set()
            self._stopping = None
            for each in self._checks.values():
                each.join(max(0.0, until_s - time.monotonic()))
        if self._sender is not None:
            self._sender.stop(max(0.0, until_s - time.monotonic()))

    def status(self) -> dict[str, Any]:
        """How each check does, and how the sending of alerts does."""
        with self._lock:
            checks = {name: each.status() for name, each in self._checks.items()}
        return {**checks, "alerts": self._sender.status() if self._sender else None}


class _Scheduled:
    """A check, its thread, and the alerts that its last run raised."""

    def __init__(self, name: str, check: Check, interval_s: float, checks: Checks) -> None:
        self.name, self._check, self._interval_s, self._checks = name, check, interval_s, checks
        self._runs, self._failures, self._last_error = 0, 0, ""
        self._firing: dict[Labels, Alert] = {}
        self._thread: threading.Thread | None = None

    def start(self, stopping: threading.Event) -> None:
        """Begin; one that hangs since an earlier start is not called beside itself."""
        if self._thread is None or not self._thread.is_alive():
            name = f"dinoair-check-{self.name}"
            self._thread = threading.Thread(target=self._run, args=(stopping,), name=name, daemon=True)
            self._thread.start()

    def join(self, timeout_s: float) -> None:
        """Wait for a run that is under way."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def status(self) -> dict[str, Any]:
        """What it did."""
        return {
            "interval_seconds": self._interval_s,
            "runs": self._runs,
            "failures": self._failures,
            "firing": len(self._firing),
            "last_error": self._last_error or None,
        }

    def _run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            self.run_once()
            stopping.wait(self._interval_s)

    def run_once(self) -> None:
        """Call it, and resolve what it does not raise any more; where it fails nobody knows, and its alerts stay."""
        run = _Run(self.name, self._firing, self._patience_ms(), self._checks)
        token = _run.set(run)
        try:
            self._check()
        except (Exception, SystemExit) as error:
            self._failed(error)
            self._firing = {**self._firing, **run.found}
        else:
            self._last_error = ""
            for alert in run.ended():
                self._checks.put(alert)
            self._firing = run.found
        finally:
            self._runs += 1
            _run.reset(token)

    def _patience_ms(self) -> int:
        return max(_LEAST_PATIENCE_MS, round(_PATIENCE * self._interval_s * 1000))

    def _failed(self, error: BaseException) -> None:
        text = f"{type(error).__name__}: {error}"
        if text != self._last_error:
            _log.warning("a check failed", extra={"check": self.name, "error": text}, exc_info=error)
        self._failures, self._last_error = self._failures + 1, text


class _Run:
    """One call of a check, and the alerts that it raises."""

    def __init__(self, name: str, before: Mapping[Labels, Alert], patience_ms: int, checks: Checks) -> None:
        self.name, self._before, self._patience_ms, self._checks = name, before, patience_ms, checks
        self.found: dict[Labels, Alert] = {}

    def raise_alert(self, labels: Labels, annotations: Mapping[str, str]) -> None:
        """Send an alert; what is said of the same one in one run is said together."""
        if labels not in self.found and len(self.found) >= MOST_ALERTS:
            raise ValueError(f"a check may raise {MOST_ALERTS} alerts at once")
        if labels in self.found:
            said = self.found[labels].annotations.get("summary")
            annotations = {**annotations, "summary": f"{said}; {annotations['summary']}"[:_MOST_TEXT]}
        now_ms, known = self._checks.now_ms(), self._before.get(labels)
        began_ms = known.starts_ms if known else now_ms
        self.found[labels] = Alert(labels, Labels.of(annotations), began_ms, now_ms + self._patience_ms, now_ms)
        self._checks.put(self.found[labels])

    def ended(self) -> list[Alert]:
        """What the run before raised and this one did not, as it is now."""
        now_ms = self._checks.now_ms()
        return [
            Alert(labels, alert.annotations, alert.starts_ms, now_ms, now_ms)
            for labels, alert in self._before.items()
            if labels not in self.found
        ]


_run: ContextVar[_Run | None] = ContextVar("run", default=None)
"""The run within which `send_alert` is called."""


def register_check(check: Check, interval: float = 60.0, name: str = "") -> None:
    """Have the process's service call a check at intervals: see `Checks.add`."""
    _process_checks().add(check, interval, name)


def send_alert(
    message: str,
    overview: Mapping[str, Any] | None = None,
    *,
    alertname: str = "",
    severity: str = "warning",
    labels: Mapping[str, str] | None = None,
) -> None:
    """Raise an alert; it never waits for the server.

    Called by a registered check it lasts until a run of that check does not call it. Called elsewhere it is sent once, and
    the server resolves it when it has not heard of it for its `resolve_timeout`.

    Args:
        message: what is wrong, the alert's summary.
        overview: the widget `overview`, of which the description is made.
        alertname: made of the check's name unless given, else of the message: of its words without digits.
        severity: such as `warning` or `critical`.
        labels: further ones, for alerts that are told apart.
    """
    run = _run.get()
    text = str(message)[:_MOST_TEXT]
    name = alertname or _name_of(run.name.removeprefix("check_").split("_") if run else text.split())
    identity = Labels.of({**(labels or {}), ALERT_NAME: name, "system": SYSTEM, "severity": severity})
    annotations = {"summary": text, "description": _described(overview or {}) or text}
    if run is not None:
        run.raise_alert(identity, annotations)
        return
    checks = _process_checks()
    now_ms = checks.now_ms()
    checks.put(Alert(identity, Labels.of(annotations), now_ms, 0, now_ms))


def _process_checks() -> Checks:
    from watchglass.sdk.dinoair.metrics_service import get_metrics_service  # noqa: PLC0415 - it has checks itself

    return get_metrics_service().checks


def _name_of(words: list[str]) -> str:
    """`DinoAir` and the words, each with a capital; a figure would make another alert of every value."""
    plain = (re.sub(r"\W", "", word) for word in words if not any(map(str.isdigit, word)))
    return "DinoAir" + "".join(word[:1].upper() + word[1:] for word in plain) if words else "DinoAirAlert"


def _described(overview: Mapping[str, Any]) -> str:
    """The overview in a line; what is not known is left out."""
    resources = overview.get("resources") or {}
    said = [
        ("health {:.0f} of 100", overview.get("health_score")),
        *((f"{name} {{:.0f}} %", resources.get(key)) for name, key in _SHARES.items()),
        ("{:g} errors a minute", overview.get("error_rate")),
        ("{:.0f} active services", overview.get("active_services")),
    ]
    known = [form.format(value) for form, value in said if isinstance(value, int | float) and math.isfinite(value)]
    return ", ".join([str(overview["status"]), *known] if overview.get("status") else known)


_SHARES = {"CPU": "cpu", "memory": "memory", "disk": "disk", "GPU": "gpu"}
