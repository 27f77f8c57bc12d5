"""The inbox of the demo: takes what alerting sends to a webhook, shows it, and outlives what is none."""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request

import pytest

from watchglass.clock import ManualClock
from watchglass.simulate.inbox import MOST_BYTES, MOST_KEPT
from watchglass.simulate.targets import INBOX, Targets

NOW_MS = 1_795_615_200_000  # 14:00 UTC


@pytest.fixture
def inbox():
    targets = Targets([], 1, ManualClock(NOW_MS), inbox=True)
    yield f"http://{targets.addresses[INBOX]}/"
    targets.close()


def asked(url, body=None):
    with urllib.request.urlopen(url, body, timeout=10) as response:
        return response.read().decode()


def notification(name, status="firing", **labels):
    alert = {"status": status, "labels": {"alertname": name, **labels}, "annotations": {"summary": "It is gone"}}
    return json.dumps({"version": "4", "status": status, "alerts": [alert]}).encode()


def test_what_is_told_is_shown_the_newest_first(inbox):
    assert asked(inbox) == "Nobody has been told of anything yet.\n"

    asked(inbox, notification("RedisDisconnected", severity="critical", system="awareness_network"))
    asked(inbox, notification("DinoAirHighCPU", "resolved", severity="warning", system="dinoair"))

    shown = [line.split() for line in asked(inbox).splitlines()[2:]]
    assert shown == [
        ["14:00:00", "resolved", "warning", "dinoair", "DinoAirHighCPU", "It", "is", "gone"],
        ["14:00:00", "firing", "critical", "awareness_network", "RedisDisconnected", "It", "is", "gone"],
    ]


def test_only_the_newest_are_kept(inbox):
    for number in range(MOST_KEPT + 5):
        asked(inbox, notification(f"Alert{number}"))

    shown = asked(inbox).splitlines()[2:]
    assert len(shown) == MOST_KEPT
    assert f"Alert{MOST_KEPT + 4} " in shown[0]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"alerts": [{}]}', b'{"alerts": 3}', b"[" * 100_000])
def test_what_is_no_notification_is_refused(inbox, body):
    with pytest.raises(urllib.error.HTTPError) as refused:
        asked(inbox, body)

    with refused.value as answer:
        assert answer.code == 400
    assert asked(inbox) == "Nobody has been told of anything yet.\n"


def test_what_would_be_too_long_is_not_read(inbox):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(inbox).netloc, timeout=10)
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", str(MOST_BYTES + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
