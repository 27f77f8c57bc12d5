"""`watchglass test-alert`: sends a marked alert by the real route of a running server, and says who was told."""

from __future__ import annotations

import argparse
import getpass
import json
import secrets
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from watchglass.alerting.matchers import matcher_text
from watchglass.cli.client import ClientError, get_data, send_json
from watchglass.cli.invocation import own_url, read_settings
from watchglass.model.alert import ALERT_NAME, TEST_MARK
from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher, MatchType
from watchglass.wire.units import parse_duration

_ALERTING = "/api/v1/watchglass/alerting"
_LOOK_S = 0.5
_SLACK_MS = 30_000  # for the attempts to deliver, after a group's wait

Way = tuple[str, str]
"""A receiver, and a kind of integration."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the alert goes.

    Attributes:
        ways: how many integrations of a kind each receiver has that send.
        disabled: why those that do not send anything do not.
        empty: receivers that have no integration at all.
        muted: why routes send nothing at this time.
        wait_ms: how long the first notification waits for more alerts.
    """

    ways: Mapping[Way, int]
    disabled: Sequence[tuple[Way, str]]
    empty: Sequence[str]
    muted: Sequence[str]
    wait_ms: int


def run(options: argparse.Namespace) -> int:
    """Send it, wait, tell and resolve; 0 where everybody who should hear of it was told, 1 else."""
    url = options.url or own_url(read_settings(options))
    labels = _labels(options)
    plan = _plan(url, labels)
    timeout_s = _timeout_ms(options.timeout, plan) / 1000
    _say(f"{labels} to {url}")
    for line in _announced(plan):
        _say(line)
    began = datetime.now(UTC)
    _post(url, labels, began, began + timedelta(seconds=timeout_s + 60))
    try:
        outcomes, quiet = _wait(url, labels, plan, timeout_s)
    finally:
        _post(url, labels, began, max(datetime.now(UTC), began + timedelta(milliseconds=1)))
    lines, is_good = _told(plan, outcomes, quiet)
    for line in lines:
        _say(line)
    _say("resolved; who hears of ends is told at the group's next turn")
    return 0 if is_good else 1


def _labels(options: argparse.Namespace) -> Labels:
    given = dict(_pair(word) for word in options.labels)
    labels = {ALERT_NAME: "WatchglassTest", "severity": options.severity, "system": options.system, **given}
    return Labels.of(labels | {TEST_MARK: secrets.token_hex(4)})


def _pair(word: str) -> tuple[str, str]:
    name, sign, value = word.partition("=")
    if not name or not sign:
        raise ClientError(f'expected LABEL=VALUE, not "{word}"')
    return name, value.strip('"')


def _timeout_ms(text: str, plan: _Plan) -> int:
    if not text:
        return plan.wait_ms + _SLACK_MS
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ClientError(f"--timeout: {error}") from None


def _post(url: str, labels: Labels, starts: datetime, ends: datetime) -> None:
    by = f"{getpass.getuser()}@{socket.gethostname()}"
    alert = {
        "labels": dict(labels),
        "annotations": {
            "summary": f"Test alert by {by}",
            "description": f"Nothing is wrong: {by} tries whether alerts arrive, by `watchglass test-alert`.",
        },
        "startsAt": _time(starts),
        "endsAt": _time(ends),
    }
    send_json(url, "POST", "/api/v2/alerts", [alert])


def _time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


# Where it goes


def _plan(url: str, labels: Labels) -> _Plan:
    asked = urlencode({"labels": json.dumps(dict(labels))})
    tried = get_data(url, f"{_ALERTING}/routes/test?{asked}")
    routing = get_data(url, f"{_ALERTING}/routes")
    taken = [each for each in _routes(routing["route"]) if tried["verdicts"][each["id"]]["verdict"] == "taken"]
    receivers = [each for each in routing["receivers"] if each["name"] in tried["receivers"]]
    every = [((each["name"], way["kind"]), way["disabled"]) for each in receivers for way in each["integrations"]]
    verdicts = [tried["verdicts"][each["id"]]["why"] for each in taken]
    return _Plan(
        ways=Counter(way for way, why in every if not why),
        disabled=[(way, why) for way, why in every if why],
        empty=[each["name"] for each in receivers if not each["integrations"]],
        muted=[why for why in verdicts if why.startswith("sends nothing")],
        wait_ms=max((each["groupWait"] for each in taken), default=0),
    )


