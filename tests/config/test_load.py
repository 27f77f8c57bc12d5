"""Settings from file, environment and flags: who wins, and what a mistake is told."""

import pytest

from watchglass.config.flags import FlagError
from watchglass.config.load import load_settings
from watchglass.config.settings import Invocation
from watchglass.errors import ConfigError


@pytest.fixture
def load(tmp_path):
    def load(text=None, environment=None, **flags):
        if text is not None:
            (tmp_path / "watchglass.yml").write_text(text)
        given = {name.replace("__", "."): value for name, value in flags.items()}
        return load_settings(Invocation(flags=given, environment=environment or {}, folder=tmp_path))

    return load


def test_defaults(load, tmp_path):
    settings = load()
    assert settings.data == str(tmp_path / "data")
    assert settings.listen == ("127.0.0.1:9090",)
    assert (settings.retention_time_ms, settings.retention_size_bytes) == (30 * 86_400_000, 10 * 1024**3)
    assert settings.origins == {}
    assert settings.path == ""


def test_flag_wins_over_environment_over_file(load, tmp_path):
    text = "log: {level: debug, format: json}\nretention: {time: 1d}\n"
    environment = {"WATCHGLASS_LOG_LEVEL": "warning", "WATCHGLASS_LOG_FORMAT": "text"}

    settings = load(text, environment, log__level=["error"])

    assert (settings.log_level, settings.log_format, settings.retention_time_ms) == ("error", "text", 86_400_000)
    assert settings.origins == {
        "retention.time": "watchglass.yml:2",
        "log.format": "environment WATCHGLASS_LOG_FORMAT",
        "log.level": "flag --log.level",
    }
    assert settings.path == str(tmp_path / "watchglass.yml")


def test_a_list_comes_in_every_form(load):
    assert load("web: {listen: [':9090', '[::1]:3000']}").listen == ("0.0.0.0:9090", "[::1]:3000")
    assert load("web.listen: 127.0.0.1:1").listen == ("127.0.0.1:1",)
    assert load(environment={"WATCHGLASS_WEB_LISTEN": "127.0.0.1:1, 127.0.0.1:2"}).listen == (
        "127.0.0.1:1",
        "127.0.0.1:2",
    )
    assert load(web__listen=["127.0.0.1:3", "127.0.0.1:4"]).listen == ("127.0.0.1:3", "127.0.0.1:4")


def test_the_last_of_equal_flags_counts(load):
    assert load(log__level=["debug", "error"]).log_level == "error"


def test_a_path_is_meant_from_where_it_is_said(tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/watchglass.yml").write_text("data: ../store\n")
    flags = {"config": ["etc/prometheus.yml"]}

    settings = load_settings(Invocation(flags=flags, environment={}, folder=tmp_path))

    assert settings.data == str(tmp_path / "etc/../store")
    assert settings.config == str(tmp_path / "etc/prometheus.yml")


def test_a_settings_file_may_be_named(tmp_path):
    (tmp_path / "other.yml").write_text("log.level: debug")
    assert load_settings(Invocation(settings_file="other.yml", environment={}, folder=tmp_path)).log_level == "debug"
    environment = {"WATCHGLASS_SETTINGS": "other.yml"}
    assert load_settings(Invocation(environment=environment, folder=tmp_path)).log_level == "debug"
    with pytest.raises(ConfigError, match=r"none\.yml: cannot be read"):
        load_settings(Invocation(settings_file="none.yml", environment={}, folder=tmp_path))


def test_prometheus_yml_in_the_working_folder_is_taken(load, tmp_path):
    (tmp_path / "prometheus.yml").write_text("")
    settings = load()
    assert settings.config == str(tmp_path / "prometheus.yml")
    assert settings.origins["config"] == "found in the working folder"


def test_reading_again_sees_a_changed_file(load, tmp_path):
    settings = load("log.level: debug")
    (tmp_path / "watchglass.yml").write_text("log.level: error")
    assert load_settings(settings.invocation).log_level == "error"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("web: {listn: [':1']}", "watchglass.yml:1: web.listn: unknown setting; did you mean web.listen?"),
        ("\nwep: {listen: [':1']}", "watchglass.yml:2: wep: unknown setting; did you mean web?"),
        ("nothing_like_it: 1", "watchglass.yml:1: nothing_like_it: unknown setting"),
        ("retention: {time: 3x}", 'watchglass.yml:1: retention.time: unknown unit "x" in duration "3x"'),
        ("web:\n  listen: [a]", "watchglass.yml:2: web.listen: expected HOST:PORT such as 127.0.0.1:9090"),
        ("log: {level: loud}", 'watchglass.yml:1: log.level: expected one of debug, info, warning, error, not "loud"'),
        ("web: {listen: []}", "web.listen is empty"),
        (
            "web: {tls_cert: a}",
            "watchglass.yml:1: web.tls_cert and web.tls_key are only of use together: set both or none",
        ),
        ("\nquery: {threads: -1}", "watchglass.yml:2: query.threads: must be at least 1, not -1"),
        ("query: {threads: 100000}", "query.threads: must be at most 256, not 100000"),
        ("query: {memory: 1KB}", "query.memory: must be 0 or at least 16MB, not 1KB"),
        (
            "\nsources: {prometheus: {url: 'prom:9090'}}",
            (
                "watchglass.yml:2: sources.prometheus.url: expected a URL such as http://prometheus:9090, but it does not begin"
                " with http:// or https://; did you mean http://prom:9090?"
            ),
        ),
        (
            "\nsources.prometheus.basic_auth_user: me",
            (
                "watchglass.yml:2: sources.prometheus.basic_auth_user has no password: set"
                " sources.prometheus.basic_auth_password_file"
            ),
        ),
        ("sources.prometheus.basic_auth_password_file: p", "of no use without sources.prometheus.basic_auth_user"),
        (
            "sources.prometheus: {basic_auth_user: me, bearer_token_file: t}",
            "watchglass.yml:1: sources.prometheus.bearer_token_file and sources.prometheus.basic_auth_user exclude",
        ),
        ("web: 3", "watchglass.yml:1: web: expected a mapping"),
        ("- a", "watchglass.yml:1: expected a mapping, got a list"),
        ("log.level: [a]", "watchglass.yml:1: log.level: expected text, got a list"),
    ],
)
def test_mistakes_in_the_file(load, text, message):
    with pytest.raises(ConfigError) as caught:
        load(text)
    assert message in str(caught.value)


