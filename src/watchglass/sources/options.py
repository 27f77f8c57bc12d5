"""What a Prometheus-compatible source can be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from watchglass.sources.advice import Asking

MEBIBYTE = 1024 * 1024
SECRET = "<secret>"  # noqa: S105 - what stands in its place


@dataclass(frozen=True, slots=True)
class PrometheusOptions:
    """Where a server is, and how it may be asked.

    Attributes:
        url: its base address; a user and a password may stand in it.
        timeout_ms: the longest a query may take.
        retries: how often a query is sent again that met no server, or a proxy without one.
        max_bytes: the largest answer taken, unpacked.
        bearer_token_file: a file with a token, read for each query.
        basic_auth_user: the user, where the address names none.
        basic_auth_password_file: a file with the password, read for each query.
        tenant: whose metrics, for a server that keeps several tenants'; empty for none.
        ca_file: certificates of the authorities to trust instead of the system's.
        insecure_skip_verify: take any certificate.
        max_samples: samples that one answer may hold.
        lookback_ms: what callers mean who ask for no lookback of their own; the server then keeps to its own.
    """

    url: str = field(repr=False)
    timeout_ms: int = 30_000
    retries: int = 2
    max_bytes: int = 64 * MEBIBYTE
    bearer_token_file: str = ""
    basic_auth_user: str = ""
    basic_auth_password_file: str = ""
    tenant: str = ""
    ca_file: str = ""
    insecure_skip_verify: bool = False
    max_samples: int = 50_000_000
    lookback_ms: int = 300_000

    @property
    def shown_url(self) -> str:
        """The address as it may be shown."""
        return show_url(self.url)

    @property
    def address(self) -> str:
        """The address that is called: without user, query and a slash at its end."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"

    @property
    def user_info(self) -> tuple[str, str] | None:
        """User and password of the address, if any."""
        parts = urlsplit(self.url)
        if parts.username is None:
            return None
        return unquote(parts.username), unquote(parts.password or "")

    @property
    def asking(self) -> Asking:
        """How it is asked, as messages may tell it."""
        return Asking(
            self.shown_url,
            login="sources.prometheus.basic_auth_user and sources.prometheus.basic_auth_password_file,"
            " or sources.prometheus.bearer_token_file",
            authority="sources.prometheus.ca_file",
            tenant="sources.prometheus.tenant",
            logged_in=bool(self.user_info or self.basic_auth_user or self.bearer_token_file),
        )


def show_url(url: str) -> str:
    """An address with its user and password, and its parameters, hidden.

    With an `@` behind the host nobody can tell what is a password (one with a slash in it ends the host), so that all is.
    """
    parts = urlsplit(url)
    if "@" in parts.path + parts.query + parts.fragment:
        return f"{parts.scheme}://{SECRET}"
    user, at, host = parts.netloc.rpartition("@")
    query = f"?{SECRET}" if parts.query else ""
    return f"{parts.scheme}://{SECRET + at if user else ''}{host}{parts.path.rstrip('/')}{query}"
