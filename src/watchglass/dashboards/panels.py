"""One panel for one metric family: what is asked, in which unit, and how the series are named.

Queries are PromQL with Grafana's `$__rate_interval`. Labels that would draw too many lines are summed away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from watchglass.columns import LabelTable
from watchglass.dashboards.exposed import Exposed, Kind, combinations
from watchglass.dashboards.grafana import Json, panel, target
from watchglass.dashboards.units import gauge_unit, rate_unit
from watchglass.model.labels import escape

MAX_LINES = 12  # of one chart
MAX_QUANTILE_LINES = 4  # label values in a chart of three quantiles
MAX_STATS = 6  # numbers in one stat panel
WINDOW = "[$__rate_interval]"
QUANTILES = (0.5, 0.95, 0.99)

# Labels that tell most come first; labels that tell single things apart come last.
_TELLING = (
    *("model", "provider", "type", "status", "code", "method", "operation", "mode", "state", "reason", "error_type"),
    *("direction", "gpu", "mountpoint", "device", "queue", "route", "handler", "endpoint", "path", "name", "instance"),
)
_NUMEROUS = ("cpu", "core", "id", "uid", "uuid", "session", "user", "trace_id", "address", "pid", "thread")

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
# Words that PromQL does not take for a name everywhere: numbers and keywords; quoted, they are names.
_WORDS = frozenset(
    ("nan", "inf", "and", "or", "unless", "atan2", "bool", "on", "ignoring", "group_left", "group_right")
)
# Values that are not added up when labels are left out: a sum of temperatures means nothing.
_INTENSIVE = {"percentunit", "percent", "celsius", "s", "ms", "hertz", "volt", "rotrpm"}


def draw(family: Exposed, job: str, table: LabelTable, title: str) -> Json:
    """The panel of a family; every kind has one."""
    drawn = _DRAWERS[family.kind](_Drawing(family, job, table, title))
    about = family.metadata.help.strip()
    return drawn | {"description": f"{about}\n\n`{family.name}`".strip()}


class _Drawing:
    """A family on its way to a panel."""

    def __init__(self, family: Exposed, job: str, table: LabelTable, title: str) -> None:
        self.family, self.job, self.table, self.title = family, job, table, title
        self.declared_unit = family.metadata.unit

    def select(self, suffix: str = "", window: str = "") -> str:
        """A selector of this family's series in this job."""
        return select(self.family.name + suffix, self.job) + window

    def labels(self, limit: int) -> list[str]:
        """The labels to keep, so that at most `limit` lines are drawn; the most telling first."""
        kept: list[str] = []
        lines = 1
        for label in sorted(self.family.varying, key=_order):
            more = combinations(self.table, self.family.rows, [*kept, label])
            if lines < more <= limit:  # a label that tells nothing more is left out of the legend
                kept, lines = [*kept, label], more
        return kept

    def keeps_all(self, labels: Sequence[str]) -> bool:
        """Whether the kept labels still tell every series apart."""
        return combinations(self.table, self.family.rows, labels) == len(self.family.rows)

    def legend(self, labels: Sequence[str], *, otherwise: str = "") -> str:
        """A legend that names the labels."""
        return " ".join(f"{{{{{label}}}}}" for label in labels) or otherwise or self.title


def select(name: str, job: str) -> str:
    """A selector: `name{job="..."}`, or the quoted form where the name is no plain identifier."""
    if is_plain(name, _NAME):
        return f'{name}{{job="{escape(job)}"}}'
    return f'{{"{escape(name)}", job="{escape(job)}"}}'


def is_plain(name: str, form: re.Pattern[str]) -> bool:
    """Whether PromQL reads the name without quotes."""
    return form.fullmatch(name) is not None and name.lower() not in _WORDS


def by(labels: Sequence[str], *more: str) -> str:
    """A `by` clause with a blank at both ends; nothing where there are no labels."""
    names = [*more, *labels]
    quoted = (name if is_plain(name, _LABEL) else f'"{escape(name)}"' for name in names)
    return f" by ({', '.join(quoted)}) " if names else ""


def _order(label: str) -> tuple[int, str]:
    if label in _TELLING:
        return _TELLING.index(label), label
    return len(_TELLING) + (label in _NUMEROUS), label


