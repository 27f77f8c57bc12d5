"""Discovery over time: what is told when, what is kept, and what cannot hold up anything else."""

import asyncio
import json
import os
import threading

import pytest
from discovery_support import serve
from prometheus_client import CollectorRegistry

import watchglass.collect.discovery.manager as manager_module
from watchglass.clock import ManualClock
from watchglass.collect.discovery.dns_client import ResolverOptions
from watchglass.collect.discovery.manager import DiscoveryManager, DiscoveryOptions
from watchglass.collect.job import DnsDiscovery, FileDiscovery, ScrapeJob


async def come_true(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for knows of no event
            await asyncio.sleep(0.01)


class Listener:
    """Keeps the latest addresses of each job, and waits for what is expected of them."""

    def __init__(self):
        self.known, self.calls = {}, []

    def __call__(self, job, groups):
        self.known[job] = [target.get("__address__") for group in groups for target in group.targets]
        self.calls.append((job, self.known[job]))

    async def until(self, job, addresses):
        await come_true(lambda: self.known.get(job) == addresses)


def write(path, *addresses):
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps([{"targets": list(addresses)}]))
    unfinished.replace(path)


def run(scenario, **options):
    """Run a scenario with a fresh manager; what it leaves running is stopped."""

    async def whole():
        listener = Listener()
        clock = ManualClock()
        registry = CollectorRegistry()
        manager = DiscoveryManager(listener, clock, DiscoveryOptions(poll_s=0.01, **options), registry)
        try:
            await scenario(manager, listener, clock, registry)
        finally:
            await manager.stop()

    asyncio.run(whole())


def files_job(*patterns, name="files", refresh_interval_ms=300_000):
    return ScrapeJob(name, discovery=(FileDiscovery(tuple(map(str, patterns)), refresh_interval_ms),))


def test_files_are_followed(tmp_path):
    path = tmp_path / "a.json"
    write(path, "a:1")

    async def scenario(manager, listener, _clock, registry):
        manager.apply([files_job(tmp_path / "*.json")])
        await listener.until("files", ["a:1"])
        write(path, "a:1", "b:1")
        await listener.until("files", ["a:1", "b:1"])
        write(tmp_path / "b.json", "c:1")
        await listener.until("files", ["a:1", "b:1", "c:1"])
        path.write_text("[")
        await come_true(manager.errors)
        assert "is not JSON" in manager.errors()["files"][0]
        assert listener.known["files"] == ["a:1", "b:1", "c:1"]
        path.unlink()
        await listener.until("files", ["c:1"])
        assert manager.errors() == {}
        assert registry.get_sample_value("watchglass_discovery_failures_total", {"job": "files"}) > 0
        assert registry.get_sample_value("watchglass_discovery_refreshes_total", {"job": "files"}) >= 5

    run(scenario)


def test_a_change_that_leaves_no_trace_is_seen_at_the_refresh_interval(tmp_path):
    path = tmp_path / "a.json"
    write(path, "a:1")
    status = path.stat()

    async def scenario(manager, listener, clock, _registry):
        manager.apply([files_job(path, refresh_interval_ms=10_000)])
        await listener.until("files", ["a:1"])
        with path.open("r+") as file:  # same inode, size and time
            file.write(path.read_text().replace("a:1", "b:1"))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        clock.advance(10_000)
        await listener.until("files", ["b:1"])

    run(scenario)


def test_unchanged_discovery_goes_on_when_the_configuration_changes(tmp_path):
    write(tmp_path / "a.json", "a:1")
    write(tmp_path / "b.json", "b:1")

    async def scenario(manager, listener, _clock, _registry):
        manager.apply([files_job(tmp_path / "a.json")])
        await listener.until("files", ["a:1"])
        manager.apply([files_job(tmp_path / "a.json"), files_job(tmp_path / "b.json", name="more")])
        assert listener.calls[-2:] == [("files", ["a:1"]), ("more", [])]
        await listener.until("more", ["b:1"])

        manager.apply([files_job(tmp_path / "b.json")])  # another file: the old targets stay until it is read
        assert listener.calls[-1] == ("files", ["a:1"])
        await listener.until("files", ["b:1"])
        assert ("files", []) not in listener.calls[1:]

        manager.apply([])
        write(tmp_path / "b.json", "c:1")
        await asyncio.sleep(0.1)
        assert listener.calls[-1] == ("files", ["b:1"])

    run(scenario)


def test_names_keep_what_they_had_while_the_server_is_in_trouble():
    table = {("a.example.", 1): [bytes([192, 0, 2, 1])]}

    async def scenario():
        async with serve(table) as (_server, port):
            listener = Listener()
            options = DiscoveryOptions(resolver=ResolverOptions(("127.0.0.1",), port, timeout_s=0.2))
            manager = DiscoveryManager(listener, options=options)
            manager.apply([ScrapeJob("names", discovery=(DnsDiscovery(("a.example",), "A", 80, 20),))])
            await listener.until("names", ["192.0.2.1:80"])
            table["a.example.", 1] = 2
            await come_true(manager.errors)
            assert listener.known["names"] == ["192.0.2.1:80"]
            table["a.example.", 1] = 3  # it does not exist any more: that is an answer
            await listener.until("names", [])
            assert manager.errors() == {}
            await manager.stop()

    asyncio.run(scenario())


def test_a_read_that_hangs_holds_up_nothing_else(tmp_path, monkeypatch):
    write(tmp_path / "a.json", "a:1")
    release = threading.Event()
    real_look = manager_module.look

    def look(patterns, limits):
        if "hung" in patterns[0]:
            release.wait(30)
        return real_look(patterns, limits)

    monkeypatch.setattr(manager_module, "look", look)

    async def scenario(manager, listener, _clock, _registry):
        jobs = [files_job(tmp_path / f"hung{i}.json", name=f"hung{i}") for i in range(20)]
        manager.apply([*jobs, files_job(tmp_path / "a.json")])
        await listener.until("files", ["a:1"])
        await manager.stop()

    try:
        run(scenario)
    finally:
        release.set()


def test_a_fault_of_ours_is_logged_stops_one_discovery_only_and_does_so_for_a_while(tmp_path, monkeypatch, caplog):
    write(tmp_path / "a.json", "a:1")
    write(tmp_path / "bad.json", "b:1")
    real_read = manager_module.read_files
    faulty = threading.Event()
    faulty.set()

    def read_files(patterns, *rest):
        if "bad" in patterns[0] and faulty.is_set():
            raise RuntimeError("BUG")
        return real_read(patterns, *rest)

    monkeypatch.setattr(manager_module, "read_files", read_files)

    async def scenario(manager, listener, _clock, _registry):
        manager.apply([files_job(tmp_path / "bad.json", name="bad"), files_job(tmp_path / "a.json")])
        await listener.until("files", ["a:1"])
        await come_true(lambda: "discovery failed by a fault of ours" in caplog.text)
        faulty.clear()
        await listener.until("bad", ["b:1"])

    run(scenario, retry_s=0.05)


@pytest.mark.parametrize("discovery", [(), (FileDiscovery(("none.json",)),)])
def test_a_job_without_targets(discovery):
    async def scenario(manager, listener, _clock, _registry):
        manager.apply([ScrapeJob("empty", discovery=discovery)])
        await asyncio.sleep(0.1)
        assert listener.known == ({"empty": []} if discovery else {})

    run(scenario)