def _routes(route: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield route
    for child in route["routes"]:
        yield from _routes(child)


def _announced(plan: _Plan) -> Iterator[str]:
    names = dict.fromkeys([way[0] for way in plan.ways] + [way[0] for way, _ in plan.disabled] + list(plan.empty))
    yield f"goes to {', '.join(names)}; the group waits {plan.wait_ms / 1000:g} s for more alerts"


# What becomes of it


def _wait(url: str, labels: Labels, plan: _Plan, timeout_s: float) -> tuple[list[Mapping[str, Any]], str]:
    """The outcomes of notifications, and why the alert is kept quiet; whatever there is when the time is over."""
    until_s = time.monotonic() + timeout_s
    while True:
        found = _notifications(url, labels)
        quiet = _quiet(url, labels)
        ended = Counter(_way(each) for each in found if each["status"] != "sending")
        is_done = all(ended[way] >= number for way, number in plan.ways.items())
        if is_done or quiet or plan.muted or time.monotonic() >= until_s:
            return found, quiet
        time.sleep(_LOOK_S)


def _notifications(url: str, labels: Labels) -> list[Mapping[str, Any]]:
    asked = urlencode({"labels": json.dumps(dict(labels))})
    answer = get_data(url, f"{_ALERTING}/notifications?{asked}")
    if not answer["kept"]:
        raise ClientError(f"{url} does not keep what was sent, so nobody can say: see its /health")
    return list(answer["notifications"])


def _quiet(url: str, labels: Labels) -> str:
    """Why it is kept quiet; empty where it is not."""
    matcher = matcher_text(Matcher(TEST_MARK, MatchType.EQUAL, labels.get(TEST_MARK)))
    for alert in send_json(url, "GET", f"/api/v2/alerts?{urlencode({'filter': matcher})}"):
        status = alert["status"]
        by = {"silence": status["silencedBy"], "alert": status["inhibitedBy"]}
        if status["state"] == "suppressed":
            return "; ".join(f"{kind} {', '.join(ids)}" for kind, ids in by.items() if ids) or "suppressed"
    return ""


def _way(sent: Mapping[str, Any]) -> Way:
    return sent["receiver"], sent["integration"]


def _told(plan: _Plan, found: Sequence[Mapping[str, Any]], quiet: str) -> tuple[list[str], bool]:
    """A line for each way, and whether everybody was told."""
    outcomes = _newest(found)
    lines = [f"{_named(_way(each), each['place'])}{_outcome(each)}" for each in outcomes]
    lines += [f"{_named(way)}disabled: {why}" for way, why in plan.disabled]
    lines += [f"{_named((name, ''))}has no way to be told: it is only shown" for name in plan.empty]
    reached = Counter(_way(each) for each in outcomes)
    silent = [way for way, number in plan.ways.items() if reached[way] < number]
    why = f"kept quiet by {quiet}" if quiet else "; ".join(plan.muted) or "nothing was sent in time: see --timeout"
    lines += [f"{_named(way)}{why}" for way in silent]
    is_good = not silent and bool(plan.ways) and all(each["status"] == "sent" for each in outcomes)
    return lines, is_good


def _newest(found: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of each integration what became of it last; what is under way, only where nothing else is known."""
    ended = sorted(found, key=lambda each: each["status"] == "sending")
    newest: dict[tuple[Way, int], Mapping[str, Any]] = {}
    for each in ended:
        newest.setdefault((_way(each), each["place"]), each)
    return [newest[key] for key in sorted(newest)]


def _outcome(sent: Mapping[str, Any]) -> str:
    attempts = f"{sent['attempts']} attempt{'' if sent['attempts'] == 1 else 's'}"
    if sent["status"] == "sending":
        return f"not delivered in time, and still tried: {attempts}, {sent['error'] or 'no answer yet'}"
    if sent["status"] == "sent":
        return f"delivered in {sent['tookMs'] / 1000:.1f} s, {attempts}"
    return f"failed after {attempts}: {sent['error']}"


def _named(way: Way, place: int | None = None) -> str:
    kind = way[1] if place is None else f"{way[1]}[{place}]"
    return f"  {way[0]:<20} {kind:<13} "


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
