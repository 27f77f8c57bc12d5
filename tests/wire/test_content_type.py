"""What a scrape asks for, and what an answer says it is."""

from __future__ import annotations

import pytest

from watchglass.collect.job import ScrapeJob
from watchglass.errors import ExpositionError
from watchglass.wire.content_type import PROTOCOLS, WRITTEN_AS, Format, accept_header, format_of


def test_the_accept_header_is_that_of_prometheus_3():
    assert accept_header(ScrapeJob("x").scrape_protocols) == (
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
        "application/openmetrics-text;version=0.0.1;q=0.5,"
        "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
        "text/plain;version=0.0.4;q=0.3,"
        "*/*;q=0.2"
    )


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/plain", Format.TEXT),
        ("text/plain; version=0.0.4; charset=utf-8", Format.TEXT),
        ('Text/Plain ; version="1.0.0";escaping=allow-utf-8;', Format.TEXT),
        ("application/openmetrics-text; version=1.0.0; charset=utf-8", Format.OPENMETRICS),
        ("application/openmetrics-text", Format.OPENMETRICS),
    ],
)
def test_known_content_types(content_type, expected):
    assert format_of(content_type) is expected
    assert format_of(content_type, "PrometheusText0.0.4") is expected


@pytest.mark.parametrize(
    ("content_type", "fault"),
    [
        ("", "has no Content-Type"),
        ("text/html; charset=utf-8", "'text/html; charset=utf-8' is not a metrics format"),
        ("application/json", "is not a metrics format"),
        ("application/vnd.google.protobuf", "is not a metrics format"),
        ("text", "is malformed"),
        ("text/plain; version", "is malformed"),
        ("text/plain; =x", "is malformed"),
    ],
)
def test_other_content_types_need_a_fallback(content_type, fault):
    with pytest.raises(ExpositionError, match=fault) as caught:
        format_of(content_type)
    assert "fallback_scrape_protocol" in str(caught.value)
    for protocol, (expected, _) in PROTOCOLS.items():
        assert format_of(content_type, protocol) is expected


def test_what_we_write_is_what_we_read():
    for body_format, content_type in WRITTEN_AS.items():
        assert format_of(content_type) is body_format
