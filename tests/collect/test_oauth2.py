"""Tokens by client credentials, as a token server sees them asked for."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import parse_qs

import pytest
from sinks import Reply, http_sink

from watchglass.collect.errors import ScrapeError
from watchglass.collect.http_client import HttpClient
from watchglass.model.http import HttpOptions, OAuth2, Secret

TOKEN = {"access_token": "t1", "token_type": "bearer", "expires_in": 3600}


def ask(sink, server, times=1, **how):
    """What each request was answered with; the token server's answers are in `server`."""

    async def asking():
        options = {"client_id": "me", "client_secret": Secret("s&cret"), "token_url": f"{server.url}/token"} | how
        client = HttpClient(HttpOptions(oauth2=OAuth2(**options)))
        try:
            for _ in range(times):
                async with client.request("GET", sink.url) as response:
                    await response.aread()
        finally:
            await client.close()

    asyncio.run(asking())


def reply(token, status=200):
    return Reply(status, json.dumps(token).encode(), {"Content-Type": "application/json"})


@pytest.fixture
def server():
    with http_sink() as server:
        server.replies = [reply(TOKEN)]
        yield server


@pytest.fixture
def sink():
    with http_sink() as sink:
        yield sink


def test_a_token_is_fetched_once_and_sent_with_each_request(sink, server):
    ask(sink, server, times=3, scopes=("a", "b"), endpoint_params={"audience": "x y"})

    assert [request.headers["Authorization"] for request in sink.requests] == ["Bearer t1"] * 3
    (asked,) = server.requests
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["client_credentials"],
        "audience": ["x y"],
        "scope": ["a b"],
    }
    assert asked.headers["Authorization"] == "Basic bWU6cyUyNmNyZXQ="


def test_a_server_that_knows_only_forms_is_told_by_form(sink, server):
    server.replies = [reply({"error": "invalid_client"}, 401), reply(TOKEN | {"token_type": "MAC", "expires_in": 1})]
    ask(sink, server, times=2)

    forms = [parse_qs(request.body.decode()) for request in server.requests]
    assert [form.get("client_secret") for form in forms] == [
        None,
        ["s&cret"],
        ["s&cret"],
    ]  # one that soon ends is fetched anew
    assert sink.requests[-1].headers["Authorization"] == "MAC t1"


def test_a_rotated_secret_is_taken_up(sink, server, tmp_path):
    path = tmp_path / "secret"
    server.replies = [reply(TOKEN | {"expires_in": "1"})]
    for secret in ("one", "two"):
        path.write_text(f"{secret}\n")
        ask(sink, server, client_secret=Secret(file=str(path)))

    assert server.requests[0].headers["Authorization"] != server.requests[1].headers["Authorization"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Reply(500, b"s&cret"), "oauth2: cannot fetch token: the server answers 500"),
        (Reply(200, b"no json"), "oauth2: cannot fetch token: the server answers 200"),
        (Reply(200, b"[]"), "oauth2: cannot fetch token: the server answers 200"),
        (Reply(200, b"{}"), "oauth2: cannot fetch token: the server answers 200"),
        (Reply(200, b"x" * 100_000), "oauth2: cannot fetch token: the answer is too large"),
    ],
)
def test_without_a_token_nothing_is_asked(sink, server, answer, said):
    server.replies = [answer]
    with pytest.raises(ScrapeError) as caught:
        ask(sink, server)

    assert str(caught.value) == said
    assert sink.requests == []
