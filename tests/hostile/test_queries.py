"""Hostile queries and parameters against the real server: an answer or an error each, and it goes on scraping."""

import http.client
from collections import Counter
from urllib.parse import urlencode

import pytest
from attacks import ANY, BAD_TARGETS, DATA, ERROR, ODD_TARGETS, QUERIES
from hostile_server import HANG_S, Answer
from mutations import Mutator, corpus

pytestmark = pytest.mark.slow

ALL = [query for group in QUERIES.values() for query in group]
MUTATED = 3_000
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


def test_mutated_queries(server):
    """Thousands, one after another on one connection: each is answered with an envelope."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=HANG_S)
    mutator = Mutator(3, [query.replace("requests_total", DATA) for query in corpus()])
    times = {"start": server.end_s - 3600, "end": server.end_s, "step": 60}
    outcomes = Counter()
    for number in range(MUTATED):
        query = mutator.query()
        form = {"query": query, **times} if number % 2 else {"query": query, "time": server.end_s}
        path = "/api/v1/query_range" if number % 2 else "/api/v1/query"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, urlencode(form), headers)
        response = connection.getresponse()
        check(Answer(response.status, response.read()), ANY)
        outcomes[response.status] += 1
    connection.close()
    assert outcomes[200] > MUTATED / 10
    assert set(outcomes) <= {200, 400, 422, 503}


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
