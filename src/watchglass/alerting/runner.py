"""Drives the alert manager in real time: wakes when something is due, sends, and tries again.

Deciding and writing run in one thread of their own; sending runs on the loop, each delivery for itself, so that a receiver
that hangs delays nobody else. Source: prometheus/alertmanager, notify/retry_stage.go.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from watchglass.alerting.dispatch import Delivery
from watchglass.alerting.manager import AlertManager, Trying
from watchglass.alerting.notify.notifier import Notice, Notifier, NotifyError
from watchglass.alerting.read_receivers import Integration
from watchglass.alerting.send_counts import SendCounts
from watchglass.clock import Clock

log = logging.getLogger("watchglass.alerting")

T = TypeVar("T")

LOOK_S = 1.0
"""At least so often the clock is looked at, which may have been set."""
JUMP_MS = 2000
"""A smaller step of the clock is none."""
LOOKS, QUICK_S = 5, 0.05
"""A busy machine may put a long time between two looks at its clocks; so often they are looked at until it was short."""
FIRST_PAUSE_S, LONGEST_PAUSE_S, GROWTH, SPREAD = 0.5, 60.0, 1.5, 0.5
"""Between attempts: the pause grows by half each time, and varies by half in either direction."""
STOP_S = 2.0
"""So long deliveries that are under way may still take when the process ends."""
MAX_AT_ONCE = 100


class AlertRunner:
    """Runs until it is stopped.

    Args:
        manager: decides.
        notifier_of: who sends for an integration.
        clock: the manager's.
        monotonic: seconds that no setting of the clock changes.
        max_at_once: how many deliveries of one integration may be under way.
    """

    def __init__(
        self,
        manager: AlertManager,
        notifier_of: Callable[[Integration], Notifier],
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
        max_at_once: int = MAX_AT_ONCE,
    ) -> None:
        self.counts = SendCounts()
        self._manager, self._notifier_of = manager, notifier_of
        self._clock, self._monotonic = clock, monotonic
        self._max_at_once = max_at_once
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="alerting")
        self._gates: dict[tuple[object, ...], asyncio.Semaphore] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._offset_s = self._offset()

    def start(self) -> None:
        """Begin, on the running loop."""
        loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._manager.wake = lambda: _safely(loop, self._wake.set)
        self._task = loop.create_task(self._run())

    async def stop(self) -> None:
        """Decide nothing more; what is under way is given a moment, and repeated after the next start where it fails."""
        self._manager.wake = lambda: None
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._sending:
            await asyncio.wait(self._sending, timeout=STOP_S)
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        await asyncio.to_thread(self._thread.shutdown)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self._follow_clock()
                for delivery in await self._decide(self._manager.step):
                    self._begin(delivery)
                await self._pause()
            except Exception:
                log.exception("alerting failed by a fault of ours, and goes on")
                await asyncio.sleep(LOOK_S)

    async def _decide(self, operation: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, operation)

    async def _pause(self) -> None:
        """Wait until something is due, or somebody has put alerts."""
        due_ms = await self._decide(self._manager.due_ms)
        wait_s = LOOK_S if due_ms is None else min(LOOK_S, max(0.0, (due_ms - self._clock.now_ms()) / 1000))
        try:
            async with asyncio.timeout(wait_s):
                await self._wake.wait()
        except TimeoutError:
            return

    def _offset(self) -> float:
        """How far the clock is from what nothing sets; looked at again where something came between the two looks."""
        found: list[tuple[float, float]] = []
        for _ in range(LOOKS):
            before_s = self._monotonic()
            now_s = self._clock.now_ms() / 1000
            took_s = self._monotonic() - before_s
            found.append((took_s, now_s - before_s))
            if took_s < QUICK_S:
                break
        return min(found)[1]

    async def _follow_clock(self) -> None:
        offset_s = self._offset()
        delta_ms = round((offset_s - self._offset_s) * 1000)
        if abs(delta_ms) >= JUMP_MS:
            self._offset_s = offset_s
            await self._decide(partial(self._manager.clock_jumped, delta_ms))

    def _begin(self, delivery: Delivery) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(delivery))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _deliver(self, delivery: Delivery) -> None:
        _, *integration = delivery.key
        gate = self._gates.setdefault(tuple(integration), asyncio.Semaphore(self._max_at_once))
        attempt = _Attempt(delivery, self._clock.now_ms(), self._monotonic)
        error: NotifyError | None = None
        try:
            async with asyncio.timeout(attempt.left_s()), gate:
                error = await self._try(attempt)
        except TimeoutError:
            error = attempt.error or NotifyError(
                "context deadline exceeded", retryable=True, reason="contextDeadlineExceeded"
            )
        if error is None:
            self.counts.was_delivered(delivery, self._clock.now_ms())
            await asyncio.shield(self._decide(partial(self._manager.delivered, delivery, attempt.number)))
        else:
            self.counts.was_given_up(delivery, error)
            self._say_failed(delivery, attempt.number, error)
            await self._decide(partial(self._manager.failed, delivery, attempt.number, str(error)))
        self._wake.set()

    async def _try(self, attempt: _Attempt) -> NotifyError | None:
        """Try until it is taken, or refused for good; the answer is why it was not."""
        delivery = attempt.delivery
        while True:
            began = self._monotonic()
            self.counts.attempt_begins(delivery)
            error = await self._send(delivery, attempt.next())
            self.counts.attempt_ends(delivery, attempt.number, self._monotonic() - began, error)
            if error is None:
                return None
            attempt.error = error
            if not error.retryable:
                return error
            pause_s = attempt.pause_s(error)
            tried = Trying(attempt.number, str(error), self._clock.now_ms() + round(pause_s * 1000))
            self._manager.trying[delivery.number] = tried
            await asyncio.sleep(pause_s)
            self._manager.trying[delivery.number] = tried._replace(next_ms=None)
            if self._manager.dispatcher.is_outdated(delivery, self._clock.now_ms()):
                return NotifyError(
                    f"{error}; given up, for alerts have ended since", retryable=False, reason=error.reason
                )

    async def _send(self, delivery: Delivery, number: int) -> NotifyError | None:
        group = delivery.group
        notice = Notice(
            receiver=delivery.integration.receiver,
            group_key=group.key,
            group_labels=group.labels,
            route_labels=group.route.labels,
            alerts=delivery.alerts,
            now_ms=delivery.now_ms,
            reason=delivery.reason.value,
            attempt=number,
            remembered=delivery.remembered,
        )
        try:
            await self._notifier_of(delivery.integration).notify(notice)
        except NotifyError as error:
            return error
        except Exception as error:
            extra = {**_named(delivery), "fault": type(error).__name__, "place": _place(error)}
            log.error("a notification failed by a fault of ours", extra=extra)  # noqa: TRY400 - a fault's text may repeat a secret
            return NotifyError(f"unexpected fault: {type(error).__name__}", retryable=False)
        return None

    def _say_failed(self, delivery: Delivery, attempts: int, error: NotifyError) -> None:
        extra = {**_named(delivery), "attempts": attempts, "error": str(error)}
        log.error("a notification was not delivered; it is tried again at the group's next turn", extra=extra)


class _Attempt:
    """The attempts to deliver one notification."""

    def __init__(self, delivery: Delivery, now_ms: int, monotonic: Callable[[], float]) -> None:
        self.delivery, self.number = delivery, 0
        self.error: NotifyError | None = None
        self._pause_s = FIRST_PAUSE_S
        self._left_s = (delivery.deadline_ms - now_ms) / 1000
        self._began_s, self._monotonic = monotonic(), monotonic

    def next(self) -> int:
        """The number of the next one, from 1."""
        self.number += 1
        return self.number

    def left_s(self) -> float:
        """How long attempts go on."""
        return max(0.0, self._left_s - (self._monotonic() - self._began_s))

    def pause_s(self, error: NotifyError) -> float:
        """How long to wait before the next one; a receiver may ask for longer."""
        pause_s = self._pause_s * random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311 - no secret depends on it
        self._pause_s = min(self._pause_s * GROWTH, LONGEST_PAUSE_S)
        return max(pause_s, (error.after_ms or 0) / 1000)


def _place(error: Exception) -> str:
    """Where in the code it was raised."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


def _named(delivery: Delivery) -> dict[str, object]:
    integration = delivery.integration
    return {"receiver": integration.receiver, "integration": integration.name, "group": delivery.group.key}


def _safely(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    """Call on the loop, from any thread; nothing where the loop has ended."""
    try:
        loop.call_soon_threadsafe(call)
    except RuntimeError:
        return
