"""Middleware of WSGI applications (Flask, Django, Bottle): requests, counted by route."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from watchglass.sdk.web_metrics import OTHER, WebMetrics, word_of

_LENGTH_DIGITS = 18
"""A body that is longer is none."""

Environ = dict[str, Any]
StartResponse = Callable[..., Callable[[bytes], object]]
App = Callable[[Environ, StartResponse], Iterable[bytes]]


def route_of(environ: Environ) -> str:
    """The rule of the route that took a request of Flask's; `other` where none is known."""
    rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
    return f"{environ.get('SCRIPT_NAME', '')}{rule.rule}" if rule is not None else OTHER


class MetricsMiddleware:
    """Counts what an application answers.

        app.wsgi_app = MetricsMiddleware(app.wsgi_app)  # Flask
        application = MetricsMiddleware(get_wsgi_application(), path_of=...)  # Django

    A fault that the application lets through counts as status 500.

    Args:
        app: the application.
        metrics: what is counted into; made on the client library's own registry unless given.
        path_of: what the label `path` of a request is, asked when its answer begins.
    """

    def __init__(
        self, app: App, metrics: WebMetrics | None = None, *, path_of: Callable[[Environ], str] = route_of
    ) -> None:
        self._app, self._metrics, self._path_of = app, metrics or WebMetrics(), path_of

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request; it is counted when the answer is closed, as every server does at its end."""
        answer = _Answer(environ, self._metrics, self._path_of)
        self._metrics.active.inc()
        try:
            answer.parts = self._app(environ, answer.started(start_response))
        except BaseException:
            answer.status = 500
            answer.close()
            raise
        return answer


class _Answer:
    """The parts of an answer on their way out."""

    def __init__(self, environ: Environ, metrics: WebMetrics, path_of: Callable[[Environ], str]) -> None:
        self._environ, self._metrics, self._path_of = environ, metrics, path_of
        self._began, self._written, self._closed = time.perf_counter(), 0, False
        self._path = ""
        self.status, self.parts = 500, iter(())  # type: tuple[int, Iterable[bytes]]

    def started(self, start_response: StartResponse) -> StartResponse:
        """What the application calls to begin; notes status and path, for Flask forgets the request at its end."""

        def start(status: str, *rest: Any) -> Callable[[bytes], object]:
            self.status = int(status[:3])
            self._path = word_of(self._path_of, self._environ)
            return start_response(status, *rest)

        return start

    def __iter__(self) -> Iterator[bytes]:
        """Each part, as the application gives it."""
        try:
            for part in self.parts:
                self._written += len(part)
                yield part
        except Exception:
            self.status = 500
            raise

    def close(self) -> None:
        """Close the application's answer, and count the request once."""
        if self._closed:
            return
        self._closed = True
        try:
            getattr(self.parts, "close", lambda: None)()
        finally:
            self._metrics.active.dec()
            seconds = time.perf_counter() - self._began
            length = self._environ.get("CONTENT_LENGTH") or "0"
            sizes = (int(length) if length.isdecimal() and len(length) <= _LENGTH_DIGITS else 0, self._written)
            method, path = self._environ["REQUEST_METHOD"], self._path or self._path_of(self._environ)
            self._metrics.request(method, path, self.status, seconds, sizes)
