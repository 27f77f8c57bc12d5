"""What single discovery sections must fulfil as a whole, in Prometheus's words.

Source: prometheus/prometheus, discovery/*/ (UnmarshalYAML of each SDConfig).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from watchglass.wire.http_client import HTTP_CLIENT
from watchglass.wire.schema import Section

_SELECTORS = {
    "pod": ("pod", "node"),
    "service": ("service",),
    "endpointslice": ("pod", "service", "endpointslice"),
    "endpoints": ("pod", "service", "endpoints"),
    "node": ("node",),
    "ingress": ("ingress",),
}


def web_url(read: Section) -> None:
    """`url` is an address of the web."""
    parts = urlsplit(read.get("url"))
    if parts.scheme not in {"http", "https"}:
        raise read.error("URL scheme must be 'http' or 'https'", "url")
    if not parts.netloc:
        raise read.error("host is missing in URL", "url")


def server_url(read: Section) -> None:
    """`server` is a URL with scheme and host."""
    parts = urlsplit(read.get("server"))
    if not parts.scheme or not parts.netloc:
        raise read.error("invalid server URL: it needs a scheme and a host", "server")


def azure(read: Section) -> None:
    """OAuth, which is the default, needs its three values."""
    if read.get("authentication_method", "OAuth") == "OAuth":
        for name in ("tenant_id", "client_id", "client_secret"):
            if not read.get(name):
                raise read.error(f"azure SD configuration requires a {name}")


def consul(read: Section) -> None:
    """There is one way only to say who asks."""
    if not read.get("server", "localhost:8500").strip():
        raise read.error("consul SD configuration requires a server address", "server")
    if read.non_empty("username", "password") and "basic_auth" in read:
        raise read.error(
            "at most one of consul SD configuration username and password and basic auth can be configured"
        )
    if read.get("token") and ("authorization" in read or "oauth2" in read):
        raise read.error("at most one of consul SD token, authorization, or oauth2 can be configured")


def ec2(read: Section) -> None:
    """A filter has values."""
    if any(not item.get("values") for item in read.get("filters", ())):
        raise read.error("EC2 SD configuration filter values cannot be empty", "filters")


def kubernetes(read: Section) -> None:
    """One way to reach the API, and selectors that fit the role."""
    server, kubeconfig = read.get("api_server"), read.get("kubeconfig_file")
    has_http = any(name in read for name in HTTP_CLIENT)
    namespaces = read.get("namespaces")
    own_namespace = namespaces is not None and namespaces.get("own_namespace")
    if server and kubeconfig:
        raise read.error("cannot use 'kubeconfig_file' and 'api_server' simultaneously")
    if kubeconfig and has_http:
        raise read.error("cannot use a custom HTTP client configuration together with 'kubeconfig_file'")
    if not server and has_http:
        raise read.error("to use custom HTTP client configuration please provide the 'api_server' URL explicitly")
    for name in ("api_server", "kubeconfig_file"):
        if read.get(name) and own_namespace:
            raise read.error(f"cannot use '{name}' and 'namespaces.own_namespace' simultaneously")
    _kubernetes_selectors(read)


def _kubernetes_selectors(read: Section) -> None:
    role, seen = read.get("role"), set()
    for selector in read.get("selectors", ()):
        own = selector.get("role", "")
        if own in seen:
            raise selector.error(f"duplicated selector role: {own}")
        if own not in _SELECTORS[role]:
            raise selector.error(f"{role} role supports only {', '.join(_SELECTORS[role])} selectors")
        for name in ("label", "field"):
            if selector.get(name) and not _is_selector(selector.get(name), may_exist=name == "label"):
                raise selector.error(f"invalid selector: '{selector.get(name)}'; can't understand it", name)
        seen.add(own)


def _is_selector(text: str, *, may_exist: bool) -> bool:
    """Tell, roughly, whether each requirement compares something."""
    return may_exist or all("=" in part for part in text.split(",") if part)


def marathon(read: Section) -> None:
    """There is one way only to say who asks."""
    tokens = read.non_empty("auth_token", "auth_token_file")
    if len(tokens) > 1:
        raise read.error("marathon_sd: at most one of auth_token & auth_token_file must be configured")
    if tokens and "basic_auth" in read:
        raise read.error("marathon_sd: at most one of basic_auth, auth_token & auth_token_file must be configured")
    if tokens and read.non_empty("bearer_token", "bearer_token_file"):
        raise read.error(
            "marathon_sd: at most one of bearer_token, bearer_token_file, auth_token & auth_token_file must be configured"
        )
    if tokens and "authorization" in read:
        raise read.error("marathon_sd: at most one of auth_token, auth_token_file & authorization must be configured")


def oci(read: Section) -> None:
    """Key authentication, which is the default, needs its values; the other kind must not have them."""
    values = ("tenancy", "user", "fingerprint", "key_file")
    passphrase = ("key_passphrase", "key_passphrase_file")
    if read.get("auth", "api_key") == "api_key":
        for name in values:
            if not read.get(name):
                raise read.error(f"oci_sd: api_key auth requires {name}")
        if len(read.non_empty(*passphrase)) > 1:
            raise read.error("oci_sd: at most one of key_passphrase and key_passphrase_file must be configured")
    elif read.non_empty(*values, *passphrase):
        raise read.error(
            "oci_sd: instance_principal auth must not have tenancy, user, fingerprint, key_file, key_passphrase,"
            " or key_passphrase_file set"
        )


def one_secret_key(read: Section) -> None:
    """The secret key stands in one place."""
    count = len(read.non_empty("secret_key", "secret_key_file"))
    if count != 1:
        raise read.error(("at most one" if count else "one") + " of secret_key & secret_key_file must be configured")


def zookeeper(read: Section) -> None:
    """Paths start at the root."""
    for path in read.get("paths"):
        if not path.startswith("/"):
            raise read.error(f"SD config paths must begin with '/': {path}", "paths")