def test_mistakes_elsewhere(load):
    with pytest.raises(ConfigError, match="environment WATCHGLASS_STRICT: expected true or false"):
        load(environment={"WATCHGLASS_STRICT": "maybe"})
    with pytest.raises(ConfigError, match=r"flag --retention\.size: units: unknown unit"):
        load(retention__size=["10"])
    with pytest.raises(ConfigError, match=r"web\.address"):
        load(web__address=["a b"])


def test_environments_of_the_guides_are_accepted_and_noted(load):
    secret = "postgresql://fluxai:hunter2@localhost:5432/fluxai"
    environment = {"DATABASE_URL": secret, "JAEGER_URL": "http://localhost:16686", "PROMETHEUS_PORT": "9090"}

    notices = load(environment=environment).notices

    assert len(notices) == len(environment)
    assert all(any(name in notice for notice in notices) for name in environment)
    assert "hunter2" not in " ".join(notices)


def test_the_documented_variable_names_the_source(load):
    settings = load(environment={"PROMETHEUS_URL": "http://localhost:9090"})

    assert settings.sources_prometheus_url == "http://localhost:9090"
    assert settings.origins["sources.prometheus.url"] == "environment PROMETHEUS_URL"
    assert load(environment={"PROMETHEUS_URL": ""}).sources_prometheus_url == ""


@pytest.mark.parametrize(
    ("text", "ms"),
    [("30", 30_000), ("5", 5000), ("1m30s", 90_000), ("500ms", None), ("0", 0), ("2d", None), ("-5", None)],
)
def test_the_documented_variables_set_the_refresh(load, text, ms):
    environment = {"AUTO_REFRESH": "false", "REFRESH_INTERVAL": text}
    if ms is None:
        with pytest.raises(ConfigError, match="environment REFRESH_INTERVAL: "):
            load(environment=environment)
        return

    settings = load(environment=environment)

    assert (settings.dashboards_auto_refresh, settings.dashboards_refresh_ms) == (False, ms)
    assert settings.notices == ()
    assert (load().dashboards_auto_refresh, load().dashboards_refresh_ms) == (True, 30_000)
    assert load("dashboards: {refresh: 10}").dashboards_refresh_ms == 10_000


def test_our_own_variable_wins_over_the_documented_one(load):
    environment = {"PROMETHEUS_URL": "http://a:1", "WATCHGLASS_SOURCES_PROMETHEUS_URL": "http://b:2"}

    assert load(environment=environment).sources_prometheus_url == "http://b:2"
    assert load("sources: {prometheus: {url: 'http://c:3'}, settled_after: 5m}").sources_prometheus_url == "http://c:3"


@pytest.mark.parametrize(
    "url",
    [
        "localhost:9090",
        "ftp://u:hunter2@x",
        "http://u:hunter2@x:port",
        "http://u:hunter2@x/?a",
        "http://u:1/hunter2@x",
        "http://u:hunter2/@x",
    ],
)
def test_a_wrong_source_is_refused_without_repeating_its_password(load, url):
    with pytest.raises(ConfigError, match="environment PROMETHEUS_URL: ") as caught:
        load(environment={"PROMETHEUS_URL": url})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(("user", "noted"), [("me@", True), ("me:@", True), ("me:secret@", False), ("", False)])
def test_a_user_without_a_password_is_noted(load, user, noted):
    notices = load(environment={"PROMETHEUS_URL": f"http://{user}prom:9090"}).notices
    assert [notice.partition(":")[0] for notice in notices] == (
        ["the user in sources.prometheus.url has no password"] if noted else []
    )


@pytest.mark.parametrize(
    ("flags", "file", "is_flag"),
    [
        ({"query__threads": ["0"]}, "", True),
        ({}, "query.threads: 0", False),
        ({"web__tls_key": ["k"]}, "", True),
        ({"query__threads": ["1"]}, "web.tls_key: k", False),
        ({"sources__prometheus__basic_auth_user": ["me"]}, "", True),
    ],
)
def test_a_wrong_flag_is_told_from_a_wrong_file(load, flags, file, is_flag):
    with pytest.raises(ConfigError) as caught:
        load(file, **flags)
    assert isinstance(caught.value, FlagError) is is_flag


def test_a_misspelt_variable_is_noted(load):
    (notice,) = load(environment={"WATCHGLASS_DAT": "x", "WATCHGLASS_OTHER": "y"}).notices
    assert notice == "environment WATCHGLASS_DAT is not a setting; did you mean WATCHGLASS_DATA?"


def test_ignored_flags_are_noted(tmp_path):
    invocation = Invocation(ignored=["--web.page-title"], environment={}, folder=tmp_path)
    assert load_settings(invocation).notices == ("flag --web.page-title is accepted and has no effect",)
