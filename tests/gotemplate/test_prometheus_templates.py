"""Templates of alerting rules against Debian's promtool, and what Prometheus has had since."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import prometheus_oracle as oracle
import pytest
import yaml

from watchglass.errors import QueryError, TemplateError
from watchglass.gotemplate.limits import Limits
from watchglass.model.labels import Labels
from watchglass.rules.templates import Environment, check, expand, render

HERE = Path(__file__).parent
promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="apt-get install prometheus")
BAD_QUERIES = {
    "nonsense(": "1:10: parse error: unclosed left parenthesis",
    "1 +": "1:4: parse error: unexpected end of input",
}


def query(expression, _now_ms):
    rows = [(Labels.of(labels), value) for labels, value in oracle.SERIES]
    answers = {
        "sort(requests)": rows,
        "sort_desc(requests)": rows[::-1],
        "sum(requests)": [(Labels(), sum(value for _, value in rows))],
        "sum(requests{code='500'})": [(Labels(), 1e6)],
        "absent_metric": [],
    }
    if expression in BAD_QUERIES:
        raise QueryError(BAD_QUERIES[expression])
    return answers[expression]


ENVIRONMENT = Environment(query, Labels.of(oracle.EXTERNAL_LABELS), oracle.EXTERNAL_URL)

HURRIED = Environment(query, limits=Limits(steps=100_000))


def expanded(text, environment=ENVIRONMENT, value=oracle.VALUE):
    return expand(text, name="A", labels=Labels.of(oracle.LABELS), value=value, now_ms=60_000, environment=environment)


def as_newer_go(text):
    """Messages that Go and Prometheus have changed since Debian's."""
    text = text.replace("Value float64 }", "Value interface {} }")
    return re.sub(r"(incompatible types for comparison): [^>]*? and [^>]*(?=>|$)", r"\1", text)


@promtool
def test_rendering_is_promtools(tmp_path):
    texts = yaml.safe_load((HERE / "prometheus.yaml").read_text())
    assert len(texts) == len(set(texts)) > 300

    wanted = dict(zip(texts, oracle.expanded(texts, tmp_path), strict=True))

    assert {text: as_newer_go(expanded(text)) for text in texts} == {
        text: as_newer_go(want or "") for text, want in wanted.items()
    }
    assert sum("error expanding" in want for want in wanted.values()) > 100


@promtool
def test_what_does_not_parse_is_refused_in_promtools_words(tmp_path):
    texts = yaml.safe_load((HERE / "prometheus_syntax.yaml").read_text())

    wanted = dict(zip(texts, oracle.refused(texts, tmp_path), strict=True))

    assert {text: refusal(text) for text in texts} == wanted
    assert sum(want is not None for want in wanted.values()) > 110


def refusal(text):
    try:
        check(text, name="A")
    except TemplateError as error:
        return str(error)
    return None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{{ urlQueryEscape `a b&c` }}", "a+b%26c"),
        ("{{ toDuration 3661.5 }} {{ (toDuration 90).Minutes }}", "1h1m1.5s 1.5"),
        ("{{ now }}", "60"),
        ("{{ (`-30s` | parseDuration | toDuration | (now | toTime).Add).UnixMilli }}", "30000"),
        ("{{ (`1800` | toDuration).String }}", "30m0s"),
        ("{{ externalURL }} {{ pathPrefix }}", "http://prom.example:9090/path /path"),
        ("{{ humanizeDuration (toDuration 90) }}", "1m 30s"),
        ("{{ parseDuration `-5m` }}", "-300"),
        (
            "{{ range 3 }}{{ . }}{{ end }}{{ range $i := 2 }}{{ $i }}{{ end }}{{ range 0 }}{{ else }}none{{ end }}",
            "01201none",
        ),
        ("{{ with 0 }}a{{ else with 5 }}{{ . }}{{ else }}c{{ end }}", "5"),
        ("{{ eq 1 nil }} {{ ne nil nil }}", "false false"),
    ],
)
def test_what_newer_versions_have(text, wanted):
    assert expanded(text) == wanted


def test_text_without_actions_is_itself():
    assert expanded("cpu is hot } } {") == "cpu is hot } } {"


def test_a_template_that_fails_says_why_in_its_place():
    assert expanded("{{ template `x` }}") == (
        "<error expanding template: error executing template __alert_A: template: __alert_A:1:124: "
        'executing "__alert_A" at <{{template "x"}}>: template "x" not defined>'
    )
    with pytest.raises(TemplateError, match="error parsing template __alert_A"):
        render("{{", name="A", labels=Labels(), value=1.0, now_ms=0, environment=ENVIRONMENT)


HOSTILE = {
    "endless recursion": ('{{ define "r" }}{{ template "r" . }}{{ end }}{{ template "r" . }}', "nested deeper than"),
    "a huge range": ("{{ range 1000000000 }}{{ end }}", "steps"),
    "ranges in ranges": ("{{ range 30000 }}{{ range 30000 }}x{{ end }}{{ end }}", "steps|characters"),
    "a text that doubles": ('{{ $x := "ab" }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}', "characters of text"),
    "a list that doubles": ("{{ $x := args 1 }}{{ range 100 }}{{ $x = args $x $x }}{{ end }}{{ $x }}", "steps"),
    "wide numbers": ('{{ range 10000 }}{{ printf "%999999d" . }}{{ end }}', "characters of text"),
    "wide printf": ('{{ printf "' + "%999999[1]d" * 100 + '" 1 }}', "characters of text"),
    "a replacement that multiplies": (
        '{{ $x := printf "%99999d" 1 }}{{ reReplaceAll "" $x $x }}',
        "characters of text",
    ),
    "deep parentheses": ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "nested deeper"),
    "deep blocks": ("{{ if 1 }}" * 5000 + "{{ end }}" * 5000, "nested deeper"),
    "a long template": ("{{ 1 }}" * 300_000, "longer than"),
    "a giant pattern": ('{{ match "' + "(a{1000}){1000}" + '" "x" }}', "error calling match"),
    "shared parts of an error": (
        "{{ $x := args 1 }}{{ range 40 }}{{ $x = args $x $x }}{{ end }}{{ eq $x $x }}",
        "steps",
    ),
}


@pytest.mark.parametrize(("text", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_templates_end(text, reason):
    assert re.search(reason, expanded(text, HURRIED))


def test_time_is_bounded():
    environment = Environment(query, limits=Limits(seconds=0.05, steps=10**9))

    assert "more than 0.05 s" in expanded("{{ range 1000000000 }}{{ end }}", environment)


@pytest.mark.parametrize("name", ["__class__", "keys", "items", "get", "nanoseconds", "go_fields", "labels"])
def test_nothing_of_python_can_be_reached(name):
    for value in ("$labels", "$", "(query `sort(requests)`)", "(toTime 1)", "(args 1)"):
        text = expanded(f"{{{{ {value}.{name} }}}}")

        assert text in ("", "<no value>") or "can't evaluate field" in text
