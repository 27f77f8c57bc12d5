"""What Awareness Network's simulated API offers: one row a route, with what a request of it costs the parts behind it."""

from __future__ import annotations

from typing import NamedTuple


class Route(NamedTuple):
    """A route of the API.

    Attributes:
        method: of HTTP.
        path: its template.
        weight: how often it is asked, beside the others.
        median_s: how long it takes without database.
        operation: what it asks the database; empty for nothing.
        model: of which data model.
        queries: how many times.
        sent: bytes of a request's body.
        answered: bytes of an answer's.
    """

    method: str
    path: str
    weight: float
    median_s: float
    operation: str
    model: str
    queries: int
    sent: float
    answered: float


ROUTES = (
    Route("GET", "/api/agents", 18, 0.012, "findMany", "Agent", 1, 0, 9_000),
    Route("GET", "/api/agents/:id", 21, 0.008, "findUnique", "Agent", 1, 0, 2_400),
    Route("POST", "/api/agents", 1.2, 0.03, "create", "Agent", 2, 1_800, 900),
    Route("GET", "/api/memories", 14, 0.022, "findMany", "Memory", 2, 0, 34_000),
    Route("POST", "/api/memories", 6, 0.028, "create", "Memory", 1, 6_000, 500),
    Route("GET", "/api/marketplace/packages", 12, 0.018, "findMany", "Package", 1, 0, 48_000),
    Route("GET", "/api/marketplace/packages/:id", 9, 0.01, "findUnique", "Package", 1, 0, 5_200),
    Route("POST", "/api/marketplace/purchase", 1.1, 0.16, "update", "Transaction", 3, 700, 1_100),
    Route("POST", "/api/collab/sessions", 1.4, 0.045, "create", "Session", 2, 900, 800),
    Route("GET", "/api/collab/sessions/:id", 10, 0.012, "findUnique", "Session", 1, 0, 3_600),
    Route("POST", "/api/auth/login", 2.3, 0.09, "findUnique", "User", 1, 300, 700),
    Route("GET", "/health", 4, 0.001, "", "", 0, 0, 60),
)
