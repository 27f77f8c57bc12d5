"""Who is let in: host names, origins, and the headers that every answer carries."""

import asyncio

import pytest

from watchglass.serve.front_door import FrontDoor, host_name
from watchglass.serve.options import BodyLimits, WebOptions

pytestmark = pytest.mark.anyio


async def ask(options=None, *, method="GET", server="127.0.0.1", version="1.1", body=None, **headers):
    """Status, headers and body of a request to an application that says hello."""
    sent = []

    async def app(scope, receive, send):
        if scope["method"] == "POST":
            message = await receive()
            await send(
                {
                    "type": "http.response.start",
                    "status": 200 if message["type"] == "http.request" else 400,
                    "headers": [],
                }
            )
        else:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})

    async def receive():
        if body is None:
            await asyncio.sleep(3600)
        return {"type": "http.request", "body": body}

    async def send(message):
        sent.append(message)

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": method,
        "path": "/",
        "http_version": version,
        "headers": pairs,
        "server": (server, 9090),
    }
    await FrontDoor(app, options or WebOptions())(scope, receive, send)
    answered = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, sent[1].get("body", b"").decode()


@pytest.mark.parametrize(
    "host", ["127.0.0.1:9090", "localhost:9090", "LOCALHOST", "localhost.", "[::1]:9090", "10.0.0.7:80"]
)
async def test_names_that_can_only_mean_this_machine(host):
    assert (await ask(host=host))[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:9090", "127.0.0.1.evil.example", "localhost.evil.example", "", "[evil"]
)
async def test_dns_rebinding_is_refused(host):
    status, _, text = await ask(host=host)
    assert status == 421
    assert "web.allowed_hosts" in text


async def test_the_operators_own_names():
    options = WebOptions(allowed_hosts=("Box.lan",), external_url="https://watch.example/prom")
    assert (await ask(options, host="box.lan:9090"))[0] == 200
    assert (await ask(options, host="watch.example"))[0] == 200
    assert (await ask(options, host="other.lan"))[0] == 421


async def test_a_listener_that_others_reach_has_names_that_we_cannot_know():
    assert (await ask(host="box.lan", server="192.0.2.7"))[0] == 200
    named = WebOptions(allowed_hosts=("box.lan",))
    assert (await ask(named, host="evil.example", server="192.0.2.7"))[0] == 421


async def test_a_request_without_a_name():
    assert (await ask())[0] == 400
    assert (await ask(version="1.0"))[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://localhost:3000"},
        {"origin": "null"},
        {"origin": "http://["},
        {"origin": "http://[localhost:9090]"},
        {"origin": "http://localhost:9090]"},
        {"origin": ""},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "http://evil.example", "sec_fetch_site": "same-origin"},
    ],
)
async def test_foreign_pages_change_nothing(method, headers):
    status, _, text = await ask(method=method, host="localhost:9090", body=b"", **headers)
    assert status == 403
    assert "may not change anything" in text


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://localhost:9090"}, {"sec_fetch_site": "same-origin"}, {"sec_fetch_site": "none"}],
)
async def test_our_own_page_and_programs_may(headers):
    assert (await ask(method="POST", host="localhost:9090", body=b"", **headers))[0] == 200


async def test_behind_a_proxy_the_external_url_is_our_own():
    options = WebOptions(external_url="https://watch.example/prom")
    assert (await ask(options, method="POST", host="localhost:9090", body=b"", origin="https://watch.example"))[
        0
    ] == 200


async def test_reading_from_a_foreign_page_gets_no_cors_header():
    status, headers, _ = await ask(host="localhost:9090", origin="http://evil.example")
    assert status == 200
    assert "access-control-allow-origin" not in headers


async def test_cors_only_where_it_was_set():
    options = WebOptions(cors_origins=("http://grafana.lan:3000",))
    _, headers, _ = await ask(options, host="localhost:9090", origin="http://grafana.lan:3000")
    assert headers["access-control-allow-origin"] == "http://grafana.lan:3000"
    assert headers["vary"] == "Origin"
    _, headers, _ = await ask(options, host="localhost:9090", origin="http://other.lan")
    assert "access-control-allow-origin" not in headers
    preflight = {"origin": "http://grafana.lan:3000", "access_control_request_method": "POST"}
    assert (await ask(options, method="OPTIONS", host="localhost:9090", **preflight))[0] == 204
    assert (await ask(options, method="POST", host="localhost:9090", body=b"", origin="http://grafana.lan:3000"))[
        0
    ] == 200


@pytest.mark.parametrize("host", ["localhost", "evil.example"])
async def test_every_answer_is_marked(host):
    _, headers, _ = await ask(host=host)
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


async def test_a_body_that_never_comes_counts_as_a_client_that_left():
    options = WebOptions(bodies=BodyLimits(body_timeout_s=0.01))
    assert (await ask(options, method="POST", host="localhost"))[0] == 400


@pytest.mark.parametrize(
    ("host", "name"), [("A.b:1", "a.b"), ("[::1]:9090", "::1"), ("[::1]", "::1"), ("a.", "a"), ("", ""), ("[x", "x")]
)
def test_host_names(host, name):
    assert host_name(host) == name
