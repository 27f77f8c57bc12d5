"""HTTP to one Prometheus-compatible server: bounded in time, bytes, redirects and retries, whatever the other side does."""

from __future__ import annotations

import base64
import random
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

import httpcore
from prometheus_client import CollectorRegistry, Counter

from watchglass.collect.body import unpack
from watchglass.collect.errors import ScrapeError
from watchglass.collect.regular_file import read_regular
from watchglass.promql.memory_pool import current_share
from watchglass.sources.advice import on_closing, on_tls
from watchglass.sources.availability import Fault
from watchglass.sources.errors import ReachesSelfError
from watchglass.sources.instance import INSTANCE_HEADER
from watchglass.sources.options import PrometheusOptions
from watchglass.sources.patience import DeadlineError, Patience
from watchglass.sources.sockets import PatientBackend, TlsError
from watchglass.sources.weight import COPIES
from watchglass.version import __version__
from watchglass.wire.hide import hide

Form = Sequence[tuple[str, str]]

FORM_TYPE = "application/x-www-form-urlencoded"
TENANT_HEADER = "X-Scope-OrgID"  # of Mimir, Cortex and Loki
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 5
ASKED_AGAIN = frozenset({502, 503, 504})
SECRET_BYTES = 1 << 16
FIRST_PAUSE_S = 0.1
KEPT_S = 30.0  # how long a connection waits for the next query


class UpstreamError(Exception):
    """The server cannot be reached, or its answer cannot be taken; the text says why.

    Attributes:
        fault: which of these.
    """

    def __init__(self, text: str, fault: Fault = Fault.WRONG) -> None:
        self.fault = fault
        super().__init__(text)


class _ConnectionError(UpstreamError):
    """It may help to try again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, unpacked."""

    status: int
    body: bytes
    content_type: str = ""


