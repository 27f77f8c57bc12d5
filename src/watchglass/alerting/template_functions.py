"""The functions of Alertmanager's templates.

Source: prometheus/alertmanager, template/template.go (DefaultFuncs).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from watchglass.gotemplate.html.safe import Html, Url
from watchglass.gotemplate.humanize import humanize_duration
from watchglass.gotemplate.json_text import to_json
from watchglass.gotemplate.limits import Budget
from watchglass.gotemplate.texts import matches, query_unescape, replace_all, title, to_lower, to_upper
from watchglass.gotemplate.times import TIME, Time, difference
from watchglass.gotemplate.values import ANY, ANYS, STRING, STRINGS, Function, StringList, from_bytes, go_bytes

_SPACES = " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


def _join(budget: Budget, separator: str, texts: Sequence[str]) -> str:
    budget.build(sum(map(len, texts)) + len(separator) * len(texts))
    return separator.join(texts)


def _to_date(layout: str, text: str) -> Time:
    try:
        return Time.parse(layout, text)
    except ValueError:
        return Time.zero()


def _decode(text: str) -> str:
    try:
        return from_bytes(base64.b64decode(go_bytes(text), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise ValueError("illegal base64 data") from None


def _dict(*values: Any) -> dict[str, Any]:
    if len(values) % 2:
        raise ValueError("dict requires an even number of arguments")
    if not all(isinstance(key, str) for key in values[::2]):
        raise ValueError("dict keys must be strings")
    return dict(zip(values[::2], values[1::2], strict=True))


def _append(budget: Budget, values: Sequence[Any], *more: Any) -> list[Any]:
    budget.build(len(values) + len(more))
    return [*values, *more]


FUNCTIONS: Mapping[str, Function] = {
    "toUpper": Function(to_upper, (STRING,)),
    "toLower": Function(to_lower, (STRING,)),
    "title": Function(lambda text: title(text, lower=True), (STRING,)),
    "trimSpace": Function(lambda text: text.strip(_SPACES), (STRING,)),
    "join": Function(_join, (STRING, STRINGS), counted=True),
    "match": Function(matches, (STRING, STRING)),
    "safeHtml": Function(Html, (STRING,)),
    "safeUrl": Function(Url, (STRING,)),
    "urlUnescape": Function(query_unescape, (STRING,)),
    "reReplaceAll": Function(replace_all, (STRING, STRING, STRING), counted=True),
    "stringSlice": Function(lambda *texts: StringList(texts), (STRING,), variadic=True),
    "date": Function(lambda layout, time: time.format(layout), (STRING, TIME)),
    "tz": Function(lambda name, time: time.in_zone(name), (STRING, TIME)),
    "humanizeDuration": Function(humanize_duration, (ANY,)),
    "toDate": Function(_to_date, (STRING, STRING)),
    "mustToDate": Function(Time.parse, (STRING, STRING)),
    "toJson": Function(to_json, (ANY,), counted=True),
    "base64encode": Function(lambda text: base64.urlsafe_b64encode(go_bytes(text)).decode(), (STRING,)),
    "base64decode": Function(_decode, (STRING,)),
    "list": Function(lambda *values: list(values), (ANY,), variadic=True),
    "append": Function(_append, (ANYS, ANY), variadic=True, counted=True),
    "dict": Function(_dict, (ANY,), variadic=True),
    "routeLabels": Function(lambda _name: "", (STRING,)),
}
"""By name; `routeLabels` is put in its place for each rendering, and `now` and `since` are added (see functions_at)."""


def functions_at(now_ms: int) -> Mapping[str, Function]:
    """Those that depend on the time."""
    now = Time.of_ms(now_ms)
    return {
        "now": Function(lambda: now),
        "since": Function(lambda time: difference(now, time), (TIME,)),
    }
