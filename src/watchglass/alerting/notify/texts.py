"""Small things that several receivers' messages need: cut texts, hashed keys, JSON and times as Go writes them."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any

from watchglass.alerting.notify.notifier import Notice

_MARKER = "…"
_IN_HTML = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_META = re.compile(r"[\\.+*?()|\[\]{}^$]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
NO_TIME = "0001-01-01T00:00:00Z"


def cut(text: str, limit: int) -> str:
    """The text in at most `limit` characters, an ellipsis at its end where it was longer.

    Source: prometheus/alertmanager, notify/util.go (TruncateInRunes).
    """
    if len(text) <= limit:
        return text
    return text[:limit] if limit <= 3 else text[: limit - 1] + _MARKER


def key_hash(group_key: str) -> str:
    """The SHA-256 of a group key, in hexadecimal: what receivers know an incident or a thread by."""
    return hashlib.sha256(group_key.encode()).hexdigest()


def is_firing(notice: Notice) -> bool:
    """Tell whether any of its alerts is."""
    return any(not alert.is_resolved(notice.now_ms) for alert in notice.alerts)


def go_json(value: Any) -> bytes:
    """JSON to the byte as Go's encoder writes it, with a line feed; mappings keep their order."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for letter, escaped in _IN_HTML.items():
        text = text.replace(letter, escaped)
    return f"{text}\n".encode(errors="replace")


def go_time(time_ms: int) -> str:
    """A time as Go's JSON has it: RFC 3339 in UTC, no zeros at the end of a fraction."""
    seconds, rest = divmod(time_ms, 1000)
    whole = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return whole + (f".{rest:03d}".rstrip("0") if rest else "") + "Z"


def go_quote_meta(text: str) -> str:
    """The text as a regular expression of Go's that matches it: Alertmanager tells a receiver's name so."""
    return _META.sub(r"\\\g<0>", text)


def one_line(text: str, limit: int = 500) -> str:
    """What somebody else said, fit to stand in an error: bounded, on one line."""
    return cut(_CONTROL.sub(" ", text).strip(), limit)
