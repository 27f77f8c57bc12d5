"""Packs: those that ship, and what is said of files that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from watchglass.errors import ConfigError
from watchglass.packs.pack import ROLES, Length, read_pack
from watchglass.sdk.declared import pack_names


@pytest.mark.parametrize("name", pack_names())
def test_a_pack_that_ships_is_whole(name):
    pack = read_pack(name)
    assert (pack.name, pack.folder.name) == (name, name)
    assert pack.title
    assert pack.about
    assert pack.jobs


@pytest.mark.parametrize("name", pack_names())
def test_its_roles_and_its_matcher_are_those_of_the_contract(seeds, name):
    roles = seeds["cross_seed"]["proposed_roles"]
    wanted = {role: metrics[name] for role, metrics in roles.items() if role != "error_matcher" and name in metrics}

    pack = read_pack(name)
    assert {role: metric for role, metric in pack.roles.items() if role in wanted} == wanted
    ours = {metric.name for metric in pack.metrics if "all" in metric.added}
    assert {metric for role, metric in pack.roles.items() if role not in wanted} <= ours  # what the guide does not have
    assert read_pack(name).error_matcher == roles["error_matcher"].get(name, "")
    assert set(ROLES) == roles.keys() - {"error_matcher"}


@pytest.mark.parametrize("name", pack_names())
def test_its_jobs_are_those_of_the_guide(seeds, name):
    """Of Watchglass itself, and of what a stack watches of its own, there is no job of the system's."""
    given = [*seeds[name]["scrape_configs"]["jobs"], *seeds[name].get("proposed_scrape_configs", [])]
    jobs = {job.name: job for job in read_pack(name).jobs}
    for row in given:
        if row["job_name"] == "prometheus":
            continue
        job = jobs.pop(row["job_name"])
        assert job.targets == tuple(row.get("targets", ()))
        assert job.scrape_interval == row.get("scrape_interval", "")
        if "corrected" not in row:
            assert job.metrics_path == row.get("metrics_path", "/metrics")
    assert set(jobs) <= {"node-exporter"}


METRICS = "metrics:\n- {name: x_total, type: counter, unit: things, help: Things}\n"
GOOD = "title: X\nabout: It is x.\n"


def folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "metrics.yaml").write_text(METRICS)
    (tmp_path / "pack.yaml").write_text(text)
    return tmp_path


def test_an_own_pack_needs_two_files_and_two_words(tmp_path):
    pack = read_pack(folder(tmp_path, GOOD))
    assert (pack.title, pack.jobs, dict(pack.roles), pack.error_matcher) == ("X", (), {}, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: X\n", "pack.yaml:1: about is missing"),
        (GOOD + "jbos: {}\n", 'pack.yaml:3: unknown key "jbos"; did you mean "jobs"?'),
        (GOOD + "jobs: {x: {target: []}}\n", 'jobs.x: unknown key "target"; did you mean "targets"?'),
        (GOOD + "jobs: {x: {scrape_interval: soon}}\n", "jobs.x.scrape_interval: expected a duration such as 15s"),
        (GOOD + "jobs: {x: {scrape_interval: 0s}}\n", "jobs.x.scrape_interval: expected a duration from 1ms to 24h"),
        (GOOD + "jobs: {x: {scrape_interval: 25h}}\n", "jobs.x.scrape_interval: expected a duration from 1ms to 24h"),
        (GOOD + "jobs: {x: {metrics_path: metrics}}\n", "jobs.x.metrics_path: expected a path that begins with /"),
        (GOOD + "jobs: {x: {optional: perhaps}}\n", "jobs.x.optional: expected true or false"),
        (GOOD + "jobs: {x: {kind: ping}}\n", "jobs.x.kind: expected metrics or http_probe"),
        (GOOD + "jobs: {x: {lengths: {y: {path: /y}}}}\n", "jobs.x.lengths.y: member is missing"),
        (GOOD + "scoped: maybe\n", "scoped: expected true or false"),
        (GOOD + "jobs: {x: {}}\nscoped: [y]\n", 'scoped: expected the name of a job, got "y"; there are x'),
        (GOOD + "start: a page\n", "start: expected a dashboard's uid"),
        (GOOD + "files: {rules: ../x.yml}\n", "files.rules: expected a path below"),
        (GOOD + "files: {rule: x.yml}\n", 'files: unknown key "rule"; did you mean "rules"?'),
        (GOOD + "error_matcher: failed\n", "error_matcher: expected a matcher such as"),
        (GOOD + "roles: {llm.cots: x_total}\n", 'roles: unknown key "llm.cots"'),
        (GOOD + "roles: {llm.cost: x_totl}\n", 'metrics.yaml declares no "x_totl"; did you mean "x_total"?'),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path, text, said):
    with pytest.raises(ConfigError) as refused:
        read_pack(folder(tmp_path, text))
    assert said in str(refused.value)
    assert "pack.yaml" in str(refused.value)


def test_a_probe_asks_the_root_unless_told_otherwise(tmp_path):
    lengths = "lengths: {models: {path: /api/ps, member: models}}"
    text = GOOD + "jobs: {x: {kind: http_probe, " + lengths + "}, y: {kind: http_probe, metrics_path: /health}}\n"
    x, y = read_pack(folder(tmp_path, text)).jobs
    assert (x.kind, x.metrics_path, x.lengths) == ("http_probe", "/", (Length("models", "/api/ps", "models"),))
    assert (y.metrics_path, y.lengths) == ("/health", ())


def test_scope_start_and_files_are_read(tmp_path):
    pack = read_pack(folder(tmp_path, GOOD + "start: x-main\nfiles: {rules: a/b.yml}\n"))
    assert (pack.scoped, pack.start, dict(pack.files)) == ((), "x-main", {"rules": "a/b.yml"})


@pytest.mark.parametrize(("written", "read"), [("true", ("x",)), ("false", ()), ("[y, x]", ("y", "x"))])
def test_scoped_means_the_first_job_or_those_named(tmp_path, written, read):
    assert read_pack(folder(tmp_path, GOOD + f"jobs: {{x: {{}}, y: {{}}}}\nscoped: {written}\n")).scoped == read
