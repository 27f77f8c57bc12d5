"""DNS discovery: targets and meta labels of each record type."""

import asyncio
import struct

import pytest
from discovery_support import NUMBERS, encode_name, serve

from watchglass.collect.discovery.dns import discover
from watchglass.collect.discovery.dns_client import ResolverOptions
from watchglass.collect.job import DnsDiscovery

TABLE = {
    ("a.example.", NUMBERS["SRV"]): [struct.pack("!3H", 1, 1, 81) + encode_name("one.example")],
    ("a.example.", NUMBERS["A"]): [bytes([192, 0, 2, 1])],
    ("a.example.", NUMBERS["AAAA"]): [bytes.fromhex("20010db8000000000000000000000001")],
    ("a.example.", NUMBERS["MX"]): [struct.pack("!H", 5) + encode_name("mx.example")],
    ("a.example.", NUMBERS["NS"]): [encode_name("ns.example")],
    ("b.example.", NUMBERS["A"]): 2,
}


def discovered(config):
    async def run():
        async with serve(TABLE) as (_, port):
            return await discover(config, ResolverOptions(("127.0.0.1",), port, timeout_s=0.5))

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("kind", "address", "meta"),
    [
        ("SRV", "one.example:81", {"dns_srv_record_target": "one.example.", "dns_srv_record_port": "81"}),
        ("A", "192.0.2.1:9100", {}),
        ("AAAA", "[2001:db8::1]:9100", {}),
        ("MX", "mx.example:9100", {"dns_mx_record_target": "mx.example."}),
        ("NS", "ns.example:9100", {"dns_ns_record_target": "ns.example."}),
    ],
)
def test_every_record_type(kind, address, meta):
    groups, errors = discovered(DnsDiscovery(("a.example",), kind, 9100))

    (group,) = groups.values()
    assert (group.source, errors) == ("a.example", {})
    expected = {"__address__": address, "__meta_dns_name": "a.example"} | {f"__meta_{k}": v for k, v in meta.items()}
    assert dict(group.targets[0]) == expected


def test_one_bad_name_does_not_take_the_others_with_it():
    groups, errors = discovered(DnsDiscovery(("b.example", "a.example", "not a näme"), "A", 80))
    assert list(groups) == ["a.example"]
    assert list(errors) == ["b.example", "not a näme"]
