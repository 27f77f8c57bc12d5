"""Error texts lead the user to the fault."""

from watchglass.errors import ConfigError, ExpositionError, QuerySyntaxError


def test_a_config_error_names_file_line_and_key():
    error = ConfigError(
        "unknown key, did you mean job_name?", path="prometheus.yml", line=7, key="scrape_configs[0].job_nam"
    )

    assert str(error) == "prometheus.yml:7: scrape_configs[0].job_nam: unknown key, did you mean job_name?"


def test_a_config_error_without_a_place_is_just_its_message():
    assert str(ConfigError("no such file", path="p.yml")) == "p.yml: no such file"


def test_an_exposition_error_names_the_line():
    assert str(ExpositionError("expected a value", line=3)) == "line 3: expected a value"


def test_a_syntax_error_reads_as_prometheus_writes_it():
    assert (
        str(QuerySyntaxError("unexpected end of input", line=1, column=5))
        == "1:5: parse error: unexpected end of input"
    )
