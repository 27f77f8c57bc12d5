"""Our own `/metrics`, in whichever exposition format the client asks for."""

from __future__ import annotations

import asyncio

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import Response

from watchglass.serve.table import Endpoint


class MetricsApi:
    """Shows a registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            Endpoint("/metrics", self.metrics, "Watchglass's own metrics: OpenMetrics or the text format, by Accept.")
        ]

    async def metrics(self, request: Request) -> Response:
        """Answer with every family of the registry, or those named by `name[]`."""
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        names = request.query_params.getlist("name[]")
        registry = self._registry.restricted_registry(names) if names else self._registry
        body = await asyncio.to_thread(encode, registry)
        return Response(body, headers={"Content-Type": content_type})
