"""Links to expressions, as Prometheus makes them for its alerts.

Source: prometheus/prometheus, util/strutil/strconv.go.
"""

from __future__ import annotations

from watchglass.gotemplate.texts import query_escape


def table_link(expr: str) -> str:
    """The path that shows what an expression answers, as a table."""
    return f"/graph?g0.expr={query_escape(expr)}&g0.tab=1"


def graph_link(expr: str) -> str:
    """The path that draws an expression."""
    return f"/graph?g0.expr={query_escape(expr)}&g0.tab=0"
