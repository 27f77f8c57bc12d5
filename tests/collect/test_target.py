"""From a discovered address to a URL, an interval and labels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from watchglass.collect.job import RelabelAction, RelabelRule, ScrapeJob, TargetGroup
from watchglass.collect.relabel import compile_rules
from watchglass.collect.target import DroppedTarget, Target, build_targets
from watchglass.model.labels import Labels


def build(job=None, own=None, shared=(), *rules):
    job = job or ScrapeJob("app", scrape_interval_ms=15_000)
    own = {"__address__": "localhost:80"} if own is None else own
    group = TargetGroup("test", (Labels.of(own),), Labels.of(shared))
    (built,) = build_targets(job, [group], compile_rules(rules))
    return built


def put(target, value):
    return RelabelRule(target_label=target, replacement=value)


def test_what_a_job_says():
    params = {"module": ("http_2xx", "second"), "a": ("ä &",)}
    job = ScrapeJob("app", 90_000, 10_000, scheme="https", metrics_path="/api/metrics", params=params)
    target = build(job)
    assert target == Target(
        url="https://localhost:80/api/metrics?a=%C3%A4+%26&module=http_2xx&module=second",
        labels=Labels.of(job="app", instance="localhost:80"),
        discovered=Labels.of(
            job="app",
            __address__="localhost:80",
            __scheme__="https",
            __metrics_path__="/api/metrics",
            __scrape_interval__="1m30s",
            __scrape_timeout__="10s",
            __param_module="http_2xx",
            __param_a="ä &",
        ),
        interval_ms=90_000,
        timeout_ms=10_000,
        key=target.key,
    )


def test_the_target_outranks_its_group_and_the_group_the_job():
    target = build(None, {"__address__": "h:1", "env": "own"}, {"env": "group", "job": "group", "zone": "z"})
    assert target.labels == Labels.of(env="own", job="group", zone="z", instance="h:1")


def test_meta_and_internal_labels_are_seen_by_rules_only():
    copy = RelabelRule(source_labels=("__meta_x",), target_label="x")
    target = build(None, {"__address__": "h:1", "__meta_x": "m", "__tmp": "t"}, (), copy)
    assert target.labels == Labels.of(x="m", job="app", instance="h:1")
    assert target.discovered.get("__meta_x") == "m"


def test_rules_change_url_interval_and_instance():
    rules = [
        put("__address__", "other:9"), put("__scheme__", "https"), put("__metrics_path__", "probe"),
        put("__param_target", "x y"), put("__scrape_interval__", "1m"), put("__scrape_timeout__", "5s"), put("instance", "me"),
    ]  # fmt: skip
    target = build(None, None, (), *rules)
    assert (target.url, target.interval_ms, target.timeout_ms) == ("https://other:9/probe?target=x+y", 60_000, 5_000)
    assert target.labels.get("instance") == "me"


def test_a_parameter_label_replaces_the_first_value_only():
    job = ScrapeJob("app", params={"m": ("one", "two")})
    assert build(job, None, (), put("__param_m", "new")).url.endswith("?m=new&m=two")


def test_no_port_is_added():
    assert build(None, {"__address__": "example.org"}).url == "http://example.org/metrics"
    assert build(None, {"__address__": "example.org"}).labels.get("instance") == "example.org"


def test_a_dropped_target_keeps_its_discovered_labels():
    built = build(None, None, (), RelabelRule(RelabelAction.DROP, ("job",), regex="app"))
    assert isinstance(built, DroppedTarget)
    assert (built.discovered.get("__address__"), built.reason) == ("localhost:80", "")


@pytest.mark.parametrize(
    ("own", "rules", "reason"),
    [
        ({"x": "y"}, [], "there is no __address__"),
        (
            {"__address__": "http://h:1"},
            [],
            "the address 'http://h:1' is not HOST:PORT; a path belongs in metrics_path",
        ),
        (
            None,
            [put("__scrape_interval__", "soon")],
            "__scrape_interval__: 'soon' is not a duration such as 15s or 1m30s",
        ),
        (None, [put("__scrape_timeout__", "0s")], "__scrape_timeout__ cannot be 0"),
        (None, [put("__scrape_timeout__", "1h")], "the scrape timeout 1h is longer than the interval 15s"),
    ],
)
def test_labels_that_do_not_say_how_to_scrape(own, rules, reason):
    assert build(None, own, (), *rules).reason == reason


def test_identity_and_spread_follow_labels_and_url():
    target = build()
    assert build().key == target.key
    assert build().spread == target.spread
    others = [
        build(None, {"__address__": "localhost:81"}),
        build(None, None, {"env": "x"}),
        build(replace(ScrapeJob("app", scrape_interval_ms=15_000), params={"a": ("b",)})),
        build(ScrapeJob("app", scrape_interval_ms=30_000)),
    ]
    assert len({each.key for each in (target, *others)}) == 5
    assert len({each.spread for each in (target, *others)}) == 5
