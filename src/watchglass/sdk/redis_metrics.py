"""What an application asks of Redis through redis-py, under the names of the Awareness Network's guide."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from prometheus_client import REGISTRY, CollectorRegistry

from watchglass.sdk.pack_metrics import PackMetrics
from watchglass.sdk.web_metrics import Bounded

Client = TypeVar("Client")

CACHE_READS = frozenset({"get", "getdel", "getex", "hget", "hmget", "mget"})
"""Commands whose answer tells whether a key was there."""

PIPELINE = "pipeline"
"""Under which command the time of a pipeline or transaction is kept; its commands are counted one by one."""


class RedisMetrics:
    """Counts commands, their time, cache hits and misses, and whether Redis answers.

        redis_metrics = RedisMetrics()
        client = redis_metrics.watch(redis.Redis())         # also redis.asyncio.Redis, with its pipelines

    `redis_connected` is not exposed before the first command, and then 1 after each that Redis answered, be it with an
    error, and 0 after one that could not be sent. Messages of `pubsub()` are not counted.

    Args:
        registry: where the metrics are registered.
        cache_reads: commands that read the cache, in lower case.
        cache_prefix: how the keys of the cache begin; by default all do.
        most_commands: different commands that have series of their own.
    """

    def __init__(
        self,
        registry: CollectorRegistry = REGISTRY,
        *,
        cache_reads: Collection[str] = CACHE_READS,
        cache_prefix: str = "",
        most_commands: int = 300,
    ) -> None:
        metrics = PackMetrics("awareness_network", registry, only=("redis_",))
        self._cache_reads, self._prefix = frozenset(cache_reads), cache_prefix
        self._command = Bounded(most_commands)
        self._commands = metrics.counter("redis_commands_total")
        self._seconds = metrics.histogram("redis_command_duration_seconds")
        self._hits = metrics.counter("redis_cache_hits_total")
        self._misses = metrics.counter("redis_cache_misses_total")
        self._connected = metrics.gauge("redis_connected")

    def watch(self, client: Client) -> Client:
        """Count what this client is asked from now on; the same client comes back."""
        watched: Any = client
        if not getattr(watched, "_watchglass_watched", False):
            watched._watchglass_watched = True  # noqa: SLF001 - a mark of ours on an object of the user's
            watched.execute_command = self._counting(watched.execute_command)
            watched.pipeline = self._watching_pipelines(watched.pipeline)
        return client

    def _counting(self, execute: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(execute):

            @functools.wraps(execute)
            async def counted_later(*args: Any, **options: Any) -> Any:
                with self._asking([args], self._name(args)) as answers:
                    answers.append(await execute(*args, **options))
                return answers[0]

            return counted_later

        @functools.wraps(execute)
        def counted(*args: Any, **options: Any) -> Any:
            with self._asking([args], self._name(args)) as answers:
                answers.append(execute(*args, **options))
            return answers[0]

        return counted

    def _watching_pipelines(self, make: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(make)
        def pipeline(*args: Any, **options: Any) -> Any:
            made = make(*args, **options)
            made.execute = self._counting_pipeline(made)
            if hasattr(made, "immediate_execute_command"):  # what is asked while keys are watched
                made.immediate_execute_command = self._counting(made.immediate_execute_command)
            return made

        return pipeline

    def _counting_pipeline(self, pipeline: Any) -> Callable[..., Any]:
        execute = pipeline.execute
        if inspect.iscoroutinefunction(execute):

            @functools.wraps(execute)
            async def counted_later(*args: Any, **options: Any) -> Any:
                with self._asking(_queued(pipeline), PIPELINE) as answers:
                    answers.extend(await execute(*args, **options))
                return list(answers)

            return counted_later

        @functools.wraps(execute)
        def counted(*args: Any, **options: Any) -> Any:
            with self._asking(_queued(pipeline), PIPELINE) as answers:
                answers.extend(execute(*args, **options))
            return list(answers)

        return counted

    @contextmanager
    def _asking(self, asked: Sequence[Sequence[Any]], timed_as: str) -> Iterator[list[Any]]:
        """Count commands, the time until the block has put their answers into the list, and what these say."""
        answers: list[Any] = []
        began = time.perf_counter()
        try:
            yield answers
        except Exception as error:
            if (reached := _reached(error)) is not None:
                self._connected.set(reached)
            raise
        else:
            if asked:
                self._connected.set(1)
        finally:
            if asked:
                self._seconds.labels(timed_as).observe(time.perf_counter() - began)
            for args in asked:
                self._commands.labels(self._name(args)).inc()
            for args, answer in zip(asked, answers, strict=False):
                self._look(args, answer)

    def _look(self, args: Sequence[Any], answer: object) -> None:
        """Count what a read of the cache found, and what it did not."""
        if self._name(args) not in self._cache_reads or isinstance(answer, Exception):
            return
        key = args[1] if len(args) > 1 else ""
        text = key.decode("utf-8", "replace") if isinstance(key, bytes) else str(key)
        if text.startswith(self._prefix):
            found = [each is not None for each in (answer if isinstance(answer, list) else [answer])]
            self._hits.inc(sum(found))
            self._misses.inc(len(found) - sum(found))

    def _name(self, args: Sequence[Any]) -> str:
        """A command by its first word: `config` of `CONFIG GET`."""
        name = args[0].decode("latin-1") if isinstance(args[0], bytes) else str(args[0])
        return self._command(name.partition(" ")[0].lower())


def _queued(pipeline: Any) -> list[Sequence[Any]]:
    """The commands that a pipeline is about to send; those of a cluster's are objects."""
    strategy = getattr(pipeline, "_execution_strategy", None)
    queue: Any = getattr(pipeline, "command_stack", None) or getattr(strategy, "_command_queue", ())
    return [each[0] if isinstance(each, tuple) else each.args for each in queue]


def _reached(error: Exception) -> int | None:
    """Whether Redis was there when this happened; None where it does not tell."""
    from redis import exceptions  # noqa: PLC0415 - it is there, or nobody could have asked

    if type(error).__name__ == "MaxConnectionsError":  # the client's own pool is empty
        return None
    if isinstance(error, exceptions.ConnectionError | exceptions.TimeoutError | OSError):
        return 0
    return 1 if isinstance(error, exceptions.ResponseError) else None
