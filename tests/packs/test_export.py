"""Exported packs: what Prometheus's, Alertmanager's and our own reader of dashboards say of the files."""

from __future__ import annotations

import json
import subprocess

import pytest
import yaml
from pack_support import write_pack
from peer_servers import needs

from watchglass.dashboards.envelope import read_one
from watchglass.dashboards.normalise.document import normalise
from watchglass.errors import ConfigError
from watchglass.packs.export import export_pack, provider_text
from watchglass.packs.pack import read_pack
from watchglass.sdk.declared import pack_names


@pytest.fixture
def exported(tmp_path):
    def export(name, **options):
        folder = tmp_path / name
        export_pack(read_pack(name), folder, **options)
        return folder, read_pack(name)

    return export


def ask(name, *arguments):
    tool = needs(name, "prometheus prometheus-alertmanager")
    return subprocess.run([tool, *arguments], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.real
@pytest.mark.parametrize("name", pack_names())
def test_promtool_and_amtool_take_them(exported, name):
    folder, pack = exported(name)
    config = ask("promtool", "check", "config", str(folder / pack.files["scrape"]))
    assert config.returncode == 0, config.stderr
    rules = ask("promtool", "check", "rules", str(folder / pack.files["rules"])) if "rules" in pack.files else None
    assert rules is None or rules.returncode == 0, rules.stderr
    if "routes" in pack.files:
        routes = ask("amtool", "check-config", str(folder / pack.files["routes"]))
        assert routes.returncode == 0, routes.stderr


@pytest.mark.parametrize("name", pack_names())
def test_dashboards_come_back_without_loss(exported, name):
    folder, pack = exported(name)
    own = {json.loads(path.read_text())["uid"]: path for path in (pack.folder / "dashboards").glob("*.json")}
    found = list(folder.rglob("*.json"))
    assert len(found) == len(own)
    for path in found:
        draft = read_one(path.read_text())
        uid = json.loads(path.read_text())["uid"]
        assert path.read_bytes() == own[uid].read_bytes()
        assert normalise(json.loads(draft.text)).dashboard == normalise(json.loads(own[uid].read_text())).dashboard


@pytest.mark.parametrize("name", pack_names())
def test_jobs_are_those_of_the_pack(exported, name):
    folder, pack = exported(name)
    written = yaml.safe_load((folder / pack.files["scrape"]).read_text())["scrape_configs"]
    assert [job["job_name"] for job in written] == [job.name for job in pack.jobs]
    for one, job in zip(written, pack.jobs, strict=True):
        assert tuple(one["static_configs"][0]["targets"]) == job.targets
        assert one.get("scrape_interval", "") == job.scrape_interval
        assert one["metrics_path"] == (job.metrics_path if job.kind == "metrics" else "/probe")


def test_files_are_called_as_the_guides_call_them(seeds, exported):
    for name in ("sidepanel", "hybrid_ai_stack", "awareness_network"):
        folder, _ = exported(name)
        guide = seeds[name]
        assert (folder / guide["alert_rules"]["file"]).is_file()
        for row in (guide["alertmanager"], guide["scrape_configs"], *guide["dashboards"]):
            assert not (row and row.get("file")) or (folder / row["file"]).is_file()
    provider = seeds["sidepanel"]["provisioning"][0]
    assert yaml.safe_load(provider_text(read_pack("sidepanel"))) == provider["content"]
    assert (folder.parent / "sidepanel" / provider["file"]).is_file()


def test_ollama_is_asked_by_a_blackbox_exporter_and_the_rule_asks_that(exported):
    folder, pack = exported("hybrid_ai_stack")
    assert 'expr: probe_success{job="ollama"} == 0' in (folder / pack.files["rules"]).read_text()
    job = yaml.safe_load((folder / pack.files["scrape"]).read_text())["scrape_configs"][1]
    assert job["relabel_configs"][0]["replacement"] == "http://$1/"


@pytest.mark.parametrize("name", pack_names())
def test_as_written_is_the_guides_text(exported, name):
    folder, pack = exported(name, as_written=True)
    own = sorted(path.read_text() for path in (pack.folder / "as_written").rglob("*") if path.is_file())
    found = [path.read_text() for path in folder.rglob("*") if path.is_file()]
    assert sorted(text for text in found if text != provider_text(pack)) == own


def test_a_folder_that_is_in_use_is_left_alone(tmp_path):
    (tmp_path / "kept").write_text("mine")
    with pytest.raises(ConfigError, match="is there already; name a new folder"):
        export_pack(read_pack("sidepanel"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_where_nothing_can_be_written_the_place_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="file"):
        export_pack(read_pack("sidepanel"), tmp_path / "file" / "below")


def test_a_pack_without_a_guide_has_nothing_as_written(tmp_path):
    with pytest.raises(ConfigError, match="has nothing as its guide has it"):
        export_pack(read_pack(write_pack(tmp_path / "mine")), tmp_path / "out", as_written=True)


def test_names_and_titles_of_ones_own_are_quoted(tmp_path):
    folder = write_pack(tmp_path / "mine", 'jobs: {"a: b": {targets: ["h:1"]}}\n', board="x_total")
    (folder / "pack.yaml").write_text((folder / "pack.yaml").read_text().replace("System mine", "It's mine"))
    export_pack(read_pack(folder), tmp_path / "out")
    assert yaml.safe_load((tmp_path / "out/prometheus.yml").read_text())["scrape_configs"][0]["job_name"] == "a: b"
    assert yaml.safe_load((tmp_path / "out/dashboards.yml").read_text())["providers"][0]["folder"] == "It's mine"


@pytest.mark.real
@pytest.mark.parametrize("name", ["plain", "true", "null", "~", "a: b"])
@pytest.mark.parametrize("path", ["/m", "/m:", '/m"x', "/m?a=#b"])
@pytest.mark.parametrize("kind", ["metrics", "http_probe"])
def test_whatever_a_job_is_called_and_asked_promtool_takes_it(tmp_path, name, path, kind):
    job = json.dumps({name: {"targets": ["h:1"], "metrics_path": path, "kind": kind}})
    export_pack(read_pack(write_pack(tmp_path / "mine", f"jobs: {job}\n")), tmp_path / "out")
    config = ask("promtool", "check", "config", "--syntax-only", str(tmp_path / "out/prometheus.yml"))
    assert config.returncode == 0, config.stderr
    (written,) = yaml.safe_load((tmp_path / "out/prometheus.yml").read_text())["scrape_configs"]
    assert written["job_name"] == name
    assert written["metrics_path"] == (path if kind == "metrics" else "/probe")


def test_two_files_of_one_name_are_refused_before_anything_is_written(tmp_path):
    about = "jobs: {x: {targets: [h:1]}}\nfiles: {dashboards: a, start: prometheus.yml}\nstart: board\n"
    with pytest.raises(ConfigError, match=r"files: two files would be called prometheus\.yml"):
        export_pack(read_pack(write_pack(tmp_path / "mine", about, board="x_total")), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_only_up_of_a_probe_becomes_its_success(tmp_path):
    folder = write_pack(tmp_path / "mine", "jobs: {x: {targets: [h:1], kind: http_probe}}\n")
    expr = 'up{job="x"} + backup{job="x"} + a:up{job="x"} + (up{job="x"})'
    (folder / "rules.yaml").write_text(f"groups: [{{name: g, rules: [{{alert: A, expr: '{expr}'}}]}}]\n")
    export_pack(read_pack(folder), tmp_path / "out")
    wanted = 'probe_success{job="x"} + backup{job="x"} + a:up{job="x"} + (probe_success{job="x"})'
    assert wanted in (tmp_path / "out/rules.yml").read_text()
