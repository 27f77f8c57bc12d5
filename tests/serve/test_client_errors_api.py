"""Reports of the web UI: counted by kind, logged once a message, and bounded in size, rate and memory."""

import logging

import pytest

from watchglass.clock import ManualClock
from watchglass.serve import client_errors_api

pytestmark = pytest.mark.anyio

ADDRESS = "/api/v1/watchglass/client_errors"
FAULT = {"kind": "script", "message": "x is undefined", "page": "targets", "stack": "at a\n at b", "build": "b1"}


@pytest.fixture
async def parts(make_parts):
    return make_parts()


@pytest.fixture
async def client(parts, make_client):
    async with make_client(parts) as client:
        yield client


def counted(parts, kind="script"):
    return parts.registry.get_sample_value("watchglass_client_errors_total", {"kind": kind})


async def test_a_report_is_counted_and_every_kind_has_a_series_from_the_start(client, parts):
    assert [counted(parts, kind) for kind in client_errors_api.KINDS] == [0, 0, 0, 0]

    assert (await client.post(ADDRESS, json=FAULT)).status_code == 204
    assert (await client.post(ADDRESS, json=FAULT | {"kind": "drawing"})).status_code == 204

    assert [counted(parts, kind) for kind in client_errors_api.KINDS] == [1, 1, 0, 0]
    assert 'watchglass_client_errors_total{kind="script"} 1.0' in (await client.get("/metrics")).text


async def test_a_message_is_logged_once_on_one_line(client, caplog):
    caplog.set_level(logging.WARNING, "watchglass.serve.client")
    for _ in range(3):
        await client.post(ADDRESS, json=FAULT | {"message": "bad\nthing"})
    await client.post(ADDRESS, json=FAULT | {"message": "another"})

    assert [record.error for record in caplog.records] == ["bad thing", "another"]
    assert caplog.records[0].stack == "at a at b"


async def test_what_is_remembered_and_logged_is_bounded(client, caplog, monkeypatch):
    monkeypatch.setattr(client_errors_api, "REMEMBERED", 2)
    for message in ("a", "b", "c", "b", "a" * 1000):
        await client.post(ADDRESS, json=FAULT | {"message": message})

    assert [len(record.error) for record in caplog.records] == [1, 1, 1, 500]


async def test_more_than_a_minutes_share_is_refused_and_counted(client, parts, monkeypatch):
    monkeypatch.setattr(client_errors_api, "PER_MINUTE", 2)
    codes = [(await client.post(ADDRESS, json=FAULT)).status_code for _ in range(4)]

    assert codes == [204, 204, 429, 429]
    assert parts.registry.get_sample_value("watchglass_client_errors_refused_total") == 2
    assert counted(parts) == 2

    assert isinstance(parts.clock, ManualClock)
    parts.clock.advance(60_000)
    assert (await client.post(ADDRESS, json=FAULT)).status_code == 204


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        (b"{", 400, "no JSON"),
        (b"[]", 400, "needs a message"),
        (b'{"message": 5}', 400, "needs a message"),
        (b'{"message": "x", "kind": "other"}', 400, "kind must be one of script, drawing, request, chunk"),
        (b'{"message": "' + b"x" * 20_000 + b'"}', 413, "larger than 16384 bytes"),
    ],
)
async def test_what_is_no_report_is_refused(client, parts, body, code, says):
    answer = await client.post(ADDRESS, content=body, headers={"content-type": "application/json"})

    assert answer.status_code == code
    assert says in answer.json()["error"]
    assert counted(parts) == 0


async def test_a_form_of_a_foreign_page_is_refused(client):
    assert (await client.post(ADDRESS, data={"message": "x"})).status_code == 415
    assert (await client.post(ADDRESS, json=FAULT, headers={"origin": "https://evil.example"})).status_code == 403
