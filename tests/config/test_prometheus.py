"""prometheus.yml: what is taken as it is, and what is refused with which words."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchglass.collect.job import DnsDiscovery, FileDiscovery, RelabelAction, RelabelRule, ScrapeJob
from watchglass.config.prometheus import load_prometheus_config, redact
from watchglass.errors import ConfigError
from watchglass.model.http import Secret
from watchglass.model.labels import Labels

HERE = Path(__file__).parent
GOOD = sorted((HERE / "good").glob("*.yml"))
BAD = sorted((HERE / "bad").glob("*.yml"))


def load(name, **options):
    return load_prometheus_config(HERE / "good" / f"{name}.yml", environment={"ZONE": "1"}, **options)


def jobs_of(name, **options):
    return {job.name: job for job in load(name, **options).jobs}


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_configurations_are_taken(path):
    assert load_prometheus_config(path, environment={}).path == str(path)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_configurations_are_refused_with_these_words(path, monkeypatch):
    monkeypatch.chdir(path.parent)

    with pytest.raises(ConfigError) as caught:
        load_prometheus_config(Path(path.name), environment={})

    assert f"{caught.value}\n" == path.with_suffix(".txt").read_text()
    assert caught.value.path == path.name
    assert caught.value.line > 0
    assert "hunter2" not in str(caught.value)


def test_the_guides_load_unchanged():
    hybrid = jobs_of("hybrid_ai_stack")
    assert list(hybrid) == ["api-gateway", "ollama", "prometheus", "n8n"]
    assert [job.scrape_interval_ms for job in hybrid.values()] == [15_000, 30_000, 15_000, 15_000]
    assert [job.metrics_path for job in hybrid.values()] == ["/metrics", "/health", "/metrics", "/metrics"]

    dinoair = jobs_of("dinoair")["dinoair"]
    assert (dinoair.metrics_path, dinoair.scrape_interval_ms, dinoair.scrape_timeout_ms) == (
        "/api/metrics",
        30_000,
        10_000,
    )
    assert dinoair.static[0].targets == (Labels.of(__address__="localhost:3000"),)

    awareness = jobs_of("awareness_network")
    assert [job.scrape_interval_ms for job in awareness.values()] == [10_000, 15_000, 15_000, 15_000]
    assert load("awareness_network").notices == ()


def test_defaults_are_those_of_prometheus_3_14():
    assert load("defaults").jobs == (ScrapeJob("app"),)
    assert load("empty").global_.evaluation_interval_ms == 60_000


def test_a_job_takes_what_global_says_unless_it_says_otherwise():
    jobs = jobs_of("global_limits")
    inherits, overrides = jobs["inherits"], jobs["overrides"]

    assert (inherits.scrape_interval_ms, inherits.scrape_timeout_ms) == (20_000, 5_000)
    assert (overrides.scrape_interval_ms, overrides.scrape_timeout_ms) == (90_000, 5_000)
    own = inherits.limits
    assert (own.body_bytes, own.samples, own.targets) == (15 * 1024**2, 1500, 30)
    assert (own.labels, own.label_name_bytes, own.label_value_bytes) == (35, 210, 220)
    own = overrides.limits
    assert (own.body_bytes, own.samples, own.targets) == (1024**3, 1, 2)
    assert (own.labels, own.label_name_bytes, own.label_value_bytes) == (3, 4, 5)


def test_a_job_without_body_limit_gets_ours():
    assert load("defaults", body_limit_bytes=123).jobs[0].limits.body_bytes == 123


def test_a_timeout_is_cut_to_a_shorter_interval(tmp_path):
    path = tmp_path / "a.yml"
    path.write_text("scrape_configs: [{job_name: a, scrape_interval: 3s}]")
    assert load_prometheus_config(path).jobs[0].scrape_timeout_ms == 3_000


def test_external_labels_take_variables():
    config = load("global_limits")

    assert config.external_labels == Labels.of(region="eu-1", price="5$")
    assert config.jobs[0].external_labels == config.external_labels
    assert [notice.message for notice in config.notices] == ['environment variable "NOT_SET" is empty']


def test_options_of_a_job():
    job = jobs_of("job_options")["everything"]

    assert (job.honor_labels, job.honor_timestamps) == (True, False)
    assert (job.scheme, job.metrics_path) == ("https", "/custom")
    assert job.params == {"module": ("http_2xx", "tcp"), "empty": ()}
    first, second = job.static
    assert (first.source, second.source) == ("0", "1")
    assert first.labels == Labels.of(env="prod", version="1.10", on="yes")
    assert [target.get("__address__") for target in first.targets] == ["a.example:443", "[::1]:9100"]
    assert job.relabel == (
        RelabelRule(source_labels=("env", "version"), separator="-", target_label="release"),
        RelabelRule(source_labels=("env",), separator="", regex="", target_label="cleared", replacement=""),
    )
    assert job.metric_relabel[0].action is RelabelAction.DROP


def test_every_relabel_action_is_read():
    assert {rule.action for rule in jobs_of("relabel_actions")["app"].relabel} == set(RelabelAction)


def test_authentication():
    jobs = jobs_of("authentication")
    folder = HERE / "good"

    assert jobs["basic"].http.basic_auth.password == Secret("hunter2")
    assert jobs["basic_files"].http.basic_auth.password == Secret(file=str(folder / "secrets/password"))
    assert jobs["bearer"].http.authorization.credentials == Secret("hunter2")
    assert jobs["bearer_file"].http.authorization.credentials == Secret(file="/run/token")
    assert jobs["authorization"].http.authorization.type == "Token"
    assert jobs["authorization_file"].http.authorization.credentials.file == str(folder / "token")
    tls = jobs["tls"].http.tls
    assert (tls.ca_file, tls.server_name, tls.insecure_skip_verify) == (str(folder / "ca.pem"), "app.internal", True)
    assert not jobs["tls"].http.follow_redirects


def test_headers_keep_their_secrets():
    values = jobs_of("headers")["app"].http.headers["X-Tenant"]

    assert values == ("a", "b", Secret("hunter2"), Secret(file=str(HERE / "good/tenant.txt")))
    assert "hunter2" not in repr(jobs_of("headers"))


def test_protobuf_is_known_and_left_out():
    jobs = jobs_of("protocols")

    assert jobs["inherits"].scrape_protocols == ("PrometheusText1.0.0", "PrometheusText0.0.4")
    assert jobs["own"].scrape_protocols == ("OpenMetricsText1.0.0",)
    assert jobs["own"].fallback_scrape_protocol == "PrometheusText0.0.4"
    assert not jobs["own"].enable_compression


def test_discovery():
    jobs = jobs_of("discovery")

    assert jobs["files"].discovery == (
        FileDiscovery((str(HERE / "good/targets/*.json"), "/etc/targets.yml"), 10_000),
        FileDiscovery((str(HERE / "good/more.yaml"),), 300_000),
    )
    assert jobs["names"].discovery == (
        DnsDiscovery(("_app._tcp.example",), "SRV", 0, 30_000),
        DnsDiscovery(("a.example", "b.example"), "A", 8080, 5_000),
    )


def test_a_discovery_that_is_missing_is_named_and_the_rest_runs():
    config = load("kubernetes_beside_others")

    assert [job.unsupported for job in config.jobs] == [("kubernetes_sd_configs",), ()]
    assert [(notice.line, notice.key) for notice in config.notices] == [(4, "scrape_configs[0].kubernetes_sd_configs")]


def test_strict_refuses_what_has_no_effect():
    with pytest.raises(ConfigError, match=r"kubernetes_sd_configs: this discovery is not supported.*--strict"):
        load("kubernetes_beside_others", strict=True)
    assert load("hybrid_ai_stack", strict=True).jobs


def test_sections_without_effect_are_listed():
    assert [notice.key for notice in load("remote_and_alerting").notices] == [
        "remote_write", "remote_read", "tracing",
    ]  # fmt: skip
    assert load("remote_and_alerting").rule_files == (str(HERE / "good/rules/*.yml"),)


@pytest.mark.parametrize(
    "spelling", ["retention: {time: 30d, size: 10GB}", "retention.time: 30d, retention.size: 10GB"]
)
def test_both_spellings_of_retention(tmp_path, spelling):
    path = tmp_path / "prometheus.yml"
    path.write_text(f"storage: {{tsdb: {{{spelling}}}}}")

    config = load_prometheus_config(path)

    assert (config.retention_time_ms, config.retention_size_bytes) == (30 * 86_400_000, 10 * 1024**3)


def test_retention_that_is_not_set_is_none():
    config = load("out_of_order")
    assert (config.retention_time_ms, config.retention_size_bytes) == (None, None)
    assert config.out_of_order_window_ms == 3_600_000


def test_anchors_and_merge_keys():
    jobs = jobs_of("anchors")
    assert jobs["second"].scrape_interval_ms == 30_000
    assert jobs["second"].static == jobs["first"].static


def test_included_files_mean_paths_from_their_own_folder(tmp_path):
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs/app.yml").write_text("scrape_configs: [{job_name: b, bearer_token_file: token}]")
    path = tmp_path / "prometheus.yml"
    path.write_text("global: {scrape_interval: 5s}\nscrape_config_files: [jobs/*.yml]\nscrape_configs: [{job_name: a}]")

    first, second = load_prometheus_config(path).jobs

    assert (first.name, second.name, second.scrape_interval_ms) == ("a", "b", 5_000)
    assert second.http.authorization.credentials.file == str(tmp_path / "jobs/token")


def test_a_name_taken_by_another_file_is_refused(tmp_path):
    (tmp_path / "more.yml").write_text("scrape_configs: [{job_name: a}]")
    path = tmp_path / "prometheus.yml"
    path.write_text("scrape_config_files: [more.yml]\nscrape_configs: [{job_name: a}]")

    with pytest.raises(ConfigError, match=r'more\.yml:1: .*job name "a", first found in main config file'):
        load_prometheus_config(path)


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.yml: cannot be read: No such file or directory"):
        load_prometheus_config(tmp_path / "none.yml")


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_is_shown_holds_no_secret_and_means_the_same(path, tmp_path):
    config = load_prometheus_config(path, environment={})

    assert "hunter2" not in config.text
    assert "#" not in config.text
    assert ("<secret>" in config.text) == ("hunter2" in path.read_text() or "secret_key: 1" in path.read_text())
    shown = tmp_path / "shown.yml"
    shown.write_text(config.text.replace("<secret>", "http://a"))
    again = load_prometheus_config(shown, environment={})
    assert [(job.name, job.static, job.relabel, job.params, job.scrape_interval_ms) for job in again.jobs] == [
        (job.name, job.static, job.relabel, job.params, job.scrape_interval_ms) for job in config.jobs
    ]


def test_redact():
    text = "# old: hunter2\nscrape_configs:\n- job_name: ä\n  bearer_token: hunter2\n  params: {a: ['1']}\n"
    assert redact(text) == ('scrape_configs:\n- job_name: ä\n  bearer_token: <secret>\n  params:\n    a:\n    - "1"\n')


KEYS = st.sampled_from(
    ["global", "scrape_configs", "job_name", "static_configs", "targets", "labels", "relabel_configs", "action", "regex",
     "scrape_interval", "params", "storage", "tsdb", "retention", "tls_config", "basic_auth", "password", "proxy_url", "x"]
)  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.sampled_from(["15s", "1GB", "http://a", "(", "[", "a:b@c", "$1", "http://[", "http://a:b:c@d"]),
)  # fmt: skip
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)


@settings(max_examples=200, deadline=None)
@given(document=st.dictionaries(KEYS, DOCUMENTS, max_size=4))
def test_no_document_breaks_the_reader(document, tmp_path_factory):
    import yaml

    path = tmp_path_factory.getbasetemp() / "any.yml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    with suppress(ConfigError):
        load_prometheus_config(path, environment={})


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=200))
def test_no_bytes_break_the_reader(data, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "bytes.yml"
    path.write_bytes(data)
    with suppress(ConfigError):
        load_prometheus_config(path, environment={})


def test_alertmanagers_elsewhere_are_read(tmp_path):
    assert load("defaults").alerting.alertmanagers == ()
    alerting = load("remote_and_alerting").alerting
    assert [rule.action.value for rule in alerting.relabel] == ["labeldrop"]
    entry = alerting.alertmanagers[0]
    assert (entry.scheme, entry.path_prefix, entry.timeout_ms) == ("https", "/am", 5000)
    path = tmp_path / "prometheus.yml"
    path.write_text("alerting: {alertmanagers: [{kubernetes_sd_configs: [{role: pod}], sigv4: {region: a}}]}")
    config = load_prometheus_config(path)
    assert [notice.key.rpartition(".")[2] for notice in config.notices] == ["kubernetes_sd_configs", "sigv4"]
    assert config.alerting.alertmanagers[0].timeout_ms == 10_000