def _chart(drawing: _Drawing, targets: Sequence[Json], unit: str, labels: Sequence[str]) -> Json:
    single = len(targets) == 1 and not labels
    custom = {"fillOpacity": 12 if single else 0, "lineWidth": 1}
    defaults = {"unit": unit, "custom": custom} | ({"min": 0} if unit == "percentunit" else {})
    return panel(
        "timeseries",
        drawing.title,
        targets,
        fieldConfig={"defaults": defaults, "overrides": []},
        options={
            "legend": {"showLegend": not single, "displayMode": "list", "placement": "bottom"},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
    )


def _stat(drawing: _Drawing, query: Json, unit: str, *, sparkline: bool, mappings: Sequence[Json] = ()) -> Json:
    return panel(
        "stat",
        drawing.title,
        [query],
        fieldConfig={"defaults": {"unit": unit, "mappings": list(mappings)}, "overrides": []},
        options={
            "reduceOptions": {"calcs": ["lastNotNull"]},
            "graphMode": "area" if sparkline else "none",
            "colorMode": "none",
        },
    )


def _counter(drawing: _Drawing) -> Json:
    labels = drawing.labels(MAX_LINES)
    expr = f"sum{by(labels)}(rate({drawing.select(window=WINDOW)}))"
    unit = rate_unit(drawing.family.name, drawing.declared_unit)
    return _chart(drawing, [target(expr, drawing.legend(labels))], unit, labels)


def _gauge(drawing: _Drawing) -> Json:
    unit = gauge_unit(drawing.family.name, drawing.declared_unit)
    labels = drawing.labels(MAX_LINES)
    expr = drawing.select()
    if not drawing.keeps_all(labels):
        expr = f"{'avg' if unit in _INTENSIVE else 'sum'}{by(labels)}({expr})"
    query = target(expr, drawing.legend(labels))
    if not labels and unit != "percentunit":
        return _stat(drawing, query, unit, sparkline=True)
    return _chart(drawing, [query], unit, labels)


def _histogram(drawing: _Drawing) -> Json:
    labels = drawing.labels(MAX_QUANTILE_LINES)
    buckets = drawing.select("_bucket")
    if drawing.family.kind is Kind.HISTOGRAM:
        buckets = f"rate({buckets}{WINDOW})"
    targets = [
        target(
            f"histogram_quantile({quantile}, sum{by(labels, 'le')}({buckets}))",
            f"p{quantile * 100:g} {drawing.legend(labels, otherwise=' ')}".strip(),
        )
        for quantile in QUANTILES
    ]
    return _chart(drawing, targets, gauge_unit(drawing.family.name, drawing.declared_unit), labels)


def _summary(drawing: _Drawing) -> Json:
    labels = drawing.labels(MAX_LINES)
    total, count = (f"sum{by(labels)}(rate({drawing.select(part, WINDOW)}))" for part in ("_sum", "_count"))
    mean = target(f"{total} / {count}", drawing.legend(labels, otherwise="mean"))
    unit = gauge_unit(drawing.family.name, drawing.declared_unit)
    if not drawing.family.has_quantiles:
        return _chart(drawing, [mean], unit, labels)
    labels = drawing.labels(MAX_QUANTILE_LINES)
    quantiles = f"max{by(labels, 'quantile')}({drawing.select()})"
    return _chart(drawing, [target(quantiles, drawing.legend(["quantile", *labels]))], unit, ["quantile"])


def _info(drawing: _Drawing) -> Json:
    hidden = dict.fromkeys(("Time", "Value", "__name__", "job"), True)
    return panel(
        "table",
        drawing.title,
        [target(drawing.select(), table=True)],
        transformations=[{"id": "organize", "options": {"excludeByName": hidden}}],
    )


def _timestamp(drawing: _Drawing) -> Json:
    labels = drawing.labels(MAX_LINES)
    newest = drawing.select() if drawing.keeps_all(labels) else f"max{by(labels)}({drawing.select()})"
    query = target(f"time() - {newest}", drawing.legend(labels))
    if len(labels) == 0 or combinations(drawing.table, drawing.family.rows, labels) <= MAX_STATS:
        return _stat(drawing, query, "s", sparkline=False)
    return _chart(drawing, [query], "s", labels)


_TRUTH = {"0": {"text": "No", "index": 0}, "1": {"text": "Yes", "index": 1}}


def _boolean(drawing: _Drawing) -> Json:
    labels = drawing.labels(MAX_STATS)
    if drawing.keeps_all(labels):
        mappings = [{"type": "value", "options": _TRUTH}]
        return _stat(
            drawing, target(drawing.select(), drawing.legend(labels)), "none", sparkline=False, mappings=mappings
        )
    share = target(f"avg{by(labels)}({drawing.select()})", drawing.legend(labels))
    return _chart(drawing, [share], "percentunit", labels)


_DRAWERS: Mapping[Kind, Callable[[_Drawing], Json]] = {
    Kind.COUNTER: _counter,
    Kind.GAUGE: _gauge,
    Kind.HISTOGRAM: _histogram,
    Kind.GAUGE_HISTOGRAM: _histogram,
    Kind.SUMMARY: _summary,
    Kind.INFO: _info,
    Kind.TIMESTAMP: _timestamp,
    Kind.BOOLEAN: _boolean,
}
