"""What others say, without the secrets that they were told: an answer may repeat a request, escaped, or cut off anywhere."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from watchglass.wire.redact import SECRET

_SHORTEST = 4
"""What is shorter would blot out ordinary words."""
_LONG, _BEGINNING = 12, 8
"""Of a secret so long its beginning is enough to know it by: the rest may be cut off."""
_REST = r"""[^\s\\"'<>&,;)}\]]*"""
_TOKEN = re.compile(r"(?=.*\d).{8,}|.{20,}", re.DOTALL)


def hide(text: str, secrets: Iterable[str]) -> str:
    """The text with `<secret>` in the place of each secret, in whatever form a server may have written it."""
    forms = {form for secret in secrets for form in _forms(secret) if len(form) >= _SHORTEST}
    if not forms:
        return text
    wholes = [re.escape(form) for form in sorted(forms, key=len, reverse=True)]
    beginnings = {re.escape(form[:_BEGINNING]) + _REST for form in forms if len(form) >= _LONG and not _is_url(form)}
    return re.sub("|".join((*wholes, *sorted(beginnings, reverse=True))), SECRET, text)


def secrets_of_url(url: str) -> Iterator[str]:
    """What of a URL is not to be told where the URL as a whole is a secret: all but its host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        yield url
        return
    yield from (url, parts.path + (f"?{parts.query}" if parts.query else ""), parts.query)
    yield from secrets_of_login(url)
    words = (*parts.path.split("/"), *(value for _, value in parse_qsl(parts.query)))
    yield from (word for word in words if _TOKEN.fullmatch(word))


def secrets_of_login(url: str) -> Iterator[str]:
    """The login that stands in a URL, as it is written and as it is sent."""
    try:
        login = urlsplit(url).netloc.rpartition("@")[0]
    except ValueError:
        return
    if login:
        name, _, password = login.partition(":")
        pair = f"{unquote(name)}:{unquote(password)}"
        yield from (password or name, unquote(password or name), base64.b64encode(pair.encode()).decode())


def _is_url(form: str) -> bool:
    return form.startswith(("http:", "https:"))


def _forms(secret: str) -> Iterator[str]:
    in_json = json.dumps(secret)[1:-1]
    yield from (secret, in_json, in_json.replace("/", "\\/"), html.escape(secret))
    yield from (quote(secret), quote(secret, safe=""))
