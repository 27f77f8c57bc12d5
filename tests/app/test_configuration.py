"""Reading the configuration again: what changes at once, what waits, what is refused."""

import logging
import socket

import pytest

from watchglass.app.configuration import load_configuration
from watchglass.app.options import engine_options, host_options, own_url, store_options, web_options
from watchglass.config.load import load_settings
from watchglass.config.settings import Invocation
from watchglass.errors import ConfigError

CONFIG = "storage: {tsdb: {retention: {time: 7d, size: 1GB}}}\nscrape_configs: [{job_name: a}]\n"


@pytest.fixture
def load(tmp_path):
    """Load from a folder that holds both files; keywords are flags."""
    (tmp_path / "prometheus.yml").write_text(CONFIG)
    (tmp_path / "watchglass.yml").write_text("log: {level: info}\n")

    def load(**flags):
        texts = {name.replace("__", "."): [text] for name, text in flags.items()}
        return load_configuration(load_settings(Invocation(flags=texts, environment={}, folder=tmp_path)))

    return load


@pytest.fixture(autouse=True)
def _level_as_before():
    log = logging.getLogger("watchglass")
    before = log.level
    yield
    log.setLevel(before)


def test_both_files_are_read_again(load, tmp_path, caplog):
    configuration = load()
    (tmp_path / "prometheus.yml").write_text("scrape_configs: [{job_name: b}]\n")
    (tmp_path / "watchglass.yml").write_text("log: {level: error}\nquery: {timeout: 1m}\n")
    with caplog.at_level("WARNING"):
        fresh = configuration.reread()
    assert [job.name for job in fresh.jobs] == ["b"]
    assert logging.getLogger("watchglass").level == logging.ERROR
    waiting = [record.setting for record in caplog.records if "after a restart" in record.message]
    assert waiting == ["query.timeout"]


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("prometheus.yml", "scrape_configs:\n- job_name: b\n  scrape_intervall: 1s\n", "prometheus.yml:3: "),
        ("watchglass.yml", "log:\n  levl: info\n", "watchglass.yml:2: "),
        ("prometheus.yml", "[", "prometheus.yml:2: "),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(load, tmp_path, file, text, place):
    configuration = load()
    level = logging.getLogger("watchglass").level
    (tmp_path / file).write_text(text)
    with pytest.raises(ConfigError, match=place):
        configuration.reread()
    assert logging.getLogger("watchglass").level == level


def test_a_file_that_is_gone(load, tmp_path):
    configuration = load()
    (tmp_path / "prometheus.yml").unlink()
    with pytest.raises(ConfigError, match=r"prometheus\.yml: the file is gone"):
        configuration.reread()


def test_retention_comes_from_the_prometheus_file_unless_a_setting_says_otherwise(load):
    options = store_options(load())
    assert (options.retention_ms, options.retention_bytes) == (7 * 86_400_000, 1024**3)
    options = store_options(load(retention__time="3d"))
    assert (options.retention_ms, options.retention_bytes) == (3 * 86_400_000, 1024**3)


def test_the_lifecycle_is_open_to_this_machine_unless_somebody_said_something(load):
    assert web_options(load().settings).enable_lifecycle is None
    assert web_options(load(web__enable_lifecycle="true").settings).enable_lifecycle is True
    assert web_options(load(web__enable_lifecycle="false").settings).enable_lifecycle is False


@pytest.mark.parametrize(
    ("settings", "ms"),
    [({}, 30_000), ({"dashboards__refresh": "10s"}, 10_000), ({"dashboards__auto_refresh": "false"}, 0)],
)
def test_the_page_is_told_how_often_dashboards_refresh(load, settings, ms):
    assert web_options(load(**settings).settings).refresh_ms == ms


def test_settings_reach_their_parts(load):
    configuration = load(query__max_samples="7", host__mounts_exclude="^/x", web__external_url="http://h/p")
    assert engine_options(configuration).max_samples == 7
    assert not host_options(configuration.settings).mounts.accepts("/x")
    assert web_options(configuration.settings).prefix == "/p"


def test_what_has_no_effect_yet_is_told(load, tmp_path):
    (tmp_path / "prometheus.yml").write_text("remote_write: [{url: 'http://x'}]\n")
    assert any("prometheus.yml:1: remote_write" in notice for notice in load().notices)


def test_a_rule_file_that_is_not_there_is_told(load, tmp_path):
    (tmp_path / "prometheus.yml").write_text("rule_files: [a.yml]\n")
    assert [notice.rpartition(": ")[2] for notice in load().rule_notices] == [f"{tmp_path}/a.yml names no file"]
    (tmp_path / "a.yml").write_text("groups: [{name: g, rules: [{record: a, expr: '1'}]}]")
    assert (load().rules[0].name, load().rule_notices) == ("g", ())


def test_rules_about_this_process_are_there_unless_switched_off_or_without_its_metrics(load):
    assert {group.file for group in load().rules} == {"watchglass/rules.yaml"}
    assert load(rules__watch_self="false").rules == load(scrape__self="false").rules == ()


def test_the_watchdog_has_a_route_before_all_others(load, tmp_path):
    (tmp_path / "am.yml").write_text(
        "route: {receiver: ops, routes: [{receiver: ops, matchers: ['alertname=~\".+\"']}]}\n"
        "receivers: [{name: ops}, {name: dead-man}]\n"
    )
    configuration = load(alertmanager__config="am.yml", watchdog__receiver="dead-man", watchdog__interval="1m")
    root = configuration.alertmanager.route
    assert [route.receiver for route in root.match({"alertname": "Watchdog", "system": "watchglass"})] == ["dead-man"]
    assert [route.receiver for route in root.match({"alertname": "Watchdog", "system": "mine"})] == ["ops"]
    assert configuration.alertmanager.watchdog.patience_ms == 180_000
    assert {group.file for group in configuration.rules} == {"watchglass/rules.yaml", "watchglass/watchdog.yaml"}
    assert load(alertmanager__config="am.yml").alertmanager.watchdog is None
    alone = load(alertmanager__config="am.yml", watchdog__receiver="dead-man", rules__watch_self="false")
    assert {group.file for group in alone.rules} == {"watchglass/watchdog.yaml"}, "somebody waits for it"

    with pytest.raises(ConfigError) as wrong:
        load(alertmanager__config="am.yml", watchdog__receiver="dead_man")
    assert str(wrong.value) == (
        f'watchdog.receiver: {tmp_path}/am.yml has no receiver "dead_man"; did you mean "dead-man"?'
    )
    with pytest.raises(ConfigError, match=r"^watchdog\.receiver: alerts are not routed here"):
        load(watchdog__receiver="dead-man")


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({"web__external_url": "https://h/p/"}, "https://h/p"),
        ({"web__listen": "127.0.0.1:9090"}, "http://127.0.0.1:9090"),
        ({"web__listen": ":9090"}, f"http://{socket.gethostname()}:9090"),
    ],
)
def test_links_in_alerts_lead_here(load, settings, url):
    assert own_url(load(**settings).settings) == url


def test_limits_on_series_are_those_of_every_job(load):
    assert load().jobs[0].limits.series_per_metric == 0
    limits = load(scrape__series_per_metric="10", scrape__series_per_target="100").jobs[0].limits
    assert (limits.series_per_metric, limits.series) == (10, 100)
