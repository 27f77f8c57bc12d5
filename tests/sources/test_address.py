"""Addresses as users write them: what is wrong, and what they probably meant."""

import pytest

from watchglass.config.kinds import parse_source_url
from watchglass.sources.address import nearest_address, without_page

SCHEME = "it does not begin with http:// or https://"
OTHER = "its scheme is neither http nor https"
HOST = "it names no host"
PORT = "its port is no number from 1 to 65535"
MORE = "it goes on with ? or #"


@pytest.mark.parametrize(
    ("written", "fault", "meant"),
    [
        ("localhost:9090", SCHEME, "http://localhost:9090"),
        ("prom", SCHEME, "http://prom:9090"),
        ("10.0.0.1:9090/prometheus", SCHEME, "http://10.0.0.1:9090/prometheus"),
        ("[::1]:9090", SCHEME, "http://[::1]:9090"),
        ("//prom:9090", SCHEME, "http://prom:9090"),
        ("http:prom:9090", SCHEME, "http://prom:9090"),
        ("http:/prom:9090", SCHEME, "http://prom:9090"),
        ("https//prom", SCHEME, "https://prom"),
        (":9090", SCHEME, "http://localhost:9090"),
        ("9091", SCHEME, "http://localhost:9091"),
        ("ftp://prom:9090", OTHER, "http://prom:9090"),
        ("htp://prom:9090/x", OTHER, "http://prom:9090/x"),
        ("http://", HOST, "http://localhost:9090"),
        ("http://:9091", HOST, "http://localhost:9091"),
        ("https:///x", HOST, "https://localhost:9090/x"),
        ("http://prom:", PORT, "http://prom:9090"),
        ("http://prom:0", PORT, "http://prom:9090"),
        ("http://prom:99999", PORT, "http://prom:9090"),
        ("http://prom:abc", PORT, "http://prom:9090"),
        ("http://prom:abc/x", PORT, "http://prom:9090"),
        ("http://prom:9090 ", "a space stands in it", "http://prom:9090"),
        ("http://prom :9090", "a space stands in it", ""),
        ("http://[::1:9090", "its host cannot be read", ""),
        ("http://prom:9090/graph?g0.expr=up", MORE, "http://prom:9090"),
        ("http://prom:9090/x#y", MORE, "http://prom:9090/x"),
    ],
)
def test_every_wrong_address_is_answered_in_one_way(written, fault, meant):
    with pytest.raises(ValueError) as caught:
        parse_source_url(written)

    hint = f"; did you mean {meant}?" if meant else ""
    assert str(caught.value) == f"expected a URL such as http://prometheus:9090, but {fault}{hint}"
    assert not meant or parse_source_url(meant) == meant


@pytest.mark.parametrize("written", ["u:secret@prom:9090", "ftp://u:secret@prom", "http://u:sec/ret@prom"])
def test_one_with_a_password_is_not_repeated(written):
    assert nearest_address(written) == ""


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("http://p:9090/graph", "http://p:9090"),
        ("http://p:9090/api/v1", "http://p:9090"),
        ("http://p:9090/api/v1/query", "http://p:9090"),
        ("http://p/prometheus/graph/", "http://p/prometheus"),
        ("http://p:8481/select/0/prometheus/api/v1", "http://p:8481/select/0/prometheus"),
        ("http://p/-/ready", "http://p"),
        ("http://p/metrics", "http://p"),
        ("http://p:9090", ""),
        ("http://p/api/prom", ""),
        ("http://p/graphite", ""),
        ("http://p/prometheus", ""),
    ],
)
def test_the_server_of_a_page(url, root):
    assert without_page(url) == root
