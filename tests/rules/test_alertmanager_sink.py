"""Telling Alertmanagers elsewhere: what is posted, and that one that hangs or fails delays nobody."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
import urllib.request

import pytest
from peer_servers import free_port, needs, running, wait_until
from prometheus_client import CollectorRegistry, generate_latest

from watchglass.collect.job import FileDiscovery, RelabelAction, RelabelRule, TargetGroup
from watchglass.model.alert import Alert
from watchglass.model.http import BasicAuth, HttpOptions, Secret
from watchglass.model.labels import Labels
from watchglass.rules.alertmanager_sink import AlertmanagerSink
from watchglass.rules.alertmanagers import AlertmanagerConfig, addresses, post_path
from watchglass.rules.outgoing import Relabelled
from watchglass.rules.send_loop import SendOptions


def alert(name="Down", **labels):
    annotations = Labels.of(summary="it is down")
    return Alert(
        Labels.of(labels, alertname=name), annotations, 1_700_000_000_123, 1_700_000_240_000, 0, "http://here/graph"
    )


def found(*addresses, **labels):
    return TargetGroup("0", tuple(Labels.of(__address__=address) for address in addresses), Labels.of(labels))


class Receiver:
    """Takes what is posted, or does with it what a test says."""

    def __init__(self, status=200, *, hangs=False, headers=()):
        self.bodies, self.paths, self._serving, self._hangs = [], [], [], hangs
        extra = "".join(f"{name}: {value}\r\n" for name, value in headers)
        self._answer = f"HTTP/1.1 {status} Said\r\n{extra}Content-Length: 0\r\n\r\n".encode()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader, writer):
        self._serving.append(asyncio.current_task())
        try:
            await self._answer_all(reader, writer)
        except asyncio.IncompleteReadError:  # the client has closed
            pass
        finally:
            writer.close()

    async def _answer_all(self, reader, writer):
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            self.paths.append(head.split()[1].decode())
            self.bodies.append(json.loads(await reader.readexactly(length)))
            if self._hangs:
                await asyncio.sleep(60)
            writer.write(self._answer)
            await writer.drain()


async def eventually(holds):
    for _ in range(3000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen in time")


def sample(registry, name, **labels):
    return registry.get_sample_value(f"watchglass_notifications_{name}", labels)


def test_what_is_posted():
    async def run():
        async with Receiver() as receiver:
            sink = AlertmanagerSink()
            sink.apply([AlertmanagerConfig(path_prefix="/am/", static=(found(receiver.address),))])
            sink.put([alert(severity="page")])
            await eventually(lambda: receiver.bodies)
            await sink.stop()
            return receiver

    receiver = asyncio.run(run())
    assert receiver.paths == ["/am/api/v2/alerts"]
    assert receiver.bodies == [
        [
            {
                "labels": {"alertname": "Down", "severity": "page"},
                "annotations": {"summary": "it is down"},
                "startsAt": "2023-11-14T22:13:20.123Z",
                "endsAt": "2023-11-14T22:17:20.000Z",
                "generatorURL": "http://here/graph",
            }
        ]
    ]


def test_alerts_go_in_batches_and_the_oldest_give_way():
    async def run():
        registry = CollectorRegistry()
        async with Receiver() as receiver:
            sink = AlertmanagerSink(SendOptions(queue_capacity=10, batch_size=4), registry)
            sink.apply([AlertmanagerConfig(static=(found(receiver.address),))])
            sink.put([alert(n=f"{number:02}") for number in range(13)])
            await eventually(lambda: sum(map(len, receiver.bodies)) == 10)
            url = f"http://{receiver.address}/api/v2/alerts"
            await eventually(lambda: sample(registry, "sent_total", alertmanager=url) == 10)
            assert sample(registry, "dropped_total", alertmanager=url) == 3
            await sink.stop()
            return receiver.bodies

    bodies = asyncio.run(run())
    assert [len(body) for body in bodies] == [4, 4, 2]
    assert [each["labels"]["n"] for body in bodies for each in body] == [f"{number:02}" for number in range(3, 13)]


@pytest.mark.parametrize("trouble", [{"hangs": True}, {"status": 500}, {"status": 302}])
def test_one_that_hangs_or_fails_delays_no_other_and_its_alerts_are_counted(trouble):
    async def run():
        registry = CollectorRegistry()
        async with Receiver(**trouble) as bad, Receiver() as good:
            sink = AlertmanagerSink(None, registry)
            static = (found(bad.address, "127.0.0.1:1", good.address),)
            sink.apply([AlertmanagerConfig(static=static, timeout_ms=3000)])
            sink.put([alert()])
            await eventually(lambda: good.bodies)
            for address in (bad.address, "127.0.0.1:1"):
                url = f"http://{address}/api/v2/alerts"
                await eventually(lambda: sample(registry, "errors_total", alertmanager=url) == 1)  # noqa: B023
                assert sample(registry, "dropped_total", alertmanager=url) == 1
            sink.put([alert("Next")])
            await eventually(lambda: len(good.bodies) == 2)
            await sink.stop()

    asyncio.run(run())


def test_labels_change_on_the_way():
    async def run():
        drop = RelabelRule(RelabelAction.DROP, ("severity",), regex="info")
        async with Receiver() as all_of_them, Receiver() as few:
            sink = AlertmanagerSink()
            configs = [
                AlertmanagerConfig(static=(found(all_of_them.address),)),
                AlertmanagerConfig(static=(found(few.address),), alert_relabel=(drop,)),
            ]
            sink.apply(configs)
            sink.put([alert("A", severity="info"), alert("B")])
            await eventually(lambda: few.bodies and all_of_them.bodies)
            await sink.stop()
            return [[each["labels"]["alertname"] for each in body] for body in (*all_of_them.bodies, *few.bodies)]

    assert asyncio.run(run()) == [["A", "B"], ["B"]]


def test_external_labels_are_added_where_an_alert_has_none_of_that_name():
    rule = RelabelRule(RelabelAction.LABELDROP, regex="replica")
    relabelled = Relabelled((rule,), Labels.of(site="here", severity="none", replica="1"))
    [changed] = relabelled.of([alert(severity="page")])
    assert changed.labels == Labels.of(alertname="Down", severity="page", site="here")


def test_a_reload_keeps_what_waits_and_ends_what_is_gone():
    async def run():
        async with Receiver(hangs=True) as slow, Receiver() as other:
            sink = AlertmanagerSink()
            first = AlertmanagerConfig(static=(found(slow.address),))
            second = AlertmanagerConfig(static=(found(other.address),))
            sink.apply([first])
            sink.apply([second, first])
            assert [url.split("/")[2] for url in sink.addresses()[0]] == [other.address, slow.address]
            sink.apply([second])
            sink.put([alert()])
            await eventually(lambda: other.bodies)
            await sink.stop()
            return slow.bodies

    assert asyncio.run(run()) == []


def test_alertmanagers_are_found_in_files_and_followed(tmp_path):
    path = tmp_path / "targets.json"

    async def run():
        registry = CollectorRegistry()
        async with Receiver() as first, Receiver() as second:
            path.write_text(json.dumps([{"targets": [first.address]}]))
            sink = AlertmanagerSink(None, registry)
            sink.apply([AlertmanagerConfig(discovery=(FileDiscovery((str(path),)),))])
            sink.put([alert("TooEarly")])  # nobody is known yet
            await eventually(lambda: sink.addresses()[0] == [f"http://{first.address}/api/v2/alerts"])
            sink.put([alert("One")])
            await eventually(lambda: first.bodies)
            path.write_text(json.dumps([{"targets": [second.address]}]))
            await eventually(lambda: sink.addresses()[0] == [f"http://{second.address}/api/v2/alerts"])
            assert sample(registry, "alertmanagers_discovered") == 1
            sink.put([alert("Two")])
            await eventually(lambda: second.bodies)
            await sink.stop()
            return [body[0]["labels"]["alertname"] for body in (*first.bodies, *second.bodies)]

    assert asyncio.run(run()) == ["One", "Two"]


def test_this_very_process_is_not_told_over_http():
    async def run():
        async with Receiver(421, headers=[("X-Me", "one")]) as receiver:
            sink = AlertmanagerSink(SendOptions(own_header=("X-Me", "one")))
            sink.apply([AlertmanagerConfig(static=(found(receiver.address),))])
            sink.put([alert()])
            await eventually(lambda: not sink.addresses()[0])
            sink.put([alert()])
            await sink.stop()
            return receiver.bodies

    assert len(asyncio.run(run())) == 1


def test_what_still_waits_is_sent_before_the_end():
    async def run():
        async with Receiver() as receiver:
            sink = AlertmanagerSink(SendOptions(batch_size=1))
            sink.apply([AlertmanagerConfig(static=(found(receiver.address),))])
            sink.put([alert(n=str(number)) for number in range(20)])
            await sink.stop()
            return len(receiver.bodies)

    assert asyncio.run(run()) == 20


def test_addresses_come_of_targets_and_relabelling():
    rules = (
        RelabelRule(source_labels=("zone",), regex="b", action=RelabelAction.DROP),
        RelabelRule(source_labels=("path",), regex="(.+)", target_label="__alerts_path__"),
    )
    config = AlertmanagerConfig(scheme="https", relabel=rules)
    groups = [found("a:9093", "a:9093"), found("b:9093", zone="b"), found("c:1", path="/x y"), found("d/e")]
    known = addresses(config, groups)
    assert known.active == ("https://a:9093/api/v2/alerts", "https://c:1/x%20y")
    assert known.dropped == ("https://b:9093/api/v2/alerts",)
    assert (post_path(""), post_path("/a//b/")) == ("/api/v2/alerts", "/a/b/api/v2/alerts")


@pytest.mark.real
def test_debians_alertmanager_takes_them(tmp_path):
    program, port = needs("prometheus-alertmanager", "prometheus-alertmanager"), free_port()
    (tmp_path / "am.yml").write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
    command = [
        program,
        f"--config.file={tmp_path}/am.yml",
        f"--storage.path={tmp_path}/data",
        "--cluster.listen-address=",
    ]

    def ask(path):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            return json.load(answer)

    def is_up():
        try:
            return ask("/api/v2/status")
        except OSError:
            return None

    async def tell():
        sink = AlertmanagerSink()
        sink.apply([AlertmanagerConfig(static=(found(f"127.0.0.1:{port}"),))])
        now_ms = int(time.time() * 1000)
        one = Alert(
            Labels.of(alertname="A", a="ü"), Labels.of(b="c"), now_ms - 5000, now_ms + 240_000, now_ms, "http://x/y"
        )
        sink.put([one])
        await sink.stop()

    with running([*command, f"--web.listen-address=127.0.0.1:{port}"], stderr=subprocess.DEVNULL):
        wait_until(is_up, "a start of Alertmanager")
        asyncio.run(tell())
        [taken] = ask("/api/v2/alerts")
    assert (taken["labels"], taken["annotations"]) == ({"alertname": "A", "a": "ü"}, {"b": "c"})
    assert (taken["generatorURL"], taken["status"]["state"]) == ("http://x/y", "active")


def test_a_password_in_an_address_is_shown_nowhere(caplog):
    async def run():
        registry = CollectorRegistry()
        sink = AlertmanagerSink(None, registry)
        http = HttpOptions(basic_auth=BasicAuth("me", Secret("hunter2")))
        sink.apply([AlertmanagerConfig(static=(found("me:hunter2@127.0.0.1:1"),), http=http)])
        sink.put([alert()])
        url = "http://127.0.0.1:1/api/v2/alerts"
        await eventually(lambda: sample(registry, "errors_total", alertmanager=url) == 1)
        shown = sink.addresses()
        await sink.stop()
        return shown, generate_latest(registry).decode()

    (active, _), metrics = asyncio.run(run())
    assert active == ["http://127.0.0.1:1/api/v2/alerts"]
    said = metrics + "".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "alerts are not sent" in said
    assert "hunter2" not in said
