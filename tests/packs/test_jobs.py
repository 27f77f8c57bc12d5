"""The scrape jobs of packs, beside those of a `prometheus.yml`."""

from __future__ import annotations

from pathlib import Path

import pytest

from watchglass.collect.job import Probe, ProbedLength
from watchglass.packs.asked import PackTarget, parse_target
from watchglass.packs.jobs import HOST_IS_READ, IN_FILE, IS_OPTIONAL, NO_TARGET, Asked, join_jobs
from watchglass.packs.pack import Job, Length, Pack

APP = Job("app", ("app:1",), "/m", "5s")


def pack(*jobs, name="x"):
    return Pack(name, name.upper(), "", Path(), jobs, (), {})


def targets(joined):
    return {job.name: [dict(labels) for group in job.static for labels in group.targets] for job in joined.jobs}


def test_a_job_is_scraped_as_its_pack_says():
    (job,) = join_jobs([pack(APP)], Asked(body_bytes=7)).jobs
    assert (job.name, job.metrics_path, job.scrape_interval_ms, job.scrape_timeout_ms) == ("app", "/m", 5000, 5000)
    assert job.limits.body_bytes == 7
    assert [dict(labels) for labels in job.static[0].targets] == [{"__address__": "app:1"}]


def test_a_probe_is_told_what_to_count():
    probed = Job("ollama", ("o:1",), "/", kind="http_probe", lengths=(Length("models", "/api/ps", "models"),))
    plain, probe = join_jobs([pack(APP, probed)], Asked()).jobs
    assert plain.probe is None
    assert probe.probe == Probe((ProbedLength("models", "/api/ps", "models"),))


def test_a_job_without_an_interval_has_that_of_all():
    (job,) = join_jobs([pack(Job("app", ("app:1",)))], Asked(interval_ms=60_000)).jobs
    assert (job.scrape_interval_ms, job.scrape_timeout_ms) == (60_000, 10_000)


@pytest.mark.parametrize(
    ("job", "asked", "reason"),
    [
        (APP, Asked(taken={"app"}), IN_FILE),
        (APP, Asked(taken={"app"}, targets=[parse_target("app=b:2")]), IN_FILE),
        (Job("app"), Asked(), NO_TARGET),
        (Job("app"), Asked(targets=[parse_target("app=b:2")]), ""),
        (Job("app", ("a:1",), optional=True), Asked(), IS_OPTIONAL),
        (Job("app", ("a:1",), optional=True), Asked(switched_on=["app"]), ""),
        (Job("app", ("a:1",), optional=True), Asked(targets=[parse_target("app=b:2")]), ""),
        (Job("app", optional=True), Asked(switched_on=["app"]), NO_TARGET),
        (Job("host", ("localhost:9100",)), Asked(host_is_read=True), HOST_IS_READ),
        (Job("host", ("localhost:9100",)), Asked(), ""),
        (Job("host", ("node-exporter:9100",)), Asked(host_is_read=True), ""),
        (Job("host", ("localhost:9100",)), Asked(host_is_read=True, switched_on=["host"]), ""),
    ],
)
def test_why_a_job_is_left_out(job, asked, reason):
    joined = join_jobs([pack(job)], asked)
    assert joined.left_out.get(job.name, "") == reason
    assert [each.name for each in joined.jobs] == ([] if reason else [job.name])
    assert bool(joined.notices) == (reason == NO_TARGET)


def test_a_job_of_two_packs_is_scraped_once_as_the_first_one_says():
    joined = join_jobs([pack(APP), pack(Job("app", ("b:2",)), Job("other", ("c:3",)), name="y")], Asked())
    assert targets(joined) == {"app": [{"__address__": "app:1"}], "other": [{"__address__": "c:3"}]}


def test_settings_say_where_a_job_is():
    asked = Asked(targets=[parse_target("app=in=https://b:2/p"), parse_target("app=c:3")])
    assert targets(join_jobs([pack(APP)], asked)) == {
        "app": [
            {"__address__": "b:2", "__metrics_path__": "/p", "__scheme__": "https", "instance": "in"},
            {"__address__": "c:3"},
        ]
    }


def test_names_that_no_pack_has_are_told():
    asked = Asked(targets=[parse_target("ap=b:2"), parse_target("ap=b:3")], switched_on=["q"])
    assert join_jobs([pack(APP)], asked).notices == (
        "pack.targets: no pack that is switched on has a job ap; did you mean app?",
        "pack.jobs: no pack that is switched on has a job q",
    )


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a=b:1", PackTarget("a", "b:1")),
        ("a=[::1]:80", PackTarget("a", "[::1]:80")),
        (" a=b:1/x/y ", PackTarget("a", "b:1", path="/x/y")),
        ("a=i:9=b:1", PackTarget("a", "b:1", "i:9")),
        ("a=http://b:1", PackTarget("a", "b:1", scheme="http")),
    ],
)
def test_a_target_is_read(text, read):
    assert parse_target(text) == read


@pytest.mark.parametrize("text", ["", "a", "a=b", "=b:1", "a=b:99999", "a=b:1:2", "a=ftp://b:1"])
def test_what_is_no_target_is_refused(text):
    with pytest.raises(ValueError, match="expected JOB=HOST:PORT"):
        parse_target(text)
