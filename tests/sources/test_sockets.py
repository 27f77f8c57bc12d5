"""Connections: which addresses are never called, and waits that end when nobody waits any more."""

import contextlib
import socket
import ssl
import threading
import time

import pytest

from watchglass.promql.limits import QueryCanceledError
from watchglass.sources import sockets
from watchglass.sources.patience import DeadlineError, Patience
from watchglass.sources.sockets import ForbiddenAddressError, PatientBackend, check_address


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254", "169.254.0.1", "100.100.100.200", "192.0.0.192", "168.63.129.16",
        "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "fd20:ce::254", "fd00:c1::a9fe:a9fe",
        "::ffff:169.254.1.1", "::a9fe:a9fe", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "64:ff9b::168.63.129.16",
        "2002:a9fe:a9fe::1", "2002:6464:64c8::", "2001:0:a9fe:a9fe::1", "2001::5601:5601",
    ],
)  # fmt: skip
def test_addresses_of_machines_own_secrets_are_refused_in_every_form(address):
    with pytest.raises(ForbiddenAddressError):
        check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "::1", "::", "10.0.0.1", "168.63.129.17", "fd00::1", "2001:db8::a9fe:a9fe", "::ffff:10.0.0.1",
        "64:ff9b::a00:1", "2002:a00:1::1", "::a00:1",
    ],
)  # fmt: skip
def test_others_are_not(address):
    check_address(address)


@pytest.fixture
def full():
    """A port at which nobody takes up any more connections: they wait."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        time.sleep(0.1)
        yield listener.getsockname()[1]


@pytest.fixture
def silent():
    """A port that takes connections up and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def connect(port, patience, *, tls=False):
    backend = PatientBackend()
    backend.wait_with(patience)
    stream = backend.connect_tcp("127.0.0.1", port)
    with contextlib.closing(stream):
        if tls:
            stream.start_tls(ssl.create_default_context(), "127.0.0.1")


def canceled_soon():
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    return Patience(60, cancel)


@pytest.mark.parametrize("tls", [False, True])
def test_a_connection_that_nobody_waits_for_is_given_up_at_once(request, tls):
    port = request.getfixturevalue("silent" if tls else "full")
    began = time.monotonic()

    with pytest.raises(QueryCanceledError):
        connect(port, canceled_soon(), tls=tls)
    assert time.monotonic() - began < sockets.CONNECT_S / 2


@pytest.mark.parametrize("tls", [False, True])
def test_a_connection_keeps_the_deadline_of_its_query(request, tls):
    with pytest.raises(DeadlineError):
        connect(request.getfixturevalue("silent" if tls else "full"), Patience(0.3), tls=tls)


@pytest.mark.parametrize(("tls", "text"), [(False, "no connection in time"), (True, "timed out")])
def test_a_patient_query_does_not_wait_for_ever(request, monkeypatch, tls, text):
    monkeypatch.setattr(sockets, "CONNECT_S", 0.2)
    with pytest.raises(Exception, match=text):
        connect(request.getfixturevalue("silent" if tls else "full"), Patience(60), tls=tls)
