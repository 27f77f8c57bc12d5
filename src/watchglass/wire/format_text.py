"""Writing families as an exposition, in Prometheus's text format or OpenMetrics.

Source: prometheus/docs, content/docs/instrumenting/exposition_formats.md; the OpenMetrics 1.0 specification;
names beyond the classic letters are quoted as Prometheus's UTF-8 proposal has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from watchglass.model.labels import escape
from watchglass.model.metadata import Family, MetricType
from watchglass.model.sample import Sample
from watchglass.wire.content_type import Format
from watchglass.wire.number import canonical_float, format_value

_METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_TEXT_TYPES = {
    MetricType.GAUGE_HISTOGRAM: "histogram",
    MetricType.INFO: "gauge",
    MetricType.STATE_SET: "gauge",
    MetricType.UNKNOWN: "untyped",
}
"""How the text format calls what it has no word for."""

_SUFFIX = {MetricType.COUNTER: "_total", MetricType.INFO: "_info"}
"""What OpenMetrics takes off a family's name and keeps on its samples'."""


def format_families(families: Iterable[Family], body_format: Format = Format.TEXT) -> bytes:
    """One body of the families in their order; in OpenMetrics it ends with `# EOF`."""
    openmetrics = body_format is Format.OPENMETRICS
    lines = [line for family in families for line in _family(family, openmetrics=openmetrics)]
    if openmetrics:
        lines.append("# EOF")
    return "".join(f"{line}\n" for line in lines).encode()


def _family(family: Family, *, openmetrics: bool) -> Iterator[str]:
    suffix = _SUFFIX.get(family.type, "") if openmetrics else ""
    name = _quoted_unless(_METRIC_NAME, family.name.removesuffix(suffix))
    kind = family.type.value if openmetrics else _TEXT_TYPES.get(family.type, family.type.value)
    if family.help:
        text = escape(family.help) if openmetrics else family.help.replace("\\", "\\\\").replace("\n", "\\n")
        yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
    if openmetrics and family.unit:
        yield f"# UNIT {name} {family.unit}"
    for sample in family.samples:
        yield _sample(sample, suffix, openmetrics=openmetrics)


def _sample(sample: Sample, suffix: str, *, openmetrics: bool) -> str:
    name = sample.name
    if suffix and not name.endswith((suffix, "_created")):
        name += suffix
    pairs = [f'{_quoted_unless(_LABEL_NAME, key)}="{escape(_bound(key, value))}"' for key, value in sample.labels]
    if _METRIC_NAME.fullmatch(name):
        series = f"{name}{{{','.join(pairs)}}}" if pairs else name
    else:
        series = f"{{{','.join([_quoted_unless(_METRIC_NAME, name), *pairs])}}}"
    return f"{series} {format_value(sample.value)}{_timestamp(sample.timestamp_ms, openmetrics=openmetrics)}"


def _bound(key: str, value: str) -> str:
    return canonical_float(value) if key in {"le", "quantile"} else value


def _timestamp(timestamp_ms: int | None, *, openmetrics: bool) -> str:
    if timestamp_ms is None:
        return ""
    if not openmetrics:
        return f" {timestamp_ms}"
    sign, (seconds, rest) = "-" if timestamp_ms < 0 else "", divmod(abs(timestamp_ms), 1000)
    return f" {sign}{seconds}.{rest:03d}"


def _quoted_unless(plain: re.Pattern[str], name: str) -> str:
    return name if plain.fullmatch(name) else f'"{escape(name)}"'
