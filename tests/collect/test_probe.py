"""Probes of a server that answers as Ollama's documentation says, and of others that behave badly."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from contextlib import asynccontextmanager

import pytest
from collect_support import answer, bomb, job, tcp_server, until

from watchglass.clock import SystemClock
from watchglass.collect.job import Probe, ProbedLength
from watchglass.collect.manager import ScrapeManager
from watchglass.collect.scrape import Health
from watchglass.model.metadata import MetricType
from watchglass.model.sample import is_stale

LOADED = "ollama_models_loaded"
PROBE = Probe((ProbedLength(LOADED, "/api/ps", "models"),))

# ollama/ollama, docs/api.md: "List Local Models" and "List Running Models", shortened.
MISTRAL = {"name": "mistral:latest", "model": "mistral:latest", "size": 5137025024, "digest": "2ae6f6dd7a3d"}
RUNNING = MISTRAL | {"expires_at": "2024-06-04T14:38:31.83753-07:00", "size_vram": 5137025024}


def as_json(value, *headers: str) -> bytes:
    return answer(json.dumps(value).encode(), *headers, content_type="application/json; charset=utf-8")


class Ollama:
    """What the paths of a server answer."""

    def __init__(self, **paths: bytes | None):
        self.asked = []
        self.answers = {
            "/": answer(b"Ollama is running", content_type="text/plain; charset=utf-8"),
            "/api/tags": as_json({"models": [MISTRAL]}),
            "/api/ps": as_json({"models": [RUNNING]}),
        } | {"/" + path: body for path, body in paths.items()}

    async def __call__(self, reader, writer):
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split()[1].decode()
            self.asked.append(path)
            body = self.answers.get(path, answer(b"404 page not found", status="404 Not Found"))
            if body is None:
                await asyncio.sleep(30)
            writer.write(body or b"")
            await writer.drain()


@asynccontextmanager
async def probing(store, address: str, probe: Probe = PROBE, **options):
    manager = ScrapeManager(store, SystemClock())
    about = {"name": "ollama", "metrics_path": "/", "scrape_interval_ms": 300, "scrape_timeout_ms": 300}
    await manager.apply([job(address, probe=probe, **(about | options))])
    try:
        yield manager
    finally:
        await manager.stop()


def probed(store, server, *, times: int = 2, condition=None, **options):
    """The status of the target after some probes."""

    async def main():
        async with tcp_server(server) as address, probing(store, address, **options) as manager:
            await until(condition or (lambda: len(store.values("up")) >= times))
            (active,) = manager.targets().active
            return active.status

    return asyncio.run(main())


def last(store, name: str) -> float | None:
    values = store.values(name)
    return values[-1] if values and not is_stale(values[-1]) else None


def test_a_server_that_answers_is_up_and_its_models_are_counted(store):
    ollama = Ollama(**{"api/ps": as_json({"models": [RUNNING, RUNNING]})})
    status = probed(store, ollama)

    assert (status.health, status.last_error, status.samples) == (Health.UP, "", 4)
    assert set(ollama.asked) == {"/", "/api/ps"}
    assert (last(store, "up"), last(store, "probe_success"), last(store, "probe_http_status_code")) == (1, 1, 200)
    assert (last(store, LOADED), 0 < last(store, "probe_duration_seconds") < 5) == (2, True)
    labels, _, _ = store.samples(LOADED)[0]
    assert labels.get("job") == "ollama"
    assert store.metadata[LOADED].type is MetricType.GAUGE


def test_a_server_may_be_stopped_and_started_again(store):
    async def main():
        async with tcp_server(Ollama()) as address:
            manager = ScrapeManager(store, SystemClock())
            probes = job(
                address, name="ollama", metrics_path="/", probe=PROBE, scrape_interval_ms=300, scrape_timeout_ms=300
            )
            await manager.apply([probes])
            await until(lambda: last(store, LOADED) == 1)
        await until(lambda: last(store, "up") == 0)
        assert (last(store, "probe_success"), last(store, "probe_http_status_code")) == (0, 0)
        assert last(store, LOADED) is None, "its series has ended"
        (active,) = manager.targets().active
        assert active.status.health is Health.DOWN
        assert active.status.last_error == f"{address}: connection refused"
        host, _, port = address.rpartition(":")
        server = await asyncio.start_server(Ollama(), host, int(port))
        await until(lambda: last(store, "up") == 1 and last(store, LOADED) == 1)
        server.close()
        await manager.stop()

    asyncio.run(main())
    assert set(store.values("up")) == {0, 1}
    assert set(store.values("probe_success")) == {0, 1}


@pytest.mark.parametrize(
    ("front", "status", "says"),
    [
        (answer(b"starting", status="503 Service Unavailable"), 503, "server returned HTTP status 503"),
        (answer(b"", status="404 Not Found"), 404, "server returned HTTP status 404"),
        (answer(b"", "Location: /elsewhere", status="302 Found"), 404, "server returned HTTP status 404"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", 0, ""),
        (b"", 0, ""),
    ],
)
def test_what_is_no_answer_of_2xx_is_down(store, front, status, says):
    seen = probed(store, Ollama(**{"": front}))

    assert seen.health is Health.DOWN
    assert says in seen.last_error
    assert (last(store, "up"), last(store, "probe_success"), last(store, "probe_http_status_code")) == (0, 0, status)
    assert store.values(LOADED) == []


def test_redirects_are_followed_where_the_job_says_so(store):
    moved = {"": answer(b"", "Location: /home", status="301 Moved Permanently"), "home": answer(b"hello")}
    probed(store, Ollama(**moved))
    assert (last(store, "up"), last(store, "probe_http_status_code")) == (1, 200)


def test_a_server_that_hangs_is_down_and_said_to_be_late(store):
    status = probed(store, Ollama(**{"": None}), scrape_timeout_ms=100)

    assert "no full answer within 0.1 s" in status.last_error
    assert (last(store, "up"), last(store, "probe_success")) == (0, 0)
    assert last(store, "probe_duration_seconds") > 0.09


def test_an_endless_front_page_is_not_read(store):
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n" + bytes(100_000)
    status = probed(store, Ollama(**{"": endless}))
    assert (status.health, last(store, LOADED)) == (Health.UP, 1)


DEEP = b"[" * 200_000


@pytest.mark.parametrize(
    ("list_of_models", "says"),
    [
        (answer(b"<html>"), "/api/ps: "),
        (answer(b'{"models": ['), "/api/ps: "),
        (answer(b"\xff\xfe{}"), "/api/ps: "),
        (answer(DEEP), "/api/ps: "),
        (as_json({"models": 3}), '/api/ps: the answer has no list "models"'),
        (as_json([1, 2]), '/api/ps: the answer has no list "models"'),
        (answer(b"x" * (1 << 20 | 1)), "larger than"),
        (answer(bomb("gzip")[:900_000], "Content-Encoding: gzip"), "/api/ps: "),
        (answer(b"oops", status="500 Internal Server Error"), "server returned HTTP status 500"),
        (None, "no full answer within"),
    ],
    ids=["html", "half", "bytes", "deep", "number", "array", "huge", "bomb", "fault", "hangs"],
)  # fmt: skip
def test_a_list_that_cannot_be_read_is_missing_and_the_server_up(store, caplog, list_of_models, says):
    caplog.set_level(logging.WARNING, "watchglass.collect")
    status = probed(store, Ollama(**{"api/ps": list_of_models}), times=3, scrape_interval_ms=300, scrape_timeout_ms=250)

    assert (status.health, last(store, "probe_success")) == (Health.UP, 1)
    assert store.values(LOADED) == []
    (told,) = [record for record in caplog.records if record.message == "a probe lacks a metric"]
    assert (told.metric, says in told.error) == (LOADED, True), told.error


def test_a_packed_list_is_unpacked(store):
    packed = gzip.compress(json.dumps({"models": [RUNNING] * 3}).encode())
    probed(store, Ollama(**{"api/ps": answer(packed, "Content-Encoding: gzip")}))
    assert last(store, LOADED) == 3


def test_a_reload_may_make_a_scrape_of_a_probe_and_back(store):
    async def main():
        async with tcp_server(Ollama(**{"": answer(b"told 1\n")})) as address:
            manager = ScrapeManager(store, SystemClock())
            scraped = job(address, name="ollama", metrics_path="/", scrape_interval_ms=300, scrape_timeout_ms=300)
            await manager.apply([scraped])
            await until(lambda: last(store, "told") == 1)
            await manager.apply(
                [
                    job(
                        address,
                        name="ollama",
                        metrics_path="/",
                        probe=Probe(),
                        scrape_interval_ms=100,
                        scrape_timeout_ms=100,
                    )
                ]
            )
            await until(lambda: last(store, "probe_success") == 1)
            before = len(store.values("told"))
            await manager.apply([scraped])
            await until(lambda: len([value for value in store.values("told") if not is_stale(value)]) > before)
            await manager.stop()

    asyncio.run(main())
