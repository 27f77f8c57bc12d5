"""From what a target exposes to what is stored: target labels, metric relabelling, label limits.

Source: prometheus/prometheus, scrape/scrape.go (mutateSampleLabels, resolveConflictingExposedLabels,
mutateReportSampleLabels, verifyLabelLimits).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from watchglass.collect.job import ScrapeJob, ScrapeLimits
from watchglass.collect.relabel import MutableLabels, compile_rules
from watchglass.errors import ExpositionError
from watchglass.model.labels import METRIC_NAME, Labels

_EXPORTED = "exported_"


class SeriesNamer:
    """Gives each exposed series of one target its final labels."""

    def __init__(self, job: ScrapeJob, target_labels: Labels) -> None:
        self._honor_labels = job.honor_labels
        self._limits = job.limits
        self._target_labels = dict(target_labels)
        self._relabel = compile_rules(job.metric_relabel, key="metric_relabel_configs")

    def name(self, exposed: Mapping[str, str]) -> Labels | None:
        """The labels that are stored; None when relabelling drops the series.

        Where labels are honored, an empty one keeps the target's away: so federation and the Pushgateway say that a
        series has no `instance`.

        Args:
            exposed: the labels as written, empty ones too.

        Raises:
            ExpositionError: a label limit is exceeded, or relabelling took the metric's name away.
        """
        labels = dict(exposed)
        if self._honor_labels:
            labels = self._target_labels | labels
        else:
            _set_target_labels(labels, self._target_labels)
        labels = {name: value for name, value in labels.items() if value}
        if not self._relabel(labels) or not labels:
            return None
        if not labels.get(METRIC_NAME):
            raise ExpositionError("relabelling left a series without a metric name (__name__)")
        _check_limits(labels, self._limits)
        return Labels.of(labels)


def _set_target_labels(labels: MutableLabels, target_labels: MutableLabels) -> None:
    """The target's word counts; what the series said is kept as `exported_...`, under the first free name."""
    clashing = sorted(((name, labels[name]) for name in target_labels if labels.get(name)), key=_length_of_name)
    labels |= target_labels
    for name, value in clashing:
        free = _EXPORTED + name
        while labels.get(free):
            free = _EXPORTED + free
        labels[free] = value


def _length_of_name(label: tuple[str, str]) -> int:
    return len(label[0])


def report_labels(metric: str, target_labels: Labels) -> Labels:
    """The labels of a series that a scrape reports of itself, such as `up`."""
    return Labels.of(target_labels, __name__=metric)


def _check_limits(labels: MutableLabels, limits: ScrapeLimits) -> None:
    shown = labels[METRIC_NAME][:50]
    if limits.labels and len(labels) > limits.labels:
        raise ExpositionError(f"label_limit exceeded: {shown} has {len(labels)} labels, the limit is {limits.labels}")
    if limits.label_name_bytes:
        _check_lengths("label_name_length_limit", shown, labels, limits.label_name_bytes, lambda name: name)
    if limits.label_value_bytes:
        _check_lengths("label_value_length_limit", shown, labels, limits.label_value_bytes, labels.__getitem__)


def _check_lengths(
    limit_name: str, metric: str, labels: MutableLabels, limit: int, text_of: Callable[[str], str]
) -> None:
    for name in labels:
        length = len(text_of(name).encode())
        if length > limit:
            raise ExpositionError(
                f"{limit_name} exceeded: {metric}, label {name[:50]!r}: {length} bytes, the limit is {limit}"
            )
