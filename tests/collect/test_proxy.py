"""Which requests go by a proxy, and which directly."""

from __future__ import annotations

import asyncio

import pytest
from sinks import http_sink

from watchglass.collect.errors import ScrapeError
from watchglass.collect.http_client import HttpClient
from watchglass.collect.proxy import NoProxy, ProxyChoice
from watchglass.model.http import HttpOptions, Secret


@pytest.mark.parametrize(
    ("listed", "host", "port", "direct"),
    [
        ("", "a.example", "80", False),
        ("", "localhost", "80", True),
        ("", "127.9.9.9", "80", True),
        ("", "[::1]", "80", True),
        ("*", "a.example", "80", True),
        ("a.example", "a.example", "80", True),
        ("a.example", "b.a.example", "80", True),
        ("a.example", "ba.example", "80", False),
        (".a.example", "a.example", "80", False),
        ("*.a.example", "b.a.example", "80", True),
        (" x , A.Example:8080 ,", "a.EXAMPLE", "8080", True),
        ("a.example:8080", "a.example", "80", False),
        ("10.0.0.0/8", "10.1.2.3", "80", True),
        ("10.0.0.0/8", "11.1.2.3", "80", False),
        ("10.1.2.3:81", "10.1.2.3", "80", False),
        ("10.1.2.3", "10.1.2.3", "80", True),
        ("fd00::/8", "fd12::1", "443", True),
        ("[fd12::1]:443", "[fd12::1]", "443", True),
        ("fd12::1", "10.0.0.1", "443", False),
        (":80,., *.", "a.example", "80", False),
    ],
)
def test_hosts_are_reached_directly_as_gos_proxies_have_it(listed, host, port, direct):
    assert NoProxy.parse(listed).holds(host, port) is direct


def test_the_environment_is_asked_only_where_told():
    environ = {"HTTP_PROXY": "proxy:3128", "https_proxy": "http://secure:3128", "no_proxy": "near.example"}
    told = ProxyChoice(HttpOptions(proxy_from_environment=True), environ)

    assert told.of("http", "far.example", None) == "http://proxy:3128"
    assert told.of("https", "far.example", 8443) == "http://secure:3128"
    assert told.of("http", "near.example", None) == ""
    assert ProxyChoice(HttpOptions(proxy_url="http://p")).of("http", "localhost", None) == "http://p"
    assert ProxyChoice(HttpOptions(proxy_url="http://p", no_proxy="x")).of("http", "localhost", None) == ""
    assert ProxyChoice(HttpOptions(), environ).of("http", "far.example", None) == ""
    by_cgi = ProxyChoice(HttpOptions(proxy_from_environment=True), environ | {"REQUEST_METHOD": "GET"})
    assert by_cgi.of("http", "far.example", None) == ""


def ask(options: HttpOptions, *urls: str) -> None:
    async def asking():
        client = HttpClient(options)
        try:
            for url in urls:
                async with client.request("GET", url) as response:
                    await response.aread()
        finally:
            await client.close()

    asyncio.run(asking())


@pytest.mark.parametrize("url", ["socks5://127.0.0.1:1", "ftp://user:s3cret@127.0.0.1:1", "http://127.0.0.1:1"])
def test_a_proxy_that_cannot_be_used_is_an_error_of_the_request(url):
    with pytest.raises(ScrapeError) as caught:
        ask(HttpOptions(proxy_url=url), "http://far.example/")

    assert "s3cret" not in str(caught.value)


def test_each_request_goes_its_way(monkeypatch):
    with http_sink() as proxy, http_sink() as server:
        options = HttpOptions(proxy_url=proxy.url, no_proxy="near.example", proxy_headers=(("X-Team", Secret("ops")),))
        ask(options, "http://far.example/a", f"{server.url}/b", "http://far.example/c")
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        ask(HttpOptions(proxy_from_environment=True), "http://far.example/d", f"{server.url}/e")
        ask(HttpOptions(), f"{server.url}/f")

    assert [request.path for request in proxy.requests] == [f"http://far.example/{name}" for name in "acd"]
    assert [request.path for request in server.requests] == ["/b", "/e", "/f"]
    assert proxy.requests[0].headers["X-Team"] == "ops"
