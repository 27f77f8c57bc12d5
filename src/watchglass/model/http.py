"""How something is reached over HTTP, as Prometheus's and Alertmanager's files say it: plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that is never shown: its `str` and `repr` are `<secret>`. Read once from `file` at each use."""

    value: str = field(default="", repr=False)
    file: str = ""

    def __str__(self) -> str:
        return "<secret>"

    __repr__ = __str__

    def __bool__(self) -> bool:
        return bool(self.value or self.file)


NO_SECRET = Secret()
"""None is given."""


@dataclass(frozen=True, slots=True)
class BasicAuth:
    """`basic_auth`."""

    username: str
    password: Secret = Secret()
    username_file: str = ""


@dataclass(frozen=True, slots=True)
class Authorization:
    """`authorization`, and the older `bearer_token` forms."""

    type: str = "Bearer"
    credentials: Secret = Secret()


@dataclass(frozen=True, slots=True)
class TlsOptions:
    """`tls_config`; paths are resolved against the configuration file's folder."""

    ca: str = ""  # PEM text
    ca_file: str = ""
    cert: str = ""
    cert_file: str = ""
    key: Secret = Secret()
    key_file: str = ""
    server_name: str = ""
    insecure_skip_verify: bool = False
    min_version: str = ""
    max_version: str = ""


DEFAULT_TLS = TlsOptions()
"""What Go's TLS does unless told otherwise."""


@dataclass(frozen=True, slots=True)
class OAuth2:
    """`oauth2`, for tokens by client credentials."""

    client_id: str
    client_secret: Secret
    token_url: str
    scopes: tuple[str, ...] = ()
    endpoint_params: Mapping[str, str] = field(default_factory=dict)
    tls: TlsOptions = DEFAULT_TLS
    proxy_url: str = ""
    no_proxy: str = ""
    proxy_from_environment: bool = False
    proxy_headers: tuple[tuple[str, Secret], ...] = ()


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """How to reach a target over HTTP."""

    basic_auth: BasicAuth | None = None
    authorization: Authorization | None = None
    oauth2: OAuth2 | None = None
    tls: TlsOptions = TlsOptions()
    follow_redirects: bool = True
    proxy_url: str = ""
    no_proxy: str = ""
    proxy_from_environment: bool = False
    proxy_headers: tuple[tuple[str, Secret], ...] = ()
    headers: Mapping[str, tuple[str | Secret, ...]] = field(
        default_factory=dict
    )  # `values`, then `secrets` and `files`
