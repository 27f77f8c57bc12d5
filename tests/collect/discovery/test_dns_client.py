"""The DNS client against a real server on loopback, and against none."""

import asyncio
import struct
from dataclasses import replace

import pytest
from discovery_support import NUMBERS, encode_name, serve

from watchglass.collect.discovery.dns_client import (
    DnsError,
    ResolverOptions,
    candidate_names,
    lookup,
    read_resolv_conf,
)
from watchglass.collect.discovery.dns_message import Record

TABLE = {
    ("_app._tcp.example.", NUMBERS["SRV"]): [struct.pack("!3H", 1, 1, 80 + i) + encode_name(f"h{i}.example") for i in range(3)],
    ("app.example.", NUMBERS["A"]): [bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])],
    ("app.svc.local.", NUMBERS["A"]): [bytes([192, 0, 2, 9])],
    ("empty.example.", NUMBERS["A"]): [],
    ("broken.example.", NUMBERS["A"]): 2,
}  # fmt: skip


def ask(name, kind="A", setup=None, **options):
    async def run():
        async with serve(TABLE) as (server, port):
            if setup:
                setup(server)
            resolver = replace(ResolverOptions(("127.0.0.1",), port, timeout_s=0.5), **options)
            try:
                return await lookup(name, kind, resolver), server.asked
            except DnsError as error:
                return error, server.asked

    return asyncio.run(run())


def test_addresses():
    records, asked = ask("app.example")
    assert records == (Record("A", "192.0.2.1"), Record("A", "192.0.2.2"))
    assert asked == [("app.example.", 1, "udp")]


def test_services():
    records, _ = ask("_app._tcp.example", "SRV")
    assert [(record.value, record.port) for record in records] == [(f"h{i}.example.", 80 + i) for i in range(3)]


def test_a_long_answer_comes_over_tcp():
    records, asked = ask("app.example", setup=lambda server: setattr(server, "truncate_udp", True))
    assert len(records) == 2
    assert [how for _, _, how in asked] == ["udp", "tcp"]


def test_a_name_that_does_not_exist_has_no_records():
    assert ask("none.example")[0] == ()
    assert ask("empty.example")[0] == ()


def test_a_server_in_trouble_is_an_error():
    result, _ = ask("broken.example")
    assert isinstance(result, DnsError)
    assert 'could not resolve "broken.example"' in str(result)


def test_a_silent_server_costs_its_timeout_and_the_next_is_asked():
    result, asked = ask("app.example", setup=lambda server: setattr(server, "silent", True), timeout_s=0.05)
    assert isinstance(result, DnsError)
    assert asked == []
    records, _ = ask("app.example", servers=("not an address", "127.0.0.2", "127.0.0.1"), timeout_s=0.2)
    assert len(records) == 2


def test_the_search_list_is_tried_in_order():
    records, asked = ask("app", search=("none.local", "svc.local"))
    assert records == (Record("A", "192.0.2.9"),)
    assert [name for name, _, _ in asked] == ["app.none.local.", "app.svc.local."]


@pytest.mark.parametrize(
    ("name", "ndots", "names"),
    [
        ("app", 1, ["app.a.", "app.b.", "app."]),
        ("app.x", 1, ["app.x.", "app.x.a.", "app.x.b."]),
        ("app.x", 5, ["app.x.a.", "app.x.b.", "app.x."]),
        ("app.x.", 5, ["app.x."]),
    ],
)
def test_candidate_names(name, ndots, names):
    assert candidate_names(name, ResolverOptions(search=("a", "b."), ndots=ndots)) == names


def test_resolv_conf(tmp_path):
    path = tmp_path / "resolv.conf"
    path.write_text(
        "# comment\nnameserver 192.0.2.1\nnameserver 2001:db8::1\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n"
        "domain old.example\nsearch a.example b.example\noptions timeout:1 ndots:5 rotate\nnameserver\n"
    )
    options = read_resolv_conf(path)
    assert options.servers == ("192.0.2.1", "2001:db8::1", "192.0.2.3")
    assert (options.search, options.ndots, options.port) == (("a.example", "b.example"), 5, 53)
    path.write_text("")
    assert read_resolv_conf(path) == ResolverOptions()
    with pytest.raises(DnsError, match=r"could not load resolv\.conf"):
        read_resolv_conf(tmp_path / "none")
