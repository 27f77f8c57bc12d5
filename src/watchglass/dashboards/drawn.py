"""What the browser draws and does with a dashboard: the names that its own tables have, for those who judge documents.

The tables themselves stand in web/src; tests/dashboards/test_drawn.py reads them there, so that neither side can drift.
"""

from __future__ import annotations

import re

from watchglass.dashboards.normalise.overrides import MATCHERS
from watchglass.dashboards.normalise.panel_types import DRAWN
from watchglass.dashboards.normalise.transformations import SUPPORTED

PANEL_TYPES = DRAWN - {"row"}
"""Rows of web/src/panels/index.ts; rows of panels are the page's own."""

SILENT_TYPES = frozenset({"text", "dashlist", "news", "alertlist", "annolist"})
"""Those of them that ask nothing, whatever queries are left over from another type: `needs: "none"` there."""

TRANSFORMATIONS = SUPPORTED
"""Rows of web/src/query/transforms/*.ts, and `noop`, which does nothing by itself."""

FIELD_MATCHERS = MATCHERS
"""Rows of `MATCHERS` in web/src/model/field.ts."""

FRAME_FILTERS = frozenset({"byRefId"})
"""How a transformation chooses its frames: `divide` in web/src/query/transforms/index.ts."""

_UNITS = "smhdwMQy"
_STEP = rf"[+-]\d{{0,9}}[{_UNITS}]|/(?:[{_UNITS}]|f[Qy])"
RELATIVE_TIME = re.compile(rf"now(?:{_STEP})*", re.ASCII)
"""`STEP` in web/src/model/datemath.ts."""

_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[smhdwMy]))+", re.ASCII)
_MOMENT = re.compile(r"\d{10,}|\d{4}-\d{2}-\d{2}.*", re.ASCII)


def is_time(written: str) -> bool:
    """Whether a bound of a time range means something to the page."""
    return any(form.fullmatch(written.strip()) for form in (RELATIVE_TIME, _MOMENT))


def is_span(written: str) -> bool:
    """Whether a panel's own range (`timeFrom`) does: `6h`, or a relative time."""
    return _DURATION.fullmatch(written) is not None or RELATIVE_TIME.fullmatch(written) is not None


def is_shift(written: str) -> bool:
    """Whether a panel's `timeShift` does: `1d`, with or without a sign and a rounding."""
    return _DURATION.fullmatch(written.lstrip("+-").split("/")[0]) is not None
