"""Target labels, metric relabelling and label limits."""

from __future__ import annotations

import pytest

from watchglass.collect.job import RelabelAction, RelabelRule, ScrapeJob, ScrapeLimits
from watchglass.collect.series import SeriesNamer
from watchglass.errors import ExpositionError
from watchglass.model.labels import Labels

TARGET = Labels.of(job="app", instance="h:1")


def name(exposed: dict, target=TARGET, **options) -> Labels | None:
    return SeriesNamer(ScrapeJob("app", **options), target).name({"__name__": "up", **exposed})


def test_target_labels_win_and_what_was_exposed_is_kept():
    assert name({"job": "theirs", "x": "y"}) == Labels.of(
        __name__="up", exported_job="theirs", job="app", instance="h:1", x="y"
    )


def test_the_first_free_exported_name_is_taken():
    target = Labels.of(job="app", exported_job="target's")
    assert name({"job": "theirs", "exported_job": "old"}, target) == Labels.of(
        __name__="up",
        job="app",
        exported_job="target's",
        exported_exported_job="theirs",
        exported_exported_exported_job="old",
    )


def test_honor_labels_keeps_what_was_exposed():
    assert name({"job": "theirs"}, honor_labels=True) == Labels.of(__name__="up", job="theirs", instance="h:1")


def test_an_empty_label_keeps_the_targets_away_where_labels_are_honored():
    """As the Pushgateway and federation ask for it: their series have no `instance`."""
    assert name({"instance": ""}, honor_labels=True) == Labels.of(__name__="up", job="app")
    assert name({"instance": ""}) == Labels.of(__name__="up", job="app", instance="h:1")


def test_an_empty_label_counts_as_absent():
    assert name({"job": "theirs", "exported_job": ""}) == Labels.of(
        __name__="up", job="app", instance="h:1", exported_job="theirs"
    )
    assert name({"x": "", "y": ""}, limits=ScrapeLimits(labels=3)) == Labels.of(
        __name__="up", job="app", instance="h:1"
    )


def test_metric_relabelling_sees_target_labels():
    drop = RelabelRule(RelabelAction.DROP, ("__name__", "job"), regex="up;app")
    assert name({}, metric_relabel=(drop,)) is None
    rename = RelabelRule(target_label="__name__", replacement="renamed")
    assert name({}, metric_relabel=(rename,)).name == "renamed"


def test_a_series_without_a_name_is_a_fault():
    rules = (RelabelRule(RelabelAction.LABELDROP, regex="__name__"),)
    with pytest.raises(ExpositionError, match="without a metric name"):
        name({}, metric_relabel=rules)


@pytest.mark.parametrize(
    ("limits", "error"),
    [
        (ScrapeLimits(labels=3), "label_limit exceeded: up has 4 labels, the limit is 3"),
        (ScrapeLimits(label_name_bytes=8), "label_name_length_limit exceeded: up, label 'instance_ä': 11 bytes, the limit is 8"),
        (ScrapeLimits(label_value_bytes=3), "label_value_length_limit exceeded: up, label 'instance_ä': 5 bytes, the limit is 3"),
    ],
)  # fmt: skip
def test_label_limits(limits, error):
    with pytest.raises(ExpositionError) as caught:
        name({"instance_ä": "value"}, Labels.of(job="app", x="1"), limits=limits)
    assert str(caught.value) == error
    assert name({"instance_ä": "value"}, Labels.of(job="app", x="1"), limits=ScrapeLimits(labels=4))
