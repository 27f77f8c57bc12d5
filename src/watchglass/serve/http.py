"""The whole HTTP application: the route table, and the layers around it, from outside in.

Observer > SelfAnswer > FaultBoundary > Compressor > FrontDoor > FaultBoundary > prefix > router > endpoint.

A fault of an endpoint is answered within the front door, which marks the answer like any other; a fault of the layers
around it by the boundary outside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from watchglass.serve.admin_api import AdminApi
from watchglass.serve.alerting_api import AlertingApi
from watchglass.serve.alertmanager_api import AlertmanagerApi
from watchglass.serve.annotation_api import AnnotationApi
from watchglass.serve.client_errors_api import ClientErrorsApi
from watchglass.serve.compress import Compressor
from watchglass.serve.dashboard_api import DashboardApi
from watchglass.serve.dashboard_history_api import DashboardHistoryApi
from watchglass.serve.dashboard_preview_api import DashboardPreviewApi
from watchglass.serve.dashboard_save_api import DashboardSaveApi
from watchglass.serve.dinoair_api import DinoAirApi
from watchglass.serve.expression_api import ExpressionApi
from watchglass.serve.federate import FederateApi
from watchglass.serve.folder_api import FolderApi
from watchglass.serve.front_door import FrontDoor
from watchglass.serve.health_api import HealthApi
from watchglass.serve.import_api import ImportApi
from watchglass.serve.metrics_api import MetricsApi
from watchglass.serve.observe import FaultBoundary, Observer
from watchglass.serve.operator_api import OperatorApi
from watchglass.serve.pack_api import PackApi
from watchglass.serve.parts import Parts
from watchglass.serve.prometheus_api import PrometheusApi
from watchglass.serve.rules_api import RulesApi
from watchglass.serve.self_answer import SelfAnswer
from watchglass.serve.source_api import SourceApi
from watchglass.serve.status_api import StatusApi
from watchglass.serve.table import Endpoint
from watchglass.serve.trash_api import TrashApi
from watchglass.serve.tsdb_api import TsdbApi
from watchglass.serve.ui import Ui


def route_table(parts: Parts, ui: Ui) -> list[Endpoint]:
    """Every endpoint, in the order in which addresses are matched."""
    return [
        *HealthApi(parts.health).endpoints(),
        *MetricsApi(parts.registry).endpoints(),
        *AdminApi(parts).endpoints(),
        *PrometheusApi(parts).endpoints(),
        *ExpressionApi(parts).endpoints(),
        *RulesApi(parts).endpoints(),
        *AlertmanagerApi(parts).endpoints(),
        *AlertingApi(parts).endpoints(),
        *FederateApi(parts).endpoints(),
        *ImportApi(parts).endpoints(),
        *TsdbApi(parts).endpoints(),
        *OperatorApi(parts).endpoints(),
        *StatusApi(parts).endpoints(),
        *DashboardApi(parts).endpoints(),
        *DashboardSaveApi(parts).endpoints(),
        *DashboardPreviewApi(parts).endpoints(),
        *DashboardHistoryApi(parts).endpoints(),
        *TrashApi(parts).endpoints(),
        *FolderApi(parts).endpoints(),
        *AnnotationApi(parts).endpoints(),
        *PackApi(parts).endpoints(),
        *DinoAirApi(parts).endpoints(),
        *SourceApi(parts).endpoints(),
        *ClientErrorsApi(parts).endpoints(),
        *ui.endpoints(),
    ]


def build_application(parts: Parts) -> ASGIApp:
    """The ASGI application over `parts`, which may still be coming up."""
    ui = Ui(parts.options.prefix, refresh_ms=parts.options.refresh_ms)
    routes = [endpoint.route() for endpoint in route_table(parts, ui)]
    router = _Exact(routes, Router(routes, redirect_slashes=False, default=ui.default))
    inner = FrontDoor(FaultBoundary(_Prefix(router, parts.options.prefix)), parts.options)
    outer = SelfAnswer(FaultBoundary(Compressor(inner, parts.options.compress_from_bytes)), parts.instance)
    return Observer(outer, {route.endpoint: route.path for route in routes} | {ui.asset: "static"}, parts.registry)


class _Exact:
    """Finds the one route of an address without parameters at once; patterns and methods are tried for all others."""

    def __init__(self, routes: Sequence[Route], otherwise: ASGIApp) -> None:
        times = Counter(route.path for route in routes)
        self._routes = {route.path: route for route in routes if "{" not in route.path and times[route.path] == 1}
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._routes.get(scope["path"])
        if route is None or scope.get("root_path"):
            await self._otherwise(scope, receive, send)
            return
        scope["endpoint"], scope["path_params"] = route.endpoint, {}
        await route.handle(scope, receive, send)


class _Prefix:
    """Takes the external URL's path off, whether or not the proxy in front has done so already."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app, self._prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if self._prefix and (path == self._prefix or path.startswith(self._prefix + "/")):
            scope["path"] = path[len(self._prefix) :] or "/"
        await self._app(scope, receive, send)
