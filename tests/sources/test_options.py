"""Addresses of a source: what may be shown of them, and what of a password never is."""

import json
import logging

import pytest

from watchglass.config.kinds import parse_source_url
from watchglass.sources.errors import SourceGoneError
from watchglass.sources.options import PrometheusOptions, show_url

ODD = [
    "12/34secret",
    "s3cr/etsecret",
    "12?34secret",
    "12#34secret",
    "secret[1",
    "secret]",
    "sec\u2100ret",
    "1 secret",
    "12/secret@x",
]


@pytest.mark.parametrize("password", ODD)
def test_a_password_that_is_not_encoded_is_refused_without_a_word_of_it(password):
    with pytest.raises(ValueError, match="Percent-encode") as caught:
        parse_source_url(f"http://admin:{password}@prom.example:9090")

    text = str(caught.value)
    assert not any(part in text for part in ("admin", "secret", "s3cr", "12", "34", password, "prom.example"))
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    "url", ["admin:secret@prom:9090", "http:/admin:secret@prom", "http:admin:secret@prom", "http://prom:secret"]
)
def test_nor_is_what_is_no_address_repeated(url):
    with pytest.raises(ValueError) as caught:
        parse_source_url(url)
    assert "secret" not in str(caught.value)
    assert "admin" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["", "http://prom:9090", "https://me:p%40ss%2Fword@prom/base", "http://me:p@ss@prom:9090", "http://[::1]:9090"],
)
def test_others_are_taken(url):
    assert parse_source_url(url) == url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://prom:9090/base/", "http://prom:9090/base"),
        ("http://me:p@ss@prom:9090", "http://<secret>@prom:9090"),
        ("http://me@prom", "http://<secret>@prom"),
        ("http://prom?token=1", "http://prom?<secret>"),
        ("http://admin:12/34@prom:9090", "http://<secret>"),
        ("http://admin:12?34@prom:9090", "http://<secret>"),
        ("http://admin:12#34@prom:9090", "http://<secret>"),
    ],
)
def test_what_is_shown_of_an_address(url, shown):
    assert show_url(url) == shown


@pytest.mark.parametrize("password", ["p%2Fsecret", "sec@ret", "%5Bsecret", "sec%3Fret:x"])
def test_messages_and_logs_of_a_source_that_is_gone_hide_its_password(make_source, caplog, password):
    caplog.set_level(logging.DEBUG, "watchglass")
    url = parse_source_url(f"http://admin:{password}@127.0.0.1:1/base")

    source = make_source(url)
    with pytest.raises(SourceGoneError) as caught:
        source.instant("x", 0)

    told = [
        str(caught.value),
        repr(source.options),
        source.title,
        source.availability.state.error,
        PrometheusOptions(url).shown_url,
    ]
    told += [
        json.dumps(record.__dict__, default=str) for record in caplog.records if record.name.startswith("watchglass")
    ]
    assert len(told) > 5
    shown = " ".join(told).replace("<secret>", "")
    assert not any(part in shown for part in ("admin", "secret", "sec@ret", "sec%3F", "ret:x"))
