"""The guide's addresses in a WSGI application, or as one of their own."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from watchglass.sdk.dinoair.http import PATHS, Answer, answer
from watchglass.sdk.dinoair.metrics_service import MetricsService, get_metrics_service

if TYPE_CHECKING:  # it brings the client library, which nothing here needs
    from watchglass.sdk.wsgi import App, Environ, StartResponse


class MonitoringApp:
    """Serves `/monitoring`, `/api/metrics` and `/api/metrics/dashboard`, and starts the service with the first request.

        app.wsgi_app = MonitoringApp(app.wsgi_app)  # Flask: everything else goes to the application
        application = MonitoringApp(get_wsgi_application())  # Django

    Servers that fork (gunicorn) call it in each worker: give each worker a `storage_path` of its own.

    Args:
        app: the application that answers all other paths; 404 without one.
        service: the process's own unless given.
        start: whether to start it.
    """

    def __init__(self, app: App | None = None, service: MetricsService | None = None, *, start: bool = True) -> None:
        self._app, self._given, self._start = app, service, start

    @property
    def service(self) -> MetricsService:
        """The service that answers."""
        return self._given or get_metrics_service()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or pass it on."""
        if self._start and not self.service.is_running:
            self.service.start()
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        if path in PATHS:
            found = answer(self.service, method, path, environ.get("QUERY_STRING", ""))
        elif self._app is not None:
            return self._app(environ, start_response)
        else:
            found = Answer(404, "text/plain; charset=utf-8", b"not found\n")
        start_response(f"{found.status} {HTTPStatus(found.status).phrase}", found.all_headers())
        return [] if method == "HEAD" else [found.body]
