"""One panel for one metric family: what is asked, in which unit, and how the series are named.

Queries are PromQL with Grafana's `$__rate_interval`. Labels that would draw too many lines are summed away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from watchglass.columns import LabelTable
from watchglass.dashboards.exposed import Exposed, Kind, combinations, values_of
from watchglass.dashboards.grafana import Json, panel, target
from watchglass.dashboards.units import gauge_unit, rate_unit
from watchglass.model.labels import escape

MAX_LINES = 12  # of one chart
MAX_QUANTILE_GROUPS = 4  # label values in a chart of quantiles
MAX_QUANTILE_LINES = 8  # of a chart of quantiles; with more, only the median and p95 are drawn
MAX_STATS = 6  # numbers in one stat panel
WINDOW = "[$__rate_interval]"
QUANTILES = (0.5, 0.95, 0.99)
FEWER_QUANTILES = (0.5, 0.95)

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
    about = (family.metadata.help.strip(), drawn.get("description"), f"`{family.name}`")
    return drawn | {"description": "\n\n".join(filter(None, about))}


class _Drawing:
    """A family on its way to a panel."""

    def __init__(self, family: Exposed, job: str, table: LabelTable, title: str) -> None:
        self.family, self.job, self.table, self.title = family, job, table, title
        self.declared_unit = family.metadata.unit

    def select(self, suffix: str = "", window: str = "", *, matcher: str = "") -> str:
        """A selector of this family's series in this job; `matcher` narrows it further."""
        return select(self.family.name + suffix, self.job, matcher) + window

    def values(self, label: str) -> list[str]:
        """The values of one label."""
        return values_of(self.table, self.family.rows, label)

    def lines(self, labels: Sequence[str]) -> int:
        """How many lines the kept labels make."""
        return combinations(self.table, self.family.rows, labels)

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
        return self.lines(labels) == len(self.family.rows)

    def legend(self, labels: Sequence[str], *, otherwise: str = "") -> str:
        """A legend that names the labels."""
        return " ".join(f"{{{{{label}}}}}" for label in labels) or otherwise or self.title


def select(name: str, job: str, matcher: str = "") -> str:
    """A selector: `name{job="..."}`, or the quoted form where the name is no plain identifier."""
    also = f",{matcher}" if matcher else ""
    if is_plain(name, _NAME):
        return f'{name}{{job="{escape(job)}"{also}}}'
    return f'{{"{escape(name)}", job="{escape(job)}"{also}}}'


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
    unit = rate_unit(drawing.family.name, drawing.declared_unit)
    if unit in _TIME_SPENT:
        idle = next((label for label in _IDLE_LABELS if "idle" in drawing.values(label)), None)
        if idle:
            return _busy(drawing, labels, idle)
    expr = f"sum{by(labels)}(rate({drawing.select(window=WINDOW)}))"
    return _chart(drawing, [target(expr, drawing.legend(labels))], unit, labels)


_TIME_SPENT = {"percentunit", "suffix: s/s"}
_IDLE_LABELS = ("mode", "state")


def _busy(drawing: _Drawing, labels: Sequence[str], idle: str) -> Json:
    """What time was spent on, as shares of all time; the time that `idle` tells to be idle is left out."""
    spent = drawing.select(window=WINDOW, matcher=f'{idle}!="idle"')
    whole = [label for label in labels if label != idle]
    match = f"ignoring ({idle}) group_left " if idle in labels else ""
    expr = f"sum{by(labels)}(rate({spent})) / {match}sum{by(whole)}(rate({drawing.select(window=WINDOW)}))"
    chart = _chart(drawing, [target(expr, drawing.legend(labels))], "percentunit", labels)
    return chart | {"description": "Shares of all time; idle time is left out."}


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
    labels = drawing.labels(MAX_QUANTILE_GROUPS)
    fits = drawing.lines(labels) * len(QUANTILES) <= MAX_QUANTILE_LINES
    buckets = drawing.select("_bucket")
    if drawing.family.kind is Kind.HISTOGRAM:
        buckets = f"rate({buckets}{WINDOW})"
    targets = [
        target(
            f"histogram_quantile({quantile}, sum{by(labels, 'le')}({buckets}))",
            f"p{quantile * 100:g} {drawing.legend(labels, otherwise=' ')}".strip(),
        )
        for quantile in (QUANTILES if fits else FEWER_QUANTILES)
    ]
    return _chart(drawing, targets, gauge_unit(drawing.family.name, drawing.declared_unit), labels)


def _summary(drawing: _Drawing) -> Json:
    labels = drawing.labels(MAX_LINES)
    total, count = (f"sum{by(labels)}(rate({drawing.select(part, WINDOW)}))" for part in ("_sum", "_count"))
    mean = target(f"{total} / {count}", drawing.legend(labels, otherwise="mean"))
    unit = gauge_unit(drawing.family.name, drawing.declared_unit)
    if not drawing.family.has_quantiles:
        return _chart(drawing, [mean], unit, labels)
    labels = drawing.labels(MAX_QUANTILE_GROUPS)
    matcher = _few_quantiles(drawing.values("quantile"), drawing.lines(labels))
    quantiles = f"max{by(labels, 'quantile')}({drawing.select(matcher=matcher)})"
    return _chart(drawing, [target(quantiles, drawing.legend(["quantile", *labels]))], unit, ["quantile"])


def _few_quantiles(values: Sequence[str], lines: int) -> str:
    """A matcher for the quantiles nearest to the median and p95; nothing where all of them can be drawn."""
    known = {value: float(value) for value in values if _DECIMAL.fullmatch(value)}
    if not known or len(values) * lines <= MAX_QUANTILE_LINES:
        return ""
    nearest = {min(known, key=lambda value: abs(known[value] - wanted)) for wanted in FEWER_QUANTILES}
    return f'quantile=~"{"|".join(escape(re.escape(value)) for value in sorted(nearest))}"'


_DECIMAL = re.compile(r"[01]?\.?[0-9]{1,20}", re.ASCII)


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
    if len(labels) == 0 or drawing.lines(labels) <= MAX_STATS:
        return _stat(drawing, query, "s", sparkline=False)
    return _chart(drawing, [query], "s", labels)


def _clock(drawing: _Drawing) -> Json:
    """How far a clock is from ours; the newest sample tells both."""
    labels = drawing.labels(MAX_LINES)
    drift = f"{drawing.select()} - timestamp({drawing.select()})"
    expr = drift if drawing.keeps_all(labels) else f"max{by(labels)}({drift})"
    query = target(expr, drawing.legend(labels))
    return _chart(drawing, [query], "s", labels) if labels else _stat(drawing, query, "s", sparkline=True)


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
    Kind.CLOCK: _clock,
    Kind.BOOLEAN: _boolean,
}
