"""The metric types: what is said of a wrong use, and when a gauge begins."""

from __future__ import annotations

from threading import Thread

import pytest
from prometheus_client import generate_latest

from watchglass.sdk.metrics import Counter, Gauge, Histogram, Registry


@pytest.fixture
def registry():
    return Registry()


@pytest.fixture
def requests(registry):
    return Counter("requests_total", "Requests.", ["method", "status"], registry=registry)


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (lambda it: it.labels(metod="chat", status="ok"), 'no label "metod", its labels are method, status; did you mean "method"?'),
        (lambda it: it.labels(method="chat"), "the label status is missing, its labels are method, status"),
        (lambda it: it.labels("chat"), "its labels are method, status, and 1 were given"),
        (lambda it: it.labels("chat", status="ok"), "in their order or by name, not both"),
        (lambda it: it.labels("chat", "ok").labels("chat", "ok"), "its labels are given already"),
        (lambda it: it.inc(), r"say first which series is meant, with .labels\(method=..., status=...\)"),
        (lambda it: it.labels("chat", "ok").inc(-1), "a counter never falls, and -1 cannot be added"),
        (lambda it: it.labels("chat", "ok").inc(float("nan")), "a counter never falls, and nan cannot be added"),
    ],
)  # fmt: skip
def test_a_wrong_use_is_refused_by_the_name_of_the_metric(requests, registry, use, said):
    with pytest.raises(ValueError, match=said) as refused:
        use(requests)
    assert str(refused.value).startswith("requests_total: ")
    assert registry.get_sample_value("requests_total", {"method": "chat", "status": "ok"}) in (None, 0)


def test_labels_of_a_metric_without_any(registry):
    with pytest.raises(ValueError, match="plain: it has no labels"):
        Histogram("plain", "Plain.", registry=registry).labels("x")


@pytest.mark.parametrize("again", [Counter, Gauge, Histogram])
def test_a_name_that_is_there_already_is_refused(requests, registry, again):
    with pytest.raises(ValueError, match="requests_total is in this registry already"):
        again("requests_total", "Requests.", registry=registry)
    again("requests_total", "Requests.", registry=Registry())


def test_a_gauge_begins_with_its_first_value(registry):
    balance = Gauge("balance_usd", "Money left.", registry=registry)
    assert "\nbalance_usd " not in generate_latest(registry).decode()
    assert registry.get_sample_value("balance_usd") is None
    balance.set(0)
    assert registry.get_sample_value("balance_usd") == 0


@pytest.mark.parametrize("change", ["set", "inc", "dec"])
@pytest.mark.parametrize("nothing", [None, "n/a"])
def test_a_value_that_is_none_leaves_a_gauge_unknown(registry, change, nothing):
    balance = Gauge("balance", "Money", ["of"], registry=registry).labels("me")
    with pytest.raises((TypeError, ValueError)):
        getattr(balance, change)(nothing)
    assert registry.get_sample_value("balance", {"of": "me"}) is None
    balance.inc(2)
    assert registry.get_sample_value("balance", {"of": "me"}) == 2


def test_gauges_count_and_follow(registry):
    active = Gauge("active", "Active.", ["room"], registry=registry)
    active.labels("a").inc(3)
    active.labels("a").dec()
    with active.labels("b").track_inprogress():
        assert registry.get_sample_value("active", {"room": "b"}) == 1
    size = Gauge("size", "Size.", registry=registry)
    size.set_function(lambda: 7)

    assert registry.get_sample_value("active", {"room": "a"}) == 2
    assert registry.get_sample_value("active", {"room": "b"}) == 0
    assert registry.get_sample_value("size") == 7


def test_buckets_are_ones_own(registry):
    Histogram("lag_seconds", "Lag.", ["job"], buckets=[0.5, 2], registry=registry).labels("a").observe(1)
    bounds = {
        sample.labels["le"]: sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.name == "lag_seconds_bucket"
    }
    assert bounds == {"0.5": 0, "2.0": 1, "+Inf": 1}


def test_nothing_is_lost_between_threads(requests, registry):
    active = Gauge("active", "Active.", registry=registry)

    def work():
        for _ in range(5_000):
            requests.labels("chat", "ok").inc()
            active.inc()

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert registry.get_sample_value("requests_total", {"method": "chat", "status": "ok"}) == 40_000
    assert registry.get_sample_value("active") == 40_000
