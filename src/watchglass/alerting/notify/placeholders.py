"""Telling a stand-in, such as `YOUR_KEY` or `<token>`, from a secret, so that only its receiver is disabled."""

from __future__ import annotations

import re

_WHOLE = re.compile(
    r"<.*>|\$\{[^}]*\}|(?-i:\$[A-Z_][A-Z0-9_]*)|\.{3}|…|x{3,}|\*{3,}"
    r"|(?:your|insert|replace)[-_ ].*|change[-_]?me|replace_?me|placeholder|todo|fixme|redacted",
    re.IGNORECASE | re.DOTALL,
)
_IN_TOKEN = re.compile(r"^xox[a-z]-(?:your-|x{3,}|\.{3}|<)", re.IGNORECASE)
_IN_URL = re.compile(
    r"[/=]YOUR(?:[-_/&]|$)|[/=]X{4,}(?=[/&?]|$)|/T0{5,}/|<[^>]*>|\$\{[^}]*\}|\.{3}|…"
    r"|//(?:hooks\.slack\.com|discord(?:app)?\.com)/.*[/=](?:your|x{4,})",
)


def is_placeholder(text: str) -> bool:
    """Tell whether a secret is a stand-in out of an example. One of unknown form is taken for a secret."""
    if _WHOLE.fullmatch(text.strip()) or _IN_TOKEN.match(text):
        return True
    return "://" in text and bool(_IN_URL.search(text))