class Upstream:
    """The HTTP client of one server. Safe to use from several threads.

    Args:
        options: where it is, and how to ask.
        instance: our own id, which goes with every question.
        connections: at once; more wait for one.
        registry: for the numbers of retries and bytes.
    """

    def __init__(
        self,
        options: PrometheusOptions,
        instance: str,
        *,
        connections: int = 32,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self._options, self._instance = options, instance
        self._told: tuple[str, ...] = ()  # the secrets of the last question
        self._backend = PatientBackend()
        self._pool = httpcore.ConnectionPool(
            ssl_context=_tls(options) if options.address.startswith("https:") else None,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=KEPT_S,
            network_backend=self._backend,
        )
        self._retries = Counter("watchglass_source_retries", "Questions sent again.", registry=registry)
        self._bytes = Counter("watchglass_source_received_bytes", "Bytes of answers, as they came.", registry=registry)

    def ask(self, method: str, path: str, form: Form, patience: Patience) -> Answer:
        """Send a question that changes nothing, and again where nobody was there.

        Raises:
            UpstreamError: there is no answer, or none that can be taken.
            ReachesSelfError: this very process has answered.
            DeadlineError: it took too long.
            QueryCanceledError: nobody waits any more.
        """
        for attempt in range(self._options.retries + 1):
            last = attempt == self._options.retries
            try:
                answer = self._ask(method, path, form, patience)
                if last or not _asks_for_more(answer):
                    return answer
            except _ConnectionError:
                if last:
                    raise
            self._retries.inc()
            patience.sleep(FIRST_PAUSE_S * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - spreads, hides nothing
        raise AssertionError("the last attempt returns or raises")

    def close(self) -> None:
        """Close what is open."""
        self._pool.close()

    def _ask(self, method: str, path: str, form: Form, patience: Patience) -> Answer:
        """Ask once; a redirect within the host is followed with the same question."""
        self._backend.wait_with(patience)
        headers, body = self._headers(), urlencode(form).encode()
        url = self._options.address + path
        if method == "POST":
            headers["Content-Type"] = FORM_TYPE
        elif body:
            url, body = f"{url}?{body.decode()}", b""
        for _ in range(MAX_REDIRECTS + 1):
            with self._sent(method, url, headers, body, patience) as response:
                fields = _fields(response)
                if fields.get(INSTANCE_HEADER.lower()) == self._instance:
                    raise ReachesSelfError("the address reaches this very process")
                if response.status not in REDIRECTS or "location" not in fields:
                    return self._read(response, fields, patience)
                url = self._redirected(url, fields["location"])
        raise UpstreamError(f"it redirects more than {MAX_REDIRECTS} times")

    @contextmanager
    def _sent(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, patience: Patience
    ) -> Iterator[httpcore.Response]:
        extensions = {"timeout": {"pool": max(patience.left_s, 0.001)}}
        try:
            with self._pool.stream(
                method, url, headers=list(headers.items()), content=body, extensions=extensions
            ) as response:
                yield response
        except httpcore.PoolTimeout:  # all connections wait for answers to others
            raise DeadlineError from None
        except TlsError as error:
            raise UpstreamError(on_tls(self._options.asking, error.error)) from error
        except httpcore.ConnectError as error:
            raise _ConnectionError(str(error), Fault.SILENT) from error
        except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
            said = self._hidden(str(error)).rstrip(".") or "the connection was closed"
            is_silent = isinstance(error, httpcore.NetworkError) or "disconnected" in said
            raise _ConnectionError(
                on_closing(self._options.asking, said), Fault.SILENT if is_silent else Fault.WRONG
            ) from error
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, ValueError, UnicodeError) as error:
            raise UpstreamError(self._hidden(str(error)) or type(error).__name__, Fault.UNASKED) from error

    def _hidden(self, said: str) -> str:
        """What the server says, without the login that it was told."""
        return hide(said, self._told)

    def _read(self, response: httpcore.Response, fields: Mapping[str, str], patience: Patience) -> Answer:
        limit, share = self._options.max_bytes, current_share()
        parts, size = [], 0
        length = fields.get("content-length", "")
        if length.isdecimal() and int(length) > limit:
            raise UpstreamError(_too_large(limit))
        for part in response.iter_stream():
            size += len(part)
            if size > limit:
                raise UpstreamError(_too_large(limit))
            share.need(COPIES * size, patience.check)
            parts.append(part)
        self._bytes.inc(size)
        try:
            body = unpack(b"".join(parts), fields.get("content-encoding", ""), limit)
        except ScrapeError as error:
            raise UpstreamError(_too_large(limit) if error.result == "body_size_limit" else str(error)) from None
        share.need(COPIES * len(body), patience.check)
        if response.status >= 400:
            body = self._hidden(body.decode(errors="surrogateescape")).encode(errors="surrogateescape")
        return Answer(response.status, body, fields.get("content-type", "").partition(";")[0].strip())

    def _headers(self) -> dict[str, str]:
        headers = {
            "Host": urlsplit(self._options.address).netloc,
            "Accept": "application/json",
            "Accept-Encoding": "gzip, zstd",
            "User-Agent": f"Watchglass/{__version__}",
            INSTANCE_HEADER: self._instance,
        }
        if self._options.tenant:
            headers[TENANT_HEADER] = self._options.tenant
        if authorization := self._authorization():
            headers["Authorization"] = authorization
        return headers

    def _authorization(self) -> str:
        options = self._options
        if options.bearer_token_file:
            token = _secret(options.bearer_token_file)
            self._told = (token,)
            return f"Bearer {token}"
        named = options.user_info
        if named is None and options.basic_auth_user:
            file = options.basic_auth_password_file
            named = options.basic_auth_user, _secret(file) if file else ""
        if not named:
            return ""
        pair = base64.b64encode(":".join(named).encode()).decode()
        self._told = named[1], pair
        return f"Basic {pair}"

    def _redirected(self, url: str, location: str) -> str:
        """Where a redirect leads: within the same host at the same port, or from HTTP to HTTPS at their own ports.

        At any other port another program may listen, and the credentials go along.
        """
        followed = urljoin(url, location)
        old, new = urlsplit(url), urlsplit(followed)
        ports = _port(old), _port(new)
        kept = ports[0] == ports[1] and new.scheme in {old.scheme, "https"}
        secured = (old.scheme, new.scheme, *ports) == ("http", "https", 80, 443)
        if old.hostname != new.hostname or not (kept or secured):
            target = f"{new.scheme}://{new.hostname}:{ports[1]}"
            raise UpstreamError(f"it redirects to another host or port, {target}, which is not followed")
        return followed


def _port(parts: SplitResult) -> int | None:
    return parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _asks_for_more(answer: Answer) -> bool:
    """Whether a proxy says that nobody is there; a server that says why in Prometheus's words is."""
    return answer.status in ASKED_AGAIN and (b'"errorType"' not in answer.body or b'"unavailable"' in answer.body)


def _fields(response: httpcore.Response) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}


def _secret(path: str) -> str:
    try:
        text = read_regular(path, SECRET_BYTES)[0].decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise UpstreamError(f"cannot read {path}: {reason}", Fault.UNASKED) from None
    if not text.isprintable():
        raise UpstreamError(f"cannot use {path}: it holds more than one line", Fault.UNASKED)
    return text


def _too_large(limit_bytes: int) -> str:
    return f"its answer is larger than {limit_bytes:,} bytes (sources.prometheus.answer_limit)"


def _tls(options: PrometheusOptions) -> ssl.SSLContext:
    """Raises OSError, with the path, where the file with authorities cannot be used."""
    try:
        context = ssl.create_default_context(cafile=options.ca_file or None)
    except ssl.SSLError:
        raise OSError(f"{options.ca_file} holds no certificate in PEM form") from None
    except OSError as error:
        raise OSError(f"{options.ca_file} cannot be read: {error.strerror or error}") from None
    if options.insecure_skip_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
