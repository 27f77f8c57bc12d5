"""Hostile queries and parameters against the real server: an answer or an error each, and it goes on scraping."""

import pytest
from attacks import ANY, BAD_TARGETS, ERROR, ODD_TARGETS, QUERIES

pytestmark = pytest.mark.slow

ALL = [query for group in QUERIES.values() for query in group]
STATUSES = {"bad_data": 400, "execution": 422, "timeout": 503, "unavailable": 503}


def check(answer, wanted):
    if answer.status == 200 and len(answer.body) > 1 << 20:  # to parse it would take longer than the query
        assert answer.body.startswith(b'{"status":"success"')
        assert answer.body.endswith(b"}")
        assert wanted == ANY
        return
    envelope = answer.envelope()
    if answer.status == 200:
        assert envelope["status"] == "success"
    else:
        assert envelope["status"] == "error"
        assert envelope["error"]
        assert STATUSES[envelope["errorType"]] == answer.status
    if wanted == ERROR:
        assert answer.status != 200
    elif wanted != ANY:
        result = envelope["data"]["result"]
        value = result if envelope["data"]["resultType"] == "scalar" else result[0]["value"]
        assert value[1] == wanted


@pytest.mark.parametrize("query", ALL, ids=lambda query: query.name)
def test_queries(server, query):
    server.forget_peak()
    before = server.resident_bytes()

    answer = server.query(query.text, query.hours, query.step_s)

    server.note(query.name, before)
    check(answer, query.wanted)
    server.is_well()


@pytest.mark.parametrize("target", BAD_TARGETS, ids=lambda target: target[:60])
def test_addresses_that_are_refused(server, target):
    answer = server.get(target)

    assert 400 <= answer.status < 500 or answer.status == 503
    assert answer.body


@pytest.mark.parametrize("target", ODD_TARGETS, ids=lambda target: target[:60])
def test_addresses_that_are_odd(server, target):
    assert server.get(target).status in {200, 204, 400, 404, 405, 414, 422, 431, 503}


def test_it_is_well_and_small_again(server):
    """The last of this file: what every query took was given back."""
    server.is_well()
    server.wait_until(lambda: server.resident_bytes() < server.first_bytes + 128 * 1024 * 1024, timeout_s=90)
