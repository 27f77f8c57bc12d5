"""Listening sockets, and what is said when there can be none."""

import os
import re
import socket

import pytest

from watchglass.serve.listeners import ListenError, open_listeners, parse_address


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1:9090", ("127.0.0.1", 9090)),
        ("[::1]:80", ("::1", 80)),
        (":9090", ("0.0.0.0", 9090)),
        ("9090", ("127.0.0.1", 9090)),
        ("box.lan:1", ("box.lan", 1)),
    ],
)
def test_addresses(address, expected):
    assert parse_address(address) == expected


@pytest.mark.parametrize("address", ["", "localhost", "localhost:", "::1:80", "a:70000", "a:-1", "a:x"])
def test_wrong_addresses(address):
    with pytest.raises(ListenError, match="expected HOST:PORT"):
        parse_address(address)


def test_several_listeners_are_bound_and_ready():
    opened = open_listeners(["127.0.0.1:0", "127.0.0.2:0"], allow_anonymous=False)
    try:
        for listener in opened:
            socket.create_connection(listener.getsockname()).close()
        assert len(opened) == 2
    finally:
        for listener in opened:
            listener.close()


def test_a_port_in_use_names_port_holder_and_a_way_out():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ListenError) as caught:
            open_listeners([f"127.0.0.1:{port}"], allow_anonymous=False)
    message = str(caught.value)
    assert f"port {port}" in message
    assert f"(process {os.getpid()})" in message
    free = int(re.search(r"--listen 127\.0\.0\.1:(\d+)", message)[1])
    socket.create_server(("127.0.0.1", free)).close()


def test_one_bad_address_leaves_none_bound():
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as probe:
        free = probe.getsockname()[1]
        probe.close()
        with pytest.raises(ListenError):
            open_listeners([f"127.0.0.1:{free}", f"127.0.0.1:{taken.getsockname()[1]}"], allow_anonymous=False)
        socket.create_server(("127.0.0.1", free)).close()


@pytest.mark.parametrize("address", ["0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0"])
def test_an_open_listener_needs_permission_in_words(address):
    with pytest.raises(ListenError, match=r"--web\.allow-anonymous"):
        open_listeners([address], allow_anonymous=False)


def test_an_open_listener_with_permission():
    (listener,) = open_listeners(["0.0.0.0:0"], allow_anonymous=True)
    listener.close()


def test_an_address_of_another_machine():
    with pytest.raises(ListenError, match="no such address"):
        open_listeners(["192.0.2.1:0"], allow_anonymous=True)


def test_a_name_that_does_not_resolve():
    with pytest.raises(ListenError, match=r"no-such-host\.invalid:80"):
        open_listeners(["no-such-host.invalid:80"], allow_anonymous=True)
