"""What is said of a server that answers, and not as Prometheus does."""

import pytest

from watchglass.sources.advice import Asking, on_answer, on_closing

HERE = "http://prom:9090"
GO_TLS = b"Client sent an HTTP request to an HTTPS server.\n"
NGINX_TLS = b"<html><h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port</html>"


def asking(url=HERE, *, logged_in=False):
    return Asking(url, login="the user", authority="the authority", tenant="the tenant", logged_in=logged_in)


@pytest.mark.parametrize(
    ("url", "status", "kind", "body", "said"),
    [
        (HERE + "/graph", 404, "text/plain", b"404 page not found",
         ("it answers with HTTP status 404 (Not Found): there is no Prometheus API at /graph/api/v1/query;"
         " use the address without /graph: http://prom:9090")),
        (HERE + "/api/v1", 404, "", b"", "use the address without /api/v1: http://prom:9090"),
        (HERE + "/x", 404, "", b"", "there is no Prometheus API at /x/api/v1/query; try http://prom:9090"),
        (HERE, 404, "", b"", "no Prometheus API at /api/v1/query; behind a proxy, and of Mimir, the address has a path,"),
        (HERE + "/graph", 405, "", b"", "HTTP status 405 (Method Not Allowed): there is no Prometheus API"),
        (HERE + "/graph", 200, "text/html", b"<html>", ("its answer is text/html instead of JSON, a page: there is no"
         " Prometheus API at /graph/api/v1/query; use the address without /graph: http://prom:9090")),
        (HERE, 200, "text/plain", b"ok", "its answer is text/plain instead of JSON"),
        (HERE, 200, "application/json", b"[]", ""),
        (HERE, 401, "", b"", "it answers with HTTP status 401 (Unauthorized): it asks for a login; set the user"),
        (HERE, 403, "text/html", b"", "HTTP status 403 (Forbidden): it asks for a login; set the user"),
        (HERE, 401, "", b"no org id\n", "it asks for a tenant; set the tenant"),
        (HERE, 400, "", GO_TLS, "it answers with HTTP status 400 (Bad Request): it speaks HTTPS; use https://prom:9090"),
        (HERE, 400, "", NGINX_TLS, "it speaks HTTPS; use https://prom:9090"),
        (HERE, 502, "", b"", "it answers with HTTP status 502 (Bad Gateway)"),
        (HERE, 599, "", b"", "it answers with HTTP status 599"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none(url, status, kind, body, said):
    assert said in on_answer(asking(url), "/api/v1/query", status, kind, body)
    assert bool(said) == bool(on_answer(asking(url), "/api/v1/query", status, kind, body))


@pytest.mark.parametrize("status", [401, 403])
def test_a_login_that_is_refused_is_to_be_checked(status):
    assert on_answer(asking(logged_in=True), "/", status, "", b"").endswith("it refuses the login; check the user")


@pytest.mark.parametrize(
    ("url", "text", "said"),
    [
        (HERE, r"illegal status line: bytearray(b'\x15\x03\x03')", "it answers in TLS; use https://prom:9090"),
        (
            HERE,
            "without response",
            "without response (a server that speaks TLS does so, too: its address is https://prom:9090)",
        ),
        (HERE, "peer closed connection within the body", "peer closed connection within the body"),
        ("https://prom", "without response", "without response"),
    ],
)
def test_a_connection_without_an_answer(url, text, said):
    assert on_closing(asking(url), text) == said
