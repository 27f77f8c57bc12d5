"""A pack's metrics in an application, as they are exposed."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from watchglass.sdk.declared import pack_names
from watchglass.sdk.pack_metrics import PackMetrics, made


@pytest.mark.parametrize("pack", pack_names())
def test_all_metrics_of_a_pack_are_exposed_under_their_names_and_types(pack):
    registry = CollectorRegistry()
    metrics = PackMetrics(pack, registry)
    families = {family.name: family for family in text_string_to_metric_families(generate_latest(registry).decode())}

    for one in metrics.declared:
        family = families[one.name.removesuffix("_total") if one.type == "counter" else one.name]
        assert (family.type, family.documentation) == (one.type, one.help)
    assert len(metrics) == len(metrics.declared) == len(list(metrics))


def test_buckets_and_labels_are_those_of_the_pack():
    registry = CollectorRegistry()
    metrics = PackMetrics("sidepanel", registry)
    metrics.histogram("sidepanel_request_duration_seconds").labels(method="chat").observe(0.3)
    metrics.counter("sidepanel_requests_total").labels(method="chat", status="error").inc()
    metrics.gauge("sidepanel_venice_balance_diem").set(42.5)
    bounds = [
        sample.labels["le"]
        for family in registry.collect()
        if family.name == "sidepanel_request_duration_seconds"
        for sample in family.samples
        if sample.name.endswith("_bucket")
    ]

    assert bounds == ["0.01", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "+Inf"]
    assert registry.get_sample_value("sidepanel_requests_total", {"method": "chat", "status": "error"}) == 1
    assert registry.get_sample_value("sidepanel_venice_balance_diem") == 42.5


def test_a_name_that_the_pack_lacks_is_told_the_nearest():
    metrics = PackMetrics("sidepanel", CollectorRegistry())

    with pytest.raises(KeyError, match=r'did you mean \\?"sidepanel_requests_total'):
        metrics["sidepanel_request_total"]
    with pytest.raises(TypeError, match="is a gauge, no counter"):
        metrics.counter("sidepanel_venice_balance_diem")
    assert "sidepanel_nothing" not in metrics


def test_two_packs_live_side_by_side():
    registry = CollectorRegistry()
    for pack in pack_names():
        PackMetrics(pack, registry)
    with pytest.raises(ValueError, match="is in this registry already"):
        PackMetrics("sidepanel", registry)


def test_a_registry_that_has_one_of_the_names_is_left_as_it_was():
    registry = CollectorRegistry()
    last = PackMetrics("sidepanel", CollectorRegistry()).declared[-1]
    made(last, registry)
    with pytest.raises(ValueError, match=f"{last.name} is in this registry already"):
        PackMetrics("sidepanel", registry)
    assert len(list(registry.collect())) == 1
