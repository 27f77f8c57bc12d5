"""`check config` looks at the files that a configuration names."""

import pytest

from watchglass.config.check import check_named_files
from watchglass.config.prometheus import load_prometheus_config
from watchglass.errors import ConfigError
from watchglass.wire.faults import faults_of


@pytest.fixture
def check(tmp_path):
    def check(text):
        path = tmp_path / "prometheus.yml"
        path.write_text(text)
        return list(check_named_files(load_prometheus_config(path)))

    return check


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rule_files: [none.yml]", 'none.yml" does not point to an existing file'),
        ("rule_files: ['wrong*.yml']", r'wrong\.yml:1: groups\[0\]: unknown key "nam"; did you mean "name"'),
        ("scrape_configs: [{job_name: a, bearer_token_file: none}]", 'bearer token file ".*none" does not exist'),
        ("scrape_configs: [{job_name: a, tls_config: {ca_file: none}}]", 'job a: CA file ".*none" does not exist'),
        ("scrape_configs: [{job_name: a, basic_auth: {username: b, password_file: none}}]", "password file"),
        ("scrape_configs: [{job_name: a, file_sd_configs: [{files: [broken.json]}]}]", r"broken\.json:1: is not JSON"),
        ("scrape_configs: [{job_name: a, file_sd_configs: [{files: [url.json]}]}]", "not a valid hostname"),
    ],
)
def test_what_must_be_there(check, tmp_path, text, message):
    (tmp_path / "wrong.yml").write_text("groups: [{nam: g}]")
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "url.json").write_text('[{"targets": ["http://a"]}]')
    with pytest.raises(ConfigError, match=message):
        check(text)


def test_a_discovery_file_may_come_later(check):
    (warning,) = check("scrape_configs: [{job_name: a, file_sd_configs: [{files: [later.json]}]}]")
    assert 'later.json" for file_sd in scrape job "a" does not exist' in warning


def test_stars_may_match_nothing(check):
    assert check("rule_files: ['*.rules']") == []


def test_every_file_that_is_missing_is_named(check):
    with pytest.raises(ConfigError) as caught:
        check("rule_files: [a.yml, b.yml]\nscrape_configs: [{job_name: a, tls_config: {ca_file: none}}]")
    assert [fault.key for fault in faults_of(caught.value)] == ["rule_files", "rule_files", "job a"]
