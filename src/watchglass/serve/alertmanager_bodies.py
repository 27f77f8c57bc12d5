"""What is sent to Alertmanager's API v2: alerts and silences as JSON, checked as its OpenAPI document has it.

Source: prometheus/alertmanager, api/v2/openapi.yaml; go-openapi/{strfmt,validate}.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from watchglass.alerting.silence import Silence
from watchglass.errors import WatchglassError
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher, MatchType

Json = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d))?(?:[.,](\d{1,9}))?([Zz]|[+-]\d\d:?\d\d)?")
_LAST_MS = 253_402_300_799_999  # of the year 9999
_TYPES = {
    (True, False): MatchType.EQUAL,
    (False, False): MatchType.NOT_EQUAL,
    (True, True): MatchType.REGEX,
    (False, True): MatchType.NOT_REGEX,
}
_WORDS = {dict: "object", list: "array", str: "string", bool: "boolean"}


class InvalidBodyError(WatchglassError):
    """A request has not the form that is documented.

    Attributes:
        code: the kind of fault, as go-openapi numbers them.
        status: the HTTP status code.
    """

    def __init__(self, message: str, *, code: int = 602, status: int = 422) -> None:
        super().__init__(message)
        self.code, self.status = code, status


def time_text(time_ms: int) -> str:
    """A time as the API writes it, in milliseconds."""
    moment = _EPOCH + timedelta(milliseconds=min(max(time_ms, 0), _LAST_MS))
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def read_alerts(body: bytes, now_ms: int, resolve_timeout_ms: int) -> tuple[list[Alert], list[str]]:
    """The alerts of a request that can be taken, and what is wrong with the others.

    Raises:
        InvalidBodyError: it is no list of alerts.
    """
    alerts, faults = list[Alert](), list[str]()
    for at, given in enumerate(_parsed(body, "alerts", list)):
        alert = _alert(_typed(given, str(at), dict), str(at), now_ms, resolve_timeout_ms)
        if fault := _alert_fault(alert):
            faults.append(fault)
        else:
            alerts.append(alert)
    return alerts, faults


def _alert(given: Json, at: str, now_ms: int, resolve_timeout_ms: int) -> Alert:
    starts_ms, ends_ms = _time(given, "startsAt", at), _time(given, "endsAt", at)
    generator_url = _typed(given.get("generatorURL") or "", f"{at}.generatorURL", str)
    return Alert(
        labels=_labels(given, "labels", at, required=True),
        annotations=_labels(given, "annotations", at),
        starts_ms=starts_ms or ends_ms or now_ms,
        ends_ms=ends_ms or now_ms + resolve_timeout_ms,
        updated_ms=now_ms,
        generator_url=generator_url,
        timeout=not ends_ms,
    )


def _alert_fault(alert: Alert) -> str:
    if alert.ends_ms < alert.starts_ms:
        return "start time must be before end time"
    if not alert.labels:
        return "at least one label pair required"
    for what, labels in (("label set", alert.labels), ("annotations", alert.annotations)):
        if any(not name for name, _ in labels):
            return f'invalid {what}: invalid name ""'
    return ""


def read_silence(body: bytes) -> Silence:
    """The silence of a request.

    Raises:
        InvalidBodyError: it is none.
    """
    given = _parsed(body, "silence", dict)
    for name in ("comment", "createdBy", "endsAt", "matchers", "startsAt"):
        if given.get(name) is None:
            raise InvalidBodyError(f"{name} in body is required")
    matchers = _typed(given["matchers"], "matchers", list)
    if not matchers:
        raise InvalidBodyError("matchers in body should have at least 1 items", code=612)
    return Silence(
        matchers=tuple(_matcher(_typed(each, f"matchers.{at}", dict), at) for at, each in enumerate(matchers)),
        starts_ms=_time(given, "startsAt", ""),
        ends_ms=_time(given, "endsAt", ""),
        created_by=_typed(given["createdBy"], "createdBy", str),
        comment=_typed(given["comment"], "comment", str),
        id=_typed(given.get("id") or "", "id", str),
        annotations=dict(_labels(given, "annotations", "")),
    )


def _matcher(given: Json, at: int) -> Matcher:
    for name in ("isRegex", "name", "value"):
        if given.get(name) is None:
            raise InvalidBodyError(f"matchers.{at}.{name} in body is required")
    is_equal = _typed(True if given.get("isEqual") is None else given["isEqual"], f"matchers.{at}.isEqual", bool)
    is_regex = _typed(given["isRegex"], f"matchers.{at}.isRegex", bool)
    name, value = (_typed(given[key], f"matchers.{at}.{key}", str) for key in ("name", "value"))
    return Matcher(name, _TYPES[is_equal, is_regex], value)


def _parsed(body: bytes, name: str, kind: type) -> Any:
    if not body:
        raise InvalidBodyError(f"{name} in body is required")
    try:
        content = orjson.loads(body)
    except ValueError as error:
        raise _malformed(str(error), name) from None
    return _typed(content, name, kind)


def _malformed(why: str, name: str = "request") -> InvalidBodyError:
    return InvalidBodyError(f'parsing {name} body from "" failed, because {why}', code=400, status=400)


def _typed(value: Any, at: str, kind: type) -> Any:
    if not isinstance(value, kind):
        raise _malformed(f"{at} must be of type {_WORDS[kind]}")
    return value


def _labels(given: Json, name: str, at: str, *, required: bool = False) -> Labels:
    place = f"{at}.{name}" if at else name
    if given.get(name) is None:
        if required:
            raise InvalidBodyError(f"{place} in body is required")
        return Labels()
    pairs = _typed(given[name], place, dict).items()
    return Labels.of((key, _typed(value, f"{place}.{key}", str)) for key, value in pairs)


def _time(given: Json, name: str, at: str) -> int:
    """Milliseconds; 0 where nothing, or the year 1, stands for none."""
    place = f"{at}.{name}" if at else name
    text = _typed(given.get(name) or "", place, str)
    match = _TIME.fullmatch(text)
    if text and match is None:
        raise _malformed(f'{place} must be of type date-time: "{text}"')
    if match is None:
        return 0
    *whole, fraction, zone = match.groups()
    shift = "+0000" if zone in {None, "Z", "z"} else zone.replace(":", "")
    try:
        moment = datetime.strptime("".join(part or "00" for part in whole) + shift, "%Y%m%d%H%M%S%z")
    except ValueError:
        raise _malformed(f'{place} must be of type date-time: "{text}"') from None
    milliseconds = int((fraction or "0").ljust(3, "0")[:3])
    return max(0, (moment - _EPOCH) // timedelta(milliseconds=1) + milliseconds)
