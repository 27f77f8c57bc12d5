"""Tokens by OAuth 2.0's client credentials, fetched when the one at hand is about to end.

Source: prometheus/common, config/http_config.go (oauth2RoundTripper); golang.org/x/oauth2, clientcredentials and internal/token.go.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlencode

from watchglass.collect.daemon import in_daemon_thread
from watchglass.collect.errors import ScrapeError
from watchglass.collect.http_headers import read_secret
from watchglass.model.http import OAuth2

if TYPE_CHECKING:
    from watchglass.collect.http_client import HttpClient

_ANSWER_BYTES = 1 << 16
_EARLY_S = 10.0  # before a token ends, the next one is fetched
_FOR_EVER_S = 1e9


class TokenSource:
    """The token of one `oauth2` section.

    Args:
        options: whom to ask, and as whom.
        client: to ask with.
        secret_bytes: a file with the secret may be so large.
    """

    def __init__(self, options: OAuth2, client: HttpClient, secret_bytes: int) -> None:
        self._options, self._client, self._secret_bytes = options, client, secret_bytes
        self._header, self._until_s = "", 0.0
        self._lock = asyncio.Lock()
        self._in_form = False  # how the server wants to be told who we are
        self.secrets = frozenset[str]()  # the last ones that were told, and the token that was given for them

    async def header(self) -> str:
        """The value of `Authorization`.

        Raises:
            ScrapeError: there is no token to be had.
        """
        async with self._lock:
            if time.monotonic() >= self._until_s:
                await self._fetch()
            return self._header

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def _fetch(self) -> None:
        secret = await in_daemon_thread(lambda: read_secret(self._options.client_secret, self._secret_bytes))
        self.secrets = frozenset({secret, self._header.partition(" ")[2]})
        status, body = await self._ask(secret)
        if 400 <= status < 500 and not self._in_form:
            self._in_form = True  # some servers know only this way
            status, body = await self._ask(secret)
            self._in_form = status < 400
        token = _token(body) if status // 100 == 2 else {}
        if not token.get("access_token"):
            raise ScrapeError(f"oauth2: cannot fetch token: the server answers {status}", result="secret")
        kind = str(token.get("token_type") or "Bearer")
        self._header = f"{'Bearer' if kind.lower() == 'bearer' else kind} {token['access_token']}"
        self.secrets |= {str(token["access_token"])}
        self._until_s = time.monotonic() + _lifetime_s(token) - _EARLY_S

    async def _ask(self, secret: str) -> tuple[int, bytes]:
        options = self._options
        form = {"grant_type": "client_credentials", **options.endpoint_params}
        if options.scopes:
            form["scope"] = " ".join(options.scopes)
        headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept-Encoding", "identity")]
        if self._in_form:
            form |= {"client_id": options.client_id, "client_secret": secret}
        else:
            pair = f"{quote_plus(options.client_id)}:{quote_plus(secret)}"
            headers.append(("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"))
        body = bytearray()
        async with self._client.request("POST", options.token_url, headers, urlencode(form).encode()) as response:
            async for part in response.aiter_raw():
                body += part
                if len(body) > _ANSWER_BYTES:
                    raise ScrapeError("oauth2: cannot fetch token: the answer is too large", result="secret")
            return response.status_code, bytes(body)


def _token(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _lifetime_s(token: dict[str, object]) -> float:
    try:
        return float(str(token.get("expires_in") or _FOR_EVER_S))
    except ValueError:
        return _FOR_EVER_S
