"""The seam through which panels ask: whatever answers PromQL is a Source, this process's own engine as well as a server.

A Source gives results as the engine does, so that one renderer and one range cache serve them all.
"""

from __future__ import annotations

import threading
from typing import Protocol

from watchglass.promql.engine import QueryResult


class Source(Protocol):
    """Answers PromQL. `promql.engine.Engine` is one as it is. Safe to use from several threads."""

    def instant(
        self,
        query: str,
        time_ms: int,
        *,
        timeout_ms: int | None = None,
        lookback_ms: int | None = None,
        cancel: threading.Event | None = None,
    ) -> QueryResult:
        """Evaluate at one time.

        Args:
            query: PromQL.
            time_ms: the evaluation time.
            timeout_ms: less than the source's own, if given.
            lookback_ms: instead of the source's own.
            cancel: set it to stop the query.

        Raises:
            QueryError: see errors.py; a source that cannot be reached raises one whose kind is `unavailable`.
        """

    def range(
        self,
        query: str,
        start_ms: int,
        end_ms: int,
        step_ms: int,
        *,
        timeout_ms: int | None = None,
        lookback_ms: int | None = None,
        cancel: threading.Event | None = None,
    ) -> QueryResult:
        """Evaluate at every step from start to end: a matrix whose data is a Vector over the steps.

        Args:
            query: PromQL of a scalar or an instant vector.
            start_ms: the first step.
            end_ms: no step is later; not before the start.
            step_ms: distance of the steps; positive.
            timeout_ms: less than the source's own, if given.
            lookback_ms: instead of the source's own.
            cancel: set it to stop the query.

        Raises:
            QueryError: as for `instant`.
        """
