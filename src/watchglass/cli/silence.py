"""`watchglass silence`: makes, lists, shows and ends silences of a running server, ours or an Alertmanager."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from watchglass.alerting.matchers import MatcherError, matcher_text, parse_matcher
from watchglass.cli.client import ClientError, send_json
from watchglass.cli.invocation import server_url
from watchglass.cli.query import format_table
from watchglass.model.matcher import Matcher, MatchType
from watchglass.wire.units import parse_duration

_SILENCES = "/api/v2/silences"


def run(options: argparse.Namespace) -> int:
    """Do what was asked; 1 where the server refuses."""
    url = server_url(options)
    act = {"add": _add, "list": _list, "show": _show, "expire": _expire}[options.what]
    act(url, options)
    return 0


def _add(url: str, options: argparse.Namespace) -> None:
    now = datetime.now(UTC)
    starts = _time(options.start) if options.start else now
    ends = _time(options.end) if options.end else starts + _duration(options.duration)
    silence = {
        "matchers": [_shown(matcher) for matcher in _matchers(options.matchers)],
        "startsAt": starts.isoformat().replace("+00:00", "Z"),
        "endsAt": ends.isoformat().replace("+00:00", "Z"),
        "createdBy": options.author or getpass.getuser(),
        "comment": options.comment,
    }
    answer = send_json(url, "POST", _SILENCES, silence)
    sys.stdout.write(f"{answer['silenceID']}\n")


def _list(url: str, options: argparse.Namespace) -> None:
    wanted = [("filter", matcher_text(matcher)) for matcher in _matchers(options.matchers)]
    parameters = [*wanted, ("expired", str(options.expired).lower())]
    found = send_json(url, "GET", f"{_SILENCES}?{urlencode(parameters)}")
    if options.json:
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        return
    for line in format_table(_rows(found)) if found else ["no silences"]:
        sys.stdout.write(f"{line}\n")


def _show(url: str, options: argparse.Namespace) -> None:
    silence = send_json(url, "GET", f"/api/v2/silence/{quote(options.id)}")
    if options.json:
        sys.stdout.write(json.dumps(silence, indent=2) + "\n")
        return
    told = {
        "id": silence["id"],
        "state": silence["status"]["state"],
        "matchers": _matchers_text(silence),
        "starts": _moment(silence["startsAt"]),
        "ends": _moment(silence["endsAt"]),
        "by": silence["createdBy"],
        "comment": silence["comment"],
    }
    for name, value in told.items():
        sys.stdout.write(f"{name:<9}{value}\n")


def _expire(url: str, options: argparse.Namespace) -> None:
    for id_ in options.ids:
        send_json(url, "DELETE", f"/api/v2/silence/{quote(id_)}")
        sys.stdout.write(f"{id_} has ended\n")


def _rows(silences: Sequence[Any]) -> Iterator[Sequence[str]]:
    yield "id", "state", "matchers", "ends", "by", "comment"
    for each in silences:
        ends = _moment(each["endsAt"])
        yield each["id"], each["status"]["state"], _matchers_text(each), ends, each["createdBy"], each["comment"]


def _matchers_text(silence: Any) -> str:
    return " ".join(matcher_text(_read(each)) for each in silence["matchers"])


def _read(given: Any) -> Matcher:
    sign = ("=" if given.get("isEqual", True) else "!") + ("~" if given["isRegex"] else "")
    kind = {"=": MatchType.EQUAL, "!": MatchType.NOT_EQUAL, "=~": MatchType.REGEX, "!~": MatchType.NOT_REGEX}[sign]
    return Matcher(given["name"], kind, given["value"])


def _shown(matcher: Matcher) -> dict[str, object]:
    is_equal = matcher.type in {MatchType.EQUAL, MatchType.REGEX}
    is_regex = matcher.type in {MatchType.REGEX, MatchType.NOT_REGEX}
    return {"name": matcher.name, "value": matcher.value, "isEqual": is_equal, "isRegex": is_regex}


def _matchers(words: Sequence[str]) -> list[Matcher]:
    """What was typed; a first word without an operator is the name of an alert."""
    texts = list(words)
    if texts and not any(sign in texts[0] for sign in "=~!"):
        texts[0] = f"alertname={texts[0]}"
    try:
        return [parse_matcher(text) for text in texts]
    except MatcherError as error:
        raise ClientError(str(error)) from None


def _duration(text: str) -> timedelta:
    try:
        return timedelta(milliseconds=parse_duration(text))
    except ValueError as error:
        raise ClientError(f"--duration: {error}") from None


def _time(text: str) -> datetime:
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except ValueError:
        return datetime.fromisoformat(text).astimezone(UTC)


def _moment(text: str) -> str:
    return text.replace("T", " ").partition(".")[0] + " UTC"
