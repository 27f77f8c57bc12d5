"""The keys that say how to reach something over HTTP; scrape jobs, discovery, remote storage and alerting share them.

Source: prometheus/common, config/http_config.go (HTTPClientConfig.Validate, TLSConfig.Validate), config/headers.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from watchglass.model.http import DEFAULT_TLS, Authorization, BasicAuth, HttpOptions, OAuth2, Secret, TlsOptions
from watchglass.wire.schema import (
    Context,
    Section,
    Table,
    anything,
    boolean,
    choice,
    map_of,
    path,
    paths,
    secret,
    secrets,
    section,
    string_map,
    text,
    texts,
    url,
)

_CLIENT_CREDENTIALS = "client_credentials"
_NO_CLIENT_KEY = "exactly one of key or key_file must be configured when a client certificate is configured"
_NO_CLIENT_CERT = "exactly one of cert or cert_file must be configured when a client key is configured"
_ONE_AUTH = "at most one of basic_auth, oauth2 & authorization must be configured"

_RESERVED_HEADERS = frozenset(
    {
        "authorization", "host", "content-encoding", "content-length", "content-type", "user-agent", "connection",
        "keep-alive", "proxy-authenticate", "proxy-authorization", "www-authenticate", "accept-encoding",
        "x-prometheus-remote-write-version", "x-prometheus-remote-read-version", "x-prometheus-scrape-timeout-seconds",
        "x-amz-date", "x-amz-security-token", "x-amz-content-sha256",
    }
)  # fmt: skip

_TLS_VERSION = choice("TLS10", "TLS11", "TLS12", "TLS13", message="unknown TLS version: {}")


def check_tls(read: Section, context: Context) -> TlsOptions:
    """Make TLS options of a `tls_config`."""
    del context
    for name in ("ca", "cert"):
        if len(read.non_empty(name, f"{name}_file", f"{name}_ref")) > 1:
            raise read.error(f"at most one of {name}, {name}_file & {name}_ref must be configured")
    if len(read.non_empty("key", "key_file", "key_ref")) > 1:
        raise read.error("at most one of key and key_file must be configured")
    has_cert, has_key = (bool(read.non_empty(name, f"{name}_file", f"{name}_ref")) for name in ("cert", "key"))
    if has_cert != has_key:
        raise read.error(_NO_CLIENT_KEY if has_cert else _NO_CLIENT_CERT)
    names = ("ca", "ca_file", "cert", "cert_file", "key_file", "server_name", "min_version", "max_version")
    return TlsOptions(
        **{name: read.get(name, "") for name in names},
        key=Secret(read.get("key", "")),
        insecure_skip_verify=read.get("insecure_skip_verify", False),
    )


TLS: Table = {
    "ca": text, "cert": text, "key": secret, "ca_file": path, "cert_file": path, "key_file": path,
    "ca_ref": text, "cert_ref": text, "key_ref": text,
    "server_name": text, "insecure_skip_verify": boolean, "min_version": _TLS_VERSION, "max_version": _TLS_VERSION,
}  # fmt: skip

_PROXY: Table = {
    "proxy_url": url, "no_proxy": text, "proxy_from_environment": boolean, "proxy_connect_header": map_of(secrets),
}  # fmt: skip

_BASIC_AUTH: Table = {
    "username": text, "username_file": path, "username_ref": text,
    "password": secret, "password_file": path, "password_ref": text,
}  # fmt: skip

_AUTHORIZATION: Table = {"type": text, "credentials": secret, "credentials_file": path, "credentials_ref": text}

_OAUTH2: Table = {
    "client_id": text, "client_secret": secret, "client_secret_file": path, "client_secret_ref": text,
    "client_certificate_key_id": text, "client_certificate_key": secret, "client_certificate_key_file": path,
    "client_certificate_key_ref": text, "grant_type": text, "signature_algorithm": text, "iss": text, "audience": text,
    "claims": anything, "scopes": texts, "token_url": text, "endpoint_params": string_map,
    "tls_config": section(TLS, check_tls), **_PROXY,
}  # fmt: skip

_HEADER: Table = {"values": texts, "secrets": secrets, "files": paths}


def _headers(read: dict[str, Section]) -> Mapping[str, tuple[str | Secret, ...]]:
    return MappingProxyType(
        {
            name: (
                *header.get("values", ()),
                *map(Secret, header.get("secrets", ())),
                *(Secret(file=file) for file in header.get("files", ())),
            )
            for name, header in read.items()
        }
    )


HTTP_CLIENT: Table = {
    "basic_auth": section(_BASIC_AUTH),
    "authorization": section(_AUTHORIZATION),
    "oauth2": section(_OAUTH2),
    "bearer_token": secret,
    "bearer_token_file": path,
    "tls_config": section(TLS, check_tls),
    "follow_redirects": boolean,
    "enable_http2": boolean,
    "http_headers": map_of(section(_HEADER)),
    **_PROXY,
}
"""The keys of an HTTP client, to be merged into the table of the section that holds them."""


def check_http_client(read: Section, context: Context) -> HttpOptions:
    """Make HTTP options of a section that was read with the keys of `HTTP_CLIENT` among its own."""
    _check_authentication(read)
    _check_proxy(read)
    for name in read.get("http_headers", {}):
        if name.lower() in _RESERVED_HEADERS:
            raise read.error(f'setting header "{name.title()}" is not allowed', "http_headers")
    _check_grant(read.get("oauth2"), context)
    return HttpOptions(
        basic_auth=_basic_auth(read.get("basic_auth")),
        authorization=_authorization(read),
        oauth2=_oauth2(read.get("oauth2")),
        tls=read.get("tls_config", TlsOptions()),
        follow_redirects=read.get("follow_redirects", True),
        proxy_url=read.get("proxy_url", ""),
        no_proxy=read.get("no_proxy", ""),
        proxy_from_environment=read.get("proxy_from_environment", False),
        proxy_headers=_proxy_headers(read),
        headers=_headers(read.get("http_headers", {})),
    )


def _check_authentication(read: Section) -> None:
    bearer = read.non_empty("bearer_token", "bearer_token_file")
    basic, oauth2 = read.get("basic_auth"), read.get("oauth2")
    authorization = read.get("authorization")
    if len(bearer) > 1:
        raise read.error("at most one of bearer_token & bearer_token_file must be configured")
    if bearer and (basic is not None or oauth2 is not None):
        raise read.error("at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured")
    if basic is not None:
        _check_basic_auth(basic)
    if authorization is not None:
        _check_authorization(read, authorization, has_bearer=bool(bearer))
    if oauth2 is not None:
        _check_oauth2(read, oauth2)


def _check_basic_auth(basic: Section) -> None:
    for name in ("username", "password"):
        if len(basic.non_empty(name, f"{name}_file", f"{name}_ref")) > 1:
            raise basic.error(f"at most one of basic_auth {name}, {name}_file & {name}_ref must be configured")


def _check_authorization(read: Section, authorization: Section, *, has_bearer: bool) -> None:
    if has_bearer:
        raise read.error("authorization is not compatible with bearer_token & bearer_token_file")
    if len(authorization.non_empty("credentials", "credentials_file", "credentials_ref")) > 1:
        raise authorization.error("at most one of authorization credentials & credentials_file must be configured")
    if authorization.get("type", "").strip().lower() == "basic":
        raise authorization.error('authorization type cannot be set to "basic", use "basic_auth" instead', "type")
    if read.get("basic_auth") is not None or read.get("oauth2") is not None:
        raise read.error(_ONE_AUTH)


def _check_oauth2(read: Section, oauth2: Section) -> None:
    if read.get("basic_auth") is not None:
        raise read.error(_ONE_AUTH)
    for name in ("client_id", "token_url"):
        if not oauth2.get(name):
            raise oauth2.error(f"oauth2 {name} must be configured")
    if len(oauth2.non_empty("client_secret", "client_secret_file", "client_secret_ref")) > 1:
        raise oauth2.error(
            "at most one of oauth2 client_secret, client_secret_file & client_secret_ref must be configured"
            " using grant-type=client_credentials"
        )


def _check_proxy(read: Section) -> None:
    proxy, from_environment = read.get("proxy_url"), read.get("proxy_from_environment")
    if read.get("proxy_connect_header") and not (proxy or from_environment):
        raise read.error(
            "if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured"
        )
    if from_environment and proxy:
        raise read.error("if proxy_from_environment is configured, proxy_url must not be configured")
    if from_environment and read.get("no_proxy"):
        raise read.error("if proxy_from_environment is configured, no_proxy must not be configured")
    if read.get("no_proxy") and proxy is None:
        raise read.error("if no_proxy is configured, proxy_url must also be configured")


def _basic_auth(read: Section | None) -> BasicAuth | None:
    if read is None:
        return None
    return BasicAuth(
        username=read.get("username", ""),
        password=Secret(read.get("password", ""), read.get("password_file", "")),
        username_file=read.get("username_file", ""),
    )


def _check_grant(oauth2: Section | None, context: Context) -> None:
    """Only one of the two ways to get a token is known here."""
    if oauth2 is not None and oauth2.get("grant_type", "") not in ("", _CLIENT_CREDENTIALS):
        key = f"{oauth2.key}.grant_type"
        context.notice(oauth2.nodes["grant_type"], key, f"has no effect yet: {_CLIENT_CREDENTIALS} is used")


def _oauth2(read: Section | None) -> OAuth2 | None:
    if read is None:
        return None
    return OAuth2(
        client_id=read.get("client_id", ""),
        client_secret=Secret(read.get("client_secret", ""), read.get("client_secret_file", "")),
        token_url=read.get("token_url", ""),
        scopes=read.get("scopes", ()),
        endpoint_params=MappingProxyType(read.get("endpoint_params", {})),
        tls=read.get("tls_config", DEFAULT_TLS),
        proxy_url=read.get("proxy_url", ""),
        no_proxy=read.get("no_proxy", ""),
        proxy_from_environment=read.get("proxy_from_environment", False),
        proxy_headers=_proxy_headers(read),
    )


def _proxy_headers(read: Section) -> tuple[tuple[str, Secret], ...]:
    told = read.get("proxy_connect_header", {})
    return tuple((name, Secret(value)) for name, values in told.items() for value in values)


def _authorization(read: Section) -> Authorization | None:
    authorization = read.get("authorization")
    if authorization is not None:
        credentials = Secret(authorization.get("credentials", ""), authorization.get("credentials_file", ""))
        return Authorization(authorization.get("type", "").strip() or "Bearer", credentials)
    if read.non_empty("bearer_token", "bearer_token_file"):
        return Authorization("Bearer", Secret(read.get("bearer_token", ""), read.get("bearer_token_file", "")))
    return None
