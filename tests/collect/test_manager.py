"""Scraping as a whole: real HTTP, a store in memory, and targets that misbehave."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from collect_support import Memory, answer, bomb, exposing, job, tcp_server, until
from prometheus_client import CollectorRegistry

from watchglass.clock import SystemClock
from watchglass.collect.job import RelabelAction, RelabelRule, ScrapeLimits, TargetGroup
from watchglass.collect.manager import ScrapeManager
from watchglass.collect.scrape import Health
from watchglass.errors import ConfigError
from watchglass.model.labels import Labels
from watchglass.model.sample import is_stale


@asynccontextmanager
async def scraping(store, *jobs, **options):
    manager = ScrapeManager(store, SystemClock(), **options)
    await manager.apply(jobs)
    try:
        yield manager
    finally:
        await manager.stop()


def status_of(manager, address):
    (status,) = [each.status for each in manager.targets().active if address in each.target.url]
    return status


async def first_status(manager, address):
    """The status of a target after its first scrape."""
    await until(lambda: status_of(manager, address).health is not Health.UNKNOWN)
    return status_of(manager, address)


def test_a_target_is_scraped_again_and_again(store):
    async def main():
        async with exposing(b"answer 41\n", b"answer 42\n") as address, scraping(store, job(address)) as manager:
            await until(lambda: len(store.values("answer")) >= 3)
            await first_status(manager, address)
            return address, manager.targets()

    address, listed = asyncio.run(main())
    assert store.values("answer")[:3] == [41, 42, 42]
    assert set(store.values("up")) == {1}
    assert store.samples("answer")[0][0] == Labels.of(__name__="answer", instance=address, job="app")
    (active,) = listed.active
    assert (active.pool, active.target.url) == ("app", f"http://{address}/metrics")
    assert (active.status.health, active.status.last_error, active.status.samples) == (Health.UP, "", 1)
    assert active.status.last_scrape_ms > 1_600_000_000_000


def test_scrapes_share_a_grid(store):
    async def main():
        async with exposing(b"a 1\n") as address, scraping(store, job(address)):
            await until(lambda: len(store.values("a")) >= 6)

    asyncio.run(main())
    phases = {at % 200 for _, at, _ in store.samples("a")[1:]}
    assert len(phases) < 5, "scrapes after the first are due on one grid, and take its time when they are on time"


@pytest.mark.parametrize(
    ("body", "how", "error"),
    [
        (b"up 1\nup{ 1\n", {}, "line 2: expected a label name or '}', found '1'"),
        (b"a 1\n", {"content_type": "text/html"}, "the answer's Content-Type 'text/html' is not a metrics format"),
        (b"a 1\n", {"content_type": ""}, "the answer has no Content-Type"),
        (b"a 1\n", {"content_type": "application/openmetrics-text"}, "line 1: expected # EOF at the end of the body"),
        (b"no", {"status": "500 Oh"}, "server returned HTTP status 500 Oh"),
    ],
)
def test_what_fails_is_shown_on_the_target(store, body, how, error):
    async def main():
        async with exposing(body, **how) as address, scraping(store, job(address)) as manager:
            return await first_status(manager, address)

    status = asyncio.run(main())
    assert status.health is Health.DOWN
    assert status.last_error.startswith(error)
    assert store.values("up")[0] == 0


def test_a_fallback_protocol_reads_what_has_no_type(store):
    async def main():
        async with exposing(b"a 1\n", content_type="") as address:
            fallback = job(address, fallback_scrape_protocol="PrometheusText0.0.4")
            async with scraping(store, fallback):
                await until(lambda: store.values("a"))

    asyncio.run(main())


def test_an_empty_body_is_a_good_scrape(store):
    async def main():
        async with exposing(b"", content_type="") as address, scraping(store, job(address)):
            await until(lambda: store.values("up"))

    asyncio.run(main())
    assert store.values("up")[0] == 1


async def hang(reader, writer):
    await asyncio.sleep(60)


def misbehaving():
    chunk = b"4000\r\n" + b"# filling up the body\n" * 744 + b"# rest \n" * 2 + b"\r\n"

    async def flood(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(chunk)
            await writer.drain()

    async def drip(reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        while True:
            writer.write(b"a 1\n")
            await writer.drain()
            await asyncio.sleep(0.01)

    async def lie(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 99999\r\n\r\na 1\n")

    async def unpack_me(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(bomb("zstd"), "Content-Encoding: zstd"))
        await writer.drain()

    return [(hang, "no full answer within"), (flood, "body"), (drip, "no full answer within"), (lie, "peer closed"), (unpack_me, "body_size_limit")]  # fmt: skip


def test_bad_targets_harm_only_themselves(store):
    """Beside a target that hangs, one that floods, one that drips, one that lies and a bomb, a good one goes on."""
    bad = misbehaving()

    async def main():
        async with exposing(b"good 1\n") as good:
            servers = [tcp_server(handler) for handler, _ in bad]
            addresses = [await server.__aenter__() for server in servers]
            limits = ScrapeLimits(body_bytes=1 << 20)
            calm = {"scrape_interval_ms": 500, "scrape_timeout_ms": 500}  # the servers share our thread
            jobs = [job(address, name=f"bad{i}", limits=limits) for i, address in enumerate(addresses)]
            async with scraping(store, *jobs, job(good, name="good", **calm)) as manager:
                await until(lambda: len(store.values("good")) >= 5 and len(store.values("up")) >= 25, within_s=30)
                statuses = [status_of(manager, address) for address in addresses]
            for server in servers:
                await server.__aexit__(None, None, None)
            return statuses

    statuses = asyncio.run(main())
    for (_, error), status in zip(bad, statuses, strict=True):
        assert status.health is Health.DOWN
        assert error in status.last_error or "no full answer" in status.last_error
    assert set(store.values("up", job="good")) == {1}
    assert set(store.values("up", job="bad0")) == {0}


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_ten_gigabytes_of_nothing(store, encoding):
    async def main():
        async with (
            exposing(bomb(encoding), content_type=f"text/plain\r\nContent-Encoding: {encoding}") as address,
            scraping(store, job(address, scrape_timeout_ms=10_000, scrape_interval_ms=10_000)) as manager,
        ):
            return await first_status(manager, address)

    assert "body_size_limit" in asyncio.run(main()).last_error


def test_two_hundred_megabytes_are_refused_while_they_arrive(store):
    async def main():
        sent = 0

        async def huge(reader, writer):
            nonlocal sent
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 209715200\r\n\r\n")
            for _ in range(3200):
                writer.write(b"# filler 1234567\n" * 3855 + b"\n")
                await writer.drain()
                sent += 65536

        async with (
            tcp_server(huge) as address,
            scraping(store, job(address, scrape_timeout_ms=5000, scrape_interval_ms=5000)) as manager,
        ):
            status = await first_status(manager, address)
            return sent, status

    sent, status = asyncio.run(main())
    assert status.last_error == "the body is larger than 67,108,864 bytes, unpacked (body_size_limit)"
    assert sent < 100_000_000


def test_first_scrapes_of_many_targets_begin_within_a_second(store):
    async def main():
        addresses = [f"127.0.0.1:{port}" for port in range(1, 501)]
        manager = ScrapeManager(store, SystemClock())
        await manager.apply([job(*addresses, scrape_interval_ms=60_000)])
        delays = [loop._delays_ms[0] for loop in manager._pools["app"]._loops]
        await manager.stop()
        return delays

    delays = asyncio.run(main())
    assert len(delays) == 500
    assert max(delays) < 1000
    assert min(delays) == 0


def test_an_unchanged_target_keeps_its_cache_through_a_reload(store):
    asked = []
    store.series_ref = lambda labels: asked.append(labels) or Memory.series_ref(store, labels)

    async def main():
        async with exposing(b"a 1\n") as address, scraping(store, job(address)) as manager:
            await until(lambda: store.values("a"))
            before = len(asked)
            await manager.apply([job(address), job("127.0.0.1:1", name="other")])
            await manager.apply([job(address, scheme="http", enable_compression=False)])
            count = len(store.values("a"))
            await until(lambda: len(store.values("a")) > count + 1)
            return before, [labels for labels in asked[before:] if labels.get("job") == "app"]

    before, again = asyncio.run(main())
    assert before == 6
    assert again == []


def test_new_rules_apply_from_the_next_scrape_and_end_what_they_rename(store):
    rename = RelabelRule(source_labels=("__name__",), target_label="__name__", regex="a", replacement="renamed")

    async def main():
        async with exposing(b"a 1\nb 1\n") as address, scraping(store, job(address)) as manager:
            await until(lambda: store.values("a"))
            await manager.apply([job(address, metric_relabel=(rename,))])
            await until(lambda: len(store.values("renamed")) >= 2)

    asyncio.run(main())
    *values, last = store.values("a")
    assert set(values) == {1}
    assert is_stale(last)
    assert set(store.values("b")) == {1}


def test_a_target_that_goes_is_marked_stale_in_due_time(store):
    async def main():
        async with exposing(b"a 1\n") as address, scraping(store, job(address)) as manager:
            manager.set_targets("app", [TargetGroup("sd", (Labels.of(__address__=address, found="1"),))])
            await until(lambda: len(store.values("a", found="1")) >= 2)
            manager.set_targets("app", [])
            assert len(manager.targets().active) == 1
            await until(lambda: is_stale(store.values("a", found="1")[-1]))
            assert is_stale(store.values("up", found="1")[-1])
            await until(lambda: store.closed)
            assert not is_stale(store.values("up")[0])

    asyncio.run(main())
    ends = [at for _, at, value in store.samples("a", found="1") if is_stale(value)]
    before = [at for _, at, value in store.samples("a", found="1") if not is_stale(value)]
    assert len(ends) == 1
    assert 0 < ends[0] - before[-1] <= 400


def test_going_down_marks_nothing_stale(store):
    async def main():
        async with exposing(b"a 1\n") as address, scraping(store, job(address)):
            await until(lambda: store.values("a"))

    asyncio.run(main())
    assert not any(is_stale(value) for value in store.values("a") + store.values("up"))


def test_a_job_that_goes_takes_its_targets_along(store):
    async def main():
        async with exposing(b"a 1\n") as address, scraping(store, job(address)) as manager:
            await until(lambda: store.values("a"))
            await manager.apply([])
            assert manager.targets().active == []
            manager.set_targets("app", [])
            await until(lambda: is_stale(store.values("a")[-1]))

    asyncio.run(main())


def test_dropped_and_faulty_targets_are_listed(store):
    drop = RelabelRule(RelabelAction.DROP, ("__address__",), regex="drop:1")

    async def main():
        async with scraping(store, job("drop:1", "bad/address", "127.0.0.1:1", relabel=(drop,))) as manager:
            return manager.targets()

    listed = asyncio.run(main())
    assert [each.target.labels.get("instance") for each in listed.active] == ["127.0.0.1:1"]
    assert [(pool, each.discovered.get("__address__"), each.reason[:20]) for pool, each in listed.dropped] == [
        ("app", "drop:1", ""),
        ("app", "bad/address", "the address 'bad/add"),
    ]


def test_a_faulty_target_is_logged_once(store, caplog):
    async def main():
        async with scraping(store, job("bad/address")) as manager:
            manager.set_targets("app", [])
            manager.set_targets("app", [TargetGroup("sd", (Labels.of(__address__="worse/address"),))])

    asyncio.run(main())
    errors = [record.error for record in caplog.records if record.getMessage() == "a target cannot be scraped"]
    assert [error.split("'")[1] for error in errors] == ["bad/address", "worse/address"]


def test_discovery_that_we_do_not_have_is_listed(store):
    async def main():
        async with scraping(
            store, job(unsupported=("kubernetes_sd_configs",)), job("127.0.0.1:1", name="b")
        ) as manager:
            return manager.targets()

    listed = asyncio.run(main())
    assert listed.unsupported == [("app", "kubernetes_sd_configs")]
    assert len(listed.active) == 1


def test_equal_targets_are_one(store):
    async def main():
        async with scraping(store, job("127.0.0.1:1", "127.0.0.1:1")) as manager:
            manager.set_targets("app", [TargetGroup("sd", (Labels.of(__address__="127.0.0.1:1"),))])
            return manager.targets().active

    assert len(asyncio.run(main())) == 1


def test_too_many_targets_fail_all_of_them(store):
    async def main():
        async with exposing(b"a 1\n") as one, exposing(b"a 1\n") as two:
            limited = job(one, two, limits=ScrapeLimits(targets=1))
            async with scraping(store, limited) as manager:
                statuses = [await first_status(manager, address) for address in (one, two)]
                await manager.apply([replace(limited, limits=ScrapeLimits(targets=2))])
                await until(lambda: len(store.values("a")) >= 2)
                return statuses

    statuses = asyncio.run(main())
    assert {status.last_error for status in statuses} == {"target_limit exceeded: 2 targets, the limit is 1"}
    assert store.values("up")[:2] == [0, 0]


def test_a_faulty_rule_changes_nothing(store):
    faulty = RelabelRule(RelabelAction.KEEP, ("a",), regex="(")

    async def main():
        async with scraping(store, job("127.0.0.1:1")) as manager:
            with pytest.raises(ConfigError, match=r"scrape_configs\[new\].metric_relabel_configs\[0\].regex"):
                await manager.apply([job("127.0.0.1:2"), job("127.0.0.1:3", name="new", metric_relabel=(faulty,))])
            return [each.target.url for each in manager.targets().active]

    assert asyncio.run(main()) == ["http://127.0.0.1:1/metrics"]


def test_what_happens_is_counted(store):
    registry = CollectorRegistry()

    async def main():
        async with (
            exposing(b"a 1\na 2\nb 1 99999999999999\n") as good,
            exposing(b"", status="500 x") as bad,
            scraping(store, job(good, bad), registry=registry),
        ):
            await until(lambda: {0, 1} <= set(store.values("up")) and count("watchglass_scrape_samples_total") >= 11)

    def count(name, **labels):
        return registry.get_sample_value(name, labels)

    asyncio.run(main())
    assert count("watchglass_scrapes_total", result="success") >= 1
    assert count("watchglass_scrapes_total", result="http_status") >= 1
    assert count("watchglass_scrape_samples_left_out_total", reason="duplicate") >= 1
    assert count("watchglass_scrape_samples_left_out_total", reason="future") >= 1
    assert count("watchglass_scrape_body_bytes_total") >= 27
    assert count("watchglass_scrape_duration_seconds_count") >= 2
