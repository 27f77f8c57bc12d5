"""The kinds of setting."""

import pytest

from watchglass.config import kinds


@pytest.mark.parametrize(
    ("text", "address"),
    [("127.0.0.1:9090", "127.0.0.1:9090"), ("localhost:0", "localhost:0"), (":9090", "0.0.0.0:9090"), ("9090", "127.0.0.1:9090"),
     ("[::1]:9090", "[::1]:9090"), (":::9090", "[::]:9090"), ("a.example:80", "a.example:80")],
)  # fmt: skip
def test_listen_addresses(text, address):
    assert kinds.parse_listen(text) == address


@pytest.mark.parametrize("text", ["", "a", "a:", "a:b", "a:70000", "http://a:80", "a b:80", "[::g]:80", "1.2.3.4.:x"])
def test_what_is_no_listen_address(text):
    with pytest.raises(ValueError):
        kinds.parse_listen(text)


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [(kinds.parse_boolean, "Yes", True), (kinds.parse_boolean, "off", False), (kinds.parse_whole, "50_000_000", 50_000_000),
     (kinds.parse_url, "https://a.example:8443/x", "https://a.example:8443/x"), (kinds.parse_url, "", ""),
     (kinds.parse_port, "8501", 8501), (kinds.parse_whole, "-1", -1), (kinds.parse_host, "::1", "[::1]"), (kinds.parse_host, "a", "a"), (kinds.parse_host_name, "Monitor.Example", "monitor.example"),
     (kinds.parse_origin, "https://a.example:3000/", "https://a.example:3000"), (kinds.parse_pattern, "^/(dev|proc)", "^/(dev|proc)"),
     (kinds.choice("a", "b").parse, "B", "b")],
)  # fmt: skip
def test_values(parse, text, value):
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text", "message"),
    [(kinds.parse_boolean, "maybe", 'expected true or false, not "maybe"'), (kinds.within(kinds.WHOLE, 1, 5).parse, "-1", "must be at least 1, not -1"),
     (kinds.parse_whole, "1.5", "whole number"), (kinds.parse_whole, "1_", "whole number"), (kinds.parse_whole, "9" * 101, "whole number"),
     (kinds.SIZE.parse, "-1KB", "must be at least 0B, not -1KB"),
     (kinds.parse_url, "monitor.example", r"such as https://monitor.example/path, but it does not begin .*; did you mean http://monitor.example\?"),
     (kinds.parse_url, "ftp://a", "neither http nor https; did you mean http://a"), (kinds.parse_url, "http://a:b", "its port"),
     (kinds.parse_host, "a b", "not a host name"), (kinds.parse_host, "::g", "expected HOST:PORT"), (kinds.parse_port, "65536", "65535"),
     (kinds.parse_host_name, "https://a", "without scheme"), (kinds.parse_origin, "https://a/b", "an origin"),
     (kinds.parse_origin, "", "an origin"), (kinds.parse_pattern, "(", "regular expression"), (kinds.choice("a", "b").parse, "c", "one of a, b")],
)  # fmt: skip
def test_what_is_refused(parse, text, message):
    with pytest.raises(ValueError, match=message):
        parse(text)
