"""Small things that several receivers' messages need: cut texts, hashed keys, and JSON as Go writes it."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

_MARKER = "…"
_IN_HTML = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


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


def go_json(value: Any) -> bytes:
    """JSON to the byte as Go's encoder writes it, with a line feed; mappings keep their order."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for letter, escaped in _IN_HTML.items():
        text = text.replace(letter, escaped)
    return f"{text}\n".encode(errors="replace")


def one_line(text: str, limit: int = 500) -> str:
    """What somebody else said, fit to stand in an error: bounded, on one line."""
    return cut(_CONTROL.sub(" ", text).strip(), limit)
