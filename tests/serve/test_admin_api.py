"""Reload and quit: who may, and what they are told."""

import pytest

from watchglass.errors import ConfigError
from watchglass.serve.options import WebOptions

pytestmark = pytest.mark.anyio

LOCAL = ("127.0.0.1", 5000)
REMOTE = ("192.0.2.7", 5000)


class Reloads:
    def __init__(self, error=None):
        self.count, self.error = 0, error

    async def __call__(self):
        self.count += 1
        if self.error:
            raise self.error


@pytest.mark.parametrize(
    ("enabled", "client", "headers", "status"),
    [
        (None, LOCAL, {}, 200),
        (None, LOCAL, {"x-forwarded-for": "192.0.2.9"}, 403),
        (None, REMOTE, {}, 403),
        (True, REMOTE, {}, 200),
        (False, LOCAL, {}, 403),
    ],
)
async def test_who_may_reload(make_parts, make_client, enabled, client, headers, status):  # noqa: PLR0917 - a table
    reloads = Reloads()
    parts = make_parts(WebOptions(enable_lifecycle=enabled), reload=reloads)
    async with make_client(parts, client=client) as http:
        for method in ("POST", "PUT"):
            assert (await http.request(method, "/-/reload", headers=headers)).status_code == status
    assert reloads.count == (2 if status == 200 else 0)


async def test_a_wrong_file_is_answered_with_its_place(make_parts, make_client):
    error = ConfigError(
        "unknown key; did you mean job_name?", path="prometheus.yml", line=3, key="scrape_configs[0].jobname"
    )
    parts = make_parts(reload=Reloads(error))
    async with make_client(parts) as client:
        answer = await client.post("/-/reload")
    assert answer.status_code == 400
    assert "prometheus.yml:3: scrape_configs[0].jobname: unknown key; did you mean job_name?" in answer.text


async def test_reading_does_not_reload(make_parts, make_client):
    async with make_client(make_parts(reload=Reloads())) as client:
        answer = await client.get("/-/reload")
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"POST", "PUT"}


async def test_a_foreign_page_cannot_reload(make_parts, make_client):
    reloads = Reloads()
    async with make_client(make_parts(reload=reloads)) as client:
        assert (await client.post("/-/reload", headers={"origin": "http://evil.example"})).status_code == 403
    assert reloads.count == 0


async def test_quit_only_where_it_was_enabled(make_parts, make_client):
    for enabled, status in ((None, 403), (False, 403), (True, 200)):
        quits = []
        parts = make_parts(WebOptions(enable_lifecycle=enabled), quit=lambda quits=quits: quits.append(1))
        async with make_client(parts) as client:
            assert (await client.post("/-/quit")).status_code == status
        assert len(quits) == (status == 200)
