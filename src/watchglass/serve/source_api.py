"""Data sources at Grafana's addresses: what there is, whether it answers, and Prometheus's API of each.

Source: Grafana, pkg/api/datasources.go, pkg/api/dataproxy.go; docs/developers/http_api/data_source.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from starlette.requests import Request
from starlette.responses import Response

from watchglass.errors import QueryError
from watchglass.serve.envelope import ApiError, json_response
from watchglass.serve.parts import Parts, need
from watchglass.serve.prometheus_api import FORM, PrometheusApi
from watchglass.serve.table import Endpoint
from watchglass.sources.data_sources import DataSource, Sources
from watchglass.sources.errors import SourceGoneError
from watchglass.sources.instance import INSTANCE_HEADER

PROXY = "/api/datasources/proxy/uid/{uid}/api/v1"
LOOP_DETECTED = 508

Handler = Callable[[Request], Awaitable[Response]]


class SourceApi:
    """`/api/datasources`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._embedded = PrometheusApi(parts)
        self._elsewhere: WeakKeyDictionary[DataSource, PrometheusApi] = WeakKeyDictionary()

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            Endpoint("/api/datasources", self.listed, "Data sources, the default one first, with their state."),
            Endpoint("/api/datasources/uid/{uid}", self.by_uid, "One data source; `default` names the default one."),
            Endpoint("/api/datasources/name/{name}", self.by_name, "One data source by its name."),
            Endpoint("/api/datasources/uid/{uid}/health", self.health, "Test a data source: `{status, message}`."),
            Endpoint(f"{PROXY}/query", self._proxy(PrometheusApi.query), "As `/api/v1/query`, of a data source.", FORM),
            Endpoint(
                f"{PROXY}/query_range",
                self._proxy(PrometheusApi.query_range),
                "As `/api/v1/query_range`, of a data source.",
                FORM,
            ),
            Endpoint(
                f"{PROXY}/series", self._proxy(PrometheusApi.series), "As `/api/v1/series`, of a data source.", FORM
            ),
            Endpoint(
                f"{PROXY}/labels", self._proxy(PrometheusApi.labels), "As `/api/v1/labels`, of a data source.", FORM
            ),
            Endpoint(
                f"{PROXY}/label/{{name}}/values",
                self._proxy(PrometheusApi.label_values),
                "As `/api/v1/label/{name}/values`, of a data source.",
                FORM,
            ),
            Endpoint(
                f"{PROXY}/metadata", self._proxy(PrometheusApi.metadata), "As `/api/v1/metadata`, of a data source."
            ),
        ]

    async def listed(self, _request: Request) -> Response:
        """List the data sources."""
        sources = self._sources()
        return json_response([_shown(source, at) for at, source in enumerate(sources.listed())])

    async def by_uid(self, request: Request) -> Response:
        """Show one data source."""
        return self._show(self._sources().find(request.path_params["uid"]))

    async def by_name(self, request: Request) -> Response:
        """Show one data source."""
        return self._show(self._sources().named(request.path_params["name"]))

    async def health(self, request: Request) -> Response:
        """Test a data source, as `Save & Test` does."""
        source = self._sources().find(request.path_params["uid"])
        if source is None:
            return _not_found()
        try:
            await need(self._parts.source_queries, "store").answer(request, source.test)
        except QueryError as error:
            return json_response({"status": "ERROR", "message": str(error)}, 400)
        return json_response({"status": "OK", "message": "Successfully queried the Prometheus API."})

    def _proxy(self, handler: Callable[[PrometheusApi, Request], Awaitable[Response]]) -> Handler:
        """An endpoint of Prometheus's API, over the source that the address names."""

        async def proxied(request: Request) -> Response:
            sources = self._sources()
            source = sources.find(request.path_params["uid"])
            if source is None:
                return _not_found()
            if source.kind == "embedded":
                return await handler(self._embedded, request)
            if INSTANCE_HEADER in request.headers:
                raise ApiError(
                    "one Watchglass does not ask on behalf of another: name the address of the source itself",
                    kind="execution",
                    status=LOOP_DETECTED,
                )
            try:
                return await handler(self._api_of(source), request)
            except SourceGoneError as error:
                raise ApiError(str(error), kind=error.kind, status=error.status) from None

        return proxied

    def _api_of(self, source: DataSource) -> PrometheusApi:
        """The endpoints of a source elsewhere, made once."""
        found = self._elsewhere.get(source)
        if found is None:
            found = self._elsewhere[source] = PrometheusApi(self._of(source))
        return found

    def _of(self, source: DataSource) -> Parts:
        """The parts as an endpoint sees them that asks a server elsewhere: threads that only wait are others'."""
        return replace(
            self._parts,
            engine=source,
            catalogue=source.catalogue,
            queries=need(self._parts.source_queries, "store"),
        )

    def _sources(self) -> Sources:
        found: Sources = need(self._parts.sources, "store")
        return found

    def _show(self, source: DataSource | None) -> Response:
        sources = self._sources()
        if source is None:
            return _not_found()
        return json_response(_shown(source, sources.listed().index(source)))


def _not_found() -> Response:
    return json_response({"message": "Data source not found"}, 404)


def _shown(source: DataSource, place: int) -> dict[str, Any]:
    """A data source as Grafana shows it, and below `watchglass` what is ours; without any secret."""
    state = source.state
    return {
        "id": place + 1,
        "uid": source.uid,
        "orgId": 1,
        "name": source.name,
        "type": "prometheus",
        "typeName": "Prometheus",
        "access": "proxy",
        "url": source.url,
        "user": "",
        "database": "",
        "basicAuth": False,
        "isDefault": place == 0,
        "jsonData": {"httpMethod": "POST"},
        "readOnly": True,
        "watchglass": {
            "kind": source.kind,
            "state": state.word,
            "since": state.since_ms,
            "error": state.error,
            "message": source.trouble,
            "dataSince": source.data_since_ms,
        },
    }
