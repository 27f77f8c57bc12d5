"""The HTTP client beside servers that do what they should not."""

import contextlib
import gzip
import socket
import ssl
import subprocess
import threading
import time
from concurrent.futures import Future
from functools import partial

import cramjam
import pytest
from prometheus_client import CollectorRegistry
from upstream_server import NOW_MS, answer, failure, success, vector

from watchglass.errors import QueryError
from watchglass.promql.limits import QueryCanceledError
from watchglass.promql.memory_pool import MemoryPool, using
from watchglass.sources import prometheus
from watchglass.sources.availability import Fault
from watchglass.sources.errors import ReachesSelfError, SourceError, SourceGoneError, SourceTimeoutError
from watchglass.sources.options import PrometheusOptions
from watchglass.sources.patience import DeadlineError, Patience
from watchglass.sources.sockets import ForbiddenAddressError, check_address
from watchglass.sources.upstream import Upstream, UpstreamError

BODY = vector("2").partition(b"\r\n\r\n")[2]


def test_a_question_is_a_form_with_our_id(serve, make_source):
    server = serve(vector("2"))

    make_source(server.url + "/base/").instant("a + b", 1_500)

    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/base/api/v1/query")
    assert asked.form == {"query": ["a + b"], "time": ["1.500"], "timeout": ["2.000"]}
    assert asked.headers["x-watchglass-instance"] == "us"
    assert asked.headers["host"] == f"127.0.0.1:{server.port}"


def test_a_lookback_goes_with_it_only_where_it_is_not_the_usual_one(serve, make_source):
    server = serve(vector("2"))
    source = make_source(server.url)

    source.instant("x", 0, lookback_ms=300_000)
    source.instant("x", 0, lookback_ms=20_000)

    assert "lookback_delta" not in server.asked[0].form
    assert server.asked[1].form["lookback_delta"] == ["20.000"]


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (gzip.compress(BODY), "gzip"),
        (bytes(cramjam.zstd.compress(BODY)), "zstd"),
        (BODY, "identity"),
    ],
)
def test_packed_answers(ask, packed, encoding):
    assert ask(answer(packed, Content_Encoding=encoding)).data.values.tolist() == [[2.0]]


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        (
            answer("<html>login</html>", Content_Type="text/html; charset=utf-8"),
            "its answer is text/html instead of JSON",
        ),
        (answer("garbage"), "its answer is not JSON"),
        (answer(b"\xff\xfe\x00"), "its answer is not JSON"),
        (answer("[1]"), "not in Prometheus's envelope"),
        (answer('{"status":"success"}'), "not in Prometheus's envelope"),
        (answer('{"status":"success","data":1}'), "not a result as Prometheus writes it"),
        (answer(BODY, Content_Encoding="br"), "was not asked for"),
        (answer(b"x", Content_Encoding="gzip"), "the gzip body is damaged"),
        (answer(gzip.compress(BODY)[:-4], Content_Encoding="gzip"), "the gzip body is damaged"),
        (
            answer("no", "401 Unauthorized"),
            "401 (Unauthorized): it asks for a login; set sources.prometheus.basic_auth_user",
        ),
        (answer("no", "403 Forbidden"), "or sources.prometheus.bearer_token_file"),
        (answer("no org id", "401 Unauthorized"), "it asks for a tenant; set sources.prometheus.tenant"),
        (answer("404 page not found", "404 Not Found"), "there is no Prometheus API at /api/v1/query"),
        (b"\x15\x03\x03\x00\x02\x02\x32\r\n\r\n", "it answers in TLS; use https://127.0.0.1:"),
        (answer("gone", "502 Bad Gateway"), "it answers with HTTP status 502"),
        (answer('{"message":"no"}', "404 Not Found"), "it answers with HTTP status 404"),
        (answer(BODY, "500 Internal Server Error"), "it answers with HTTP status 500"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", None),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", None),
        (b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 300_000 + b"\r\n\r\n", None),
    ],
)
def test_what_is_no_answer_of_prometheus_counts_as_none(serve, make_source, reply, text):
    def once(_connection, _asked):
        _connection.sendall(reply)

    source = make_source(serve(once).url)

    with pytest.raises(
        SourceGoneError, match=r"Prometheus at http://127\.0\.0\.1:.* has given no usable answer since 22:13 UTC: "
    ) as caught:
        source.instant("x", NOW_MS)
    assert text is None or text in str(caught.value)
    assert (source.availability.state.up, source.availability.state.fault) == (False, Fault.WRONG)


@pytest.mark.parametrize("how", ["hangs", "drips", "drips headers"])
def test_a_slow_server_takes_no_longer_than_the_query_may(serve, make_source, how):
    def slowly(connection, _asked):
        if how == "drips":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        for byte in b"HTTP/1.1 200 OK\r\n" * 100 if how != "hangs" else ():
            connection.sendall(bytes([byte]))
            time.sleep(0.05)
        time.sleep(5)

    source = make_source(serve(slowly).url, timeout_ms=60_000)
    began = time.monotonic()

    with pytest.raises(SourceTimeoutError, match=r"did not answer within 0\.3 s"):
        source.instant("x", NOW_MS, timeout_ms=300)
    assert time.monotonic() - began < 3
    assert source.availability.state.up is None


def test_a_query_that_nobody_waits_for_ends_at_once(serve, make_source):
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    began = time.monotonic()

    with pytest.raises(QueryCanceledError):
        make_source(serve(lambda *_: time.sleep(5)).url, timeout_ms=60_000).instant("x", NOW_MS, cancel=cancel)
    assert time.monotonic() - began < 3


def test_an_endless_answer_is_cut_off(serve, make_source):
    sent = []

    def endlessly(connection, _asked):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while True:
            connection.sendall(b" " * 65536)
            sent.append(65536)

    with pytest.raises(SourceGoneError, match=r"larger than 1,000,000 bytes \(sources.prometheus.answer_limit\)"):
        make_source(serve(endlessly).url, max_bytes=1_000_000).instant("x", NOW_MS)
    assert sum(sent) < 20_000_000


def test_an_answer_that_says_how_large_it_is_is_not_read(ask):
    with pytest.raises(SourceGoneError, match="larger than"):
        ask(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")


def test_an_answer_that_unpacks_without_end_is_cut_off(ask):
    bomb = gzip.compress(b" " * 50_000_000)
    with pytest.raises(SourceGoneError, match="larger than"):
        ask(answer(bomb, Content_Encoding="gzip"), max_bytes=1_000_000)


def test_answers_draw_on_the_memory_of_all_queries(serve, make_source):
    source = make_source(serve(answer(b" " * 20_000_000)).url)

    with using(MemoryPool(32 << 20).share()), pytest.raises(QueryError, match="memory"):
        source.instant("x", NOW_MS)
    assert source.availability.state.up is None


@pytest.mark.parametrize("ask_for", ["label_names", "series"])
def test_so_do_lists_of_names_on_some_of_their_own(serve, make_source, ask_for):
    body = b'{"status":"success","data":[' + b",".join([b"[]"] * 300_000) + b"]}"
    source = make_source(serve(answer(body)).url, max_bytes=1_000_000)

    with pytest.raises(QueryError, match="memory"):
        getattr(source, ask_for)([], 0, 1)


def test_an_answer_of_too_many_samples_is_refused(serve, make_source):
    rows = [{"metric": {"i": str(i)}, "values": [[0, "1"]]} for i in range(100)]
    server = serve(success({"resultType": "matrix", "result": rows}))

    with pytest.raises(SourceError, match="more than 1,000 samples"):
        make_source(server.url, max_samples=1000).range("x", 0, 99_000, 1000)


def test_a_tenant_goes_with_it_where_there_is_one(serve, make_source):
    server = serve(vector())

    make_source(server.url, tenant="team-a").instant("x", NOW_MS)
    make_source(server.url).instant("x", NOW_MS)
    with pytest.raises(SourceGoneError):
        make_source(server.url, tenant="a\r\nX-Other: b").instant("x", NOW_MS)

    assert [asked.headers.get("x-scope-orgid") for asked in server.asked] == ["team-a", None]


@pytest.mark.parametrize(("tail", "reply"), [("/graph", answer("404 page not found", "404 Not Found")),
                                            ("/api/v1", answer("<html>", Content_Type="text/html"))])  # fmt: skip
def test_the_address_of_a_page_is_told_from_that_of_the_server(serve, make_source, tail, reply):
    server = serve(reply)

    with pytest.raises(SourceGoneError) as caught:
        make_source(f"http://me:secret@127.0.0.1:{server.port}{tail}").instant("x", NOW_MS)

    assert f"there is no Prometheus API at {tail}/api/v1/query; use the address without {tail}: " in str(caught.value)
    assert str(caught.value).endswith(f"http://<secret>@127.0.0.1:{server.port}")


def test_credentials_that_are_refused_are_to_be_checked(serve, make_source):
    server = serve(answer("", "401 Unauthorized"))

    with pytest.raises(SourceGoneError, match=r"it refuses the login; check sources\.prometheus\.basic_auth_user"):
        make_source(f"http://me:secret@127.0.0.1:{server.port}").instant("x", NOW_MS)


class TestRedirects:
    def test_within_the_host_they_are_followed_with_the_same_question(self, serve, make_source):
        def reply(_connection, asked):
            if asked.path == "/api/v1/query":
                return answer("", "302 Found", Location="/prometheus/api/v1/query")
            return vector("2")

        server = serve(reply)

        assert make_source(server.url).instant("x", NOW_MS).data.values.tolist() == [[2.0]]
        assert server.asked[1].form == server.asked[0].form
        assert server.asked[1].method == "POST"

    @pytest.mark.parametrize(
        "location", ["http://example.com/", "//example.com/", "ftp://127.0.0.1/", "http://127.0.0.1:1/"]
    )
    def test_elsewhere_they_are_not(self, ask, location):
        with pytest.raises(SourceGoneError, match="redirects to another host or port"):
            ask(answer("", "307 Temporary Redirect", Location=location))

    @pytest.mark.parametrize(
        ("url", "location", "followed"),
        [
            ("http://prom:9090/x", "https://prom:9090/y", True),
            ("http://prom/x", "https://prom/y", True),
            ("http://prom:80/x", "https://prom:443/y", True),
            ("http://prom/x", "http://prom:80/y", True),
            ("http://prom:9090/x", "https://prom/y", False),
            ("http://prom/x", "https://prom:8443/y", False),
            ("http://prom/x", "https://prom:80/y", True),
            ("http://prom:9090/x", "https://prom:22/y", False),
            ("https://prom/x", "http://prom/y", False),
            ("https://prom:9090/x", "http://prom:9090/y", False),
        ],
    )
    def test_credentials_go_to_no_other_port(self, url, location, followed):
        upstream = Upstream(PrometheusOptions(url), "us", registry=CollectorRegistry())
        with contextlib.nullcontext() if followed else pytest.raises(UpstreamError, match="another host or port"):
            assert upstream._redirected(url, location) == location  # without servers at ports 80 and 443

    def test_not_for_ever(self, ask):
        with pytest.raises(SourceGoneError, match="redirects more than 5 times"):
            ask(answer("", "302 Found", Location="/api/v1/query"))


class TestRetries:
    def test_a_proxy_without_a_server_is_asked_again(self, serve, make_source):
        replies = iter([answer("", "503 Service Unavailable"), answer("", "502 Bad Gateway"), vector("2")])
        registry = CollectorRegistry()
        source = make_source(serve(lambda *_: next(replies)).url, retries=2, registry=registry)

        assert source.instant("x", NOW_MS).data.values.tolist() == [[2.0]]
        assert registry.get_sample_value("watchglass_source_retries_total") == 2

    def test_so_is_a_connection_that_is_closed(self, serve, make_source):
        replies = iter([None, vector("2")])
        assert make_source(serve(lambda *_: next(replies)).url, retries=1).instant("x", NOW_MS).data.size == 1

    @pytest.mark.parametrize(
        "reply",
        [
            failure("timeout", "query timed out", "503 Service Unavailable"),
            failure("bad_data", "no", "400 Bad Request"),
            answer("no", "500 Internal Server Error"),
            answer("no", "429 Too Many Requests"),
        ],
    )
    def test_a_refusal_is_not(self, serve, make_source, reply):
        server = serve(reply)

        with pytest.raises(SourceError):
            make_source(server.url, retries=3).instant("x", NOW_MS)
        assert len(server.asked) == 1

    def test_the_deadline_bounds_them(self, serve, make_source):
        began = time.monotonic()

        with pytest.raises(QueryError):
            make_source(serve(answer("", "503 Service Unavailable")).url, retries=1000, timeout_ms=500).instant("x", 0)
        assert time.monotonic() - began < 3


class TestWhoIsAsked:
    def test_nobody_there(self, make_source):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]

        with pytest.raises(SourceGoneError, match=r"has not answered since .*: Connection refused"):
            make_source(f"http://127.0.0.1:{port}").instant("x", NOW_MS)

    def test_a_name_that_is_none(self, make_source):
        with pytest.raises(SourceGoneError, match=r"cannot look up nothing\.invalid"):
            make_source("http://nothing.invalid:9090").instant("x", NOW_MS)

    @pytest.mark.parametrize(
        "host", ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.1.1]", "[fd00:ec2::254]", "100.100.100.200"]
    )
    def test_addresses_of_machines_own_secrets_are_never_called(self, make_source, host):
        with pytest.raises(SourceGoneError, match="metadata address"):
            make_source(f"http://{host}").instant("x", NOW_MS)

    @pytest.mark.parametrize(
        "address", ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.2", "2001:db8::1", "::ffff:10.0.0.1"]
    )
    def test_others_are(self, address):
        check_address(address)
        with pytest.raises(ForbiddenAddressError):
            check_address("169.254.0.1")

    def test_over_ipv6(self, serve, make_source):
        server = serve(vector("2"), family=socket.AF_INET6)
        assert make_source(f"http://[::1]:{server.port}").instant("x", NOW_MS).data.size == 1

    def test_ourselves(self, ask):
        with pytest.raises(ReachesSelfError):
            ask(answer("", "421 Misdirected Request", X_Watchglass_Instance="us"))

    def test_another_watchglass_is_not_ourselves(self, ask):
        with pytest.raises(SourceGoneError, match="HTTP status 508"):
            ask(answer("", "508 Loop Detected", X_Watchglass_Instance="them"))


class TestCredentials:
    def test_of_the_address(self, serve, make_source):
        server = serve(failure("bad_data", "no", "400 Bad Request"))
        source = make_source(f"http://me:p%40ss@127.0.0.1:{server.port}")

        with pytest.raises(SourceError) as caught:
            source.instant("x", NOW_MS)
        assert server.asked[0].headers["authorization"] == "Basic bWU6cEBzcw=="
        assert "http://<secret>@127.0.0.1" in str(caught.value)
        assert not any(
            secret in text for secret in ("p%40ss", "p@ss") for text in (str(caught.value), repr(source.options))
        )

    @pytest.mark.parametrize(
        "reply",
        [
            failure("bad_data", "no Basic bWU6cEBzcy03NzMxeA== that is p@ss-7731x", "400 Bad Request"),
            answer("who is Basic bWU6cEBzcy03NzMxeA==, p@ss-7731x?", "401 Unauthorized"),
            b"Authorization: Basic bWU6cEBzcy03NzMxeA== p@ss-7731x\r\n\r\n",
        ],
    )
    def test_that_an_answer_repeats_are_not_told(self, serve, make_source, reply):
        source = make_source(f"http://me:p%40ss-7731x@127.0.0.1:{serve(reply).port}")

        with pytest.raises(SourceError) as caught:
            source.instant("x", NOW_MS)
        assert not any(secret in str(caught.value) for secret in ("bWU6", "p@ss", "7731"))

    def test_of_files_that_are_read_with_each_query(self, serve, make_source, tmp_path):
        server, token, password = serve(vector()), tmp_path / "token", tmp_path / "password"
        bearer = make_source(server.url, bearer_token_file=str(token))
        basic = make_source(server.url, basic_auth_user="me", basic_auth_password_file=str(password))
        for text in ("one", "two\n"):
            token.write_text(text)
            bearer.instant("x", NOW_MS)
        password.write_text("p@ss\n")
        basic.instant("x", NOW_MS)

        sent = [asked.headers["authorization"] for asked in server.asked]
        assert sent == ["Bearer one", "Bearer two", "Basic bWU6cEBzcw=="]

    def test_a_file_that_is_not_there_is_named(self, serve, make_source, tmp_path):
        with pytest.raises(SourceGoneError, match=r"has not been asked since .*: cannot read .*token: No such file"):
            make_source(serve(vector()).url, bearer_token_file=str(tmp_path / "token")).instant("x", NOW_MS)

    def test_a_file_with_a_line_break_within_makes_no_header(self, serve, make_source, tmp_path):
        (tmp_path / "token").write_text("a\r\nX-Other: b")
        with pytest.raises(SourceGoneError, match="more than one line"):
            make_source(serve(vector()).url, bearer_token_file=str(tmp_path / "token")).instant("x", NOW_MS)


def test_a_source_that_is_gone_is_tried_by_one_query_in_a_while(serve, make_source):
    server = serve(answer("", "502 Bad Gateway"))
    source = make_source(server.url)

    for _ in range(5):
        with pytest.raises(SourceGoneError, match="HTTP status 502"):
            source.instant("x", NOW_MS)
    assert len(server.asked) == 1


class TestASourceThatAcceptsAndNeverAnswers:
    """It is asked with a timeout of a minute, and found to be gone by tests of 0.5 s."""

    @pytest.fixture
    def source(self, serve, make_source, monkeypatch):
        monkeypatch.setattr(prometheus, "TEST_S", 0.5)
        self.ended = threading.Event()
        self.server = serve(lambda *_: self.ended.wait(30) and None)
        yield make_source(self.server.url, timeout_ms=60_000)
        self.ended.set()

    def ask_in_a_thread(self, ask):
        outcome = Future()

        def work():
            try:
                outcome.set_result(ask())
            except QueryError as error:
                outcome.set_exception(error)

        threading.Thread(target=work, daemon=True).start()
        return outcome

    def test_what_is_in_flight_ends_with_the_test_in_vain(self, source):
        waiting = [
            self.ask_in_a_thread(partial(source.instant, "x", NOW_MS)),
            self.ask_in_a_thread(partial(source.range, "x", NOW_MS, NOW_MS + 1000, 1000)),
            self.ask_in_a_thread(partial(source.label_names, [], 0, 1)),
        ]
        while len(self.server.asked) < len(waiting):
            time.sleep(0.01)

        with pytest.raises(SourceGoneError):
            source.test()
        for outcome in waiting:
            with pytest.raises(SourceGoneError, match=r"has not answered since 22:13 UTC: no answer within 0\.5 s"):
                outcome.result(timeout=5)

    def test_then_queries_are_told_at_once_however_often_it_is_tested(self, source):
        for _ in range(2):
            with pytest.raises(SourceGoneError):
                source.test()
        asked = len(self.server.asked)

        for ask in (partial(source.instant, "x", NOW_MS), partial(source.label_names, [], 0, 1)):
            with pytest.raises(SourceGoneError, match=r"no answer within 0\.5 s"):
                ask()
        assert len(self.server.asked) == asked

    def test_one_tries_it_after_a_while_no_longer_than_a_test(self, source):
        with pytest.raises(SourceGoneError):
            source.test()
        time.sleep(1)

        with pytest.raises(SourceGoneError):
            self.ask_in_a_thread(partial(source.instant, "x", NOW_MS)).result(timeout=10)
        assert len(self.server.asked) == 2

    def test_it_is_asked_with_full_patience_once_it_answers(self, source):
        with pytest.raises(SourceGoneError):
            source.test()
        self.server.reply = lambda *_: vector("2")
        source.test()
        self.server.reply = lambda *_: time.sleep(1) or vector("3")

        assert source.instant("x", NOW_MS).data.values.tolist() == [[3.0]]


def test_connections_are_used_again(serve, make_source):
    ports = []

    def reply(connection, _asked):
        ports.append(connection.getpeername()[1])
        return vector()

    source = make_source(serve(reply).url)
    for _ in range(3):
        source.instant("x", NOW_MS)

    assert len(set(ports)) == 1


def test_a_query_that_finds_every_connection_taken_says_nothing_of_the_server(serve):
    hung = threading.Event()
    upstream = Upstream(
        PrometheusOptions(serve(lambda *_: hung.wait(10) and None).url),
        "us",
        connections=1,
        registry=CollectorRegistry(),
    )
    first = threading.Thread(target=_ask_in_vain, args=(upstream, Patience(2)))
    first.start()
    time.sleep(0.2)

    with pytest.raises(DeadlineError):
        upstream.ask("POST", "/", [], Patience(0.3))
    hung.set()
    first.join()
    upstream.close()


def _ask_in_vain(upstream, patience):
    with contextlib.suppress(DeadlineError, UpstreamError):
        upstream.ask("POST", "/", [], patience)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
        " -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder


def _answer_whatever_comes(listener, reply):
    connection, _ = listener.accept()
    with connection:
        connection.recv(65536)
        if reply:
            connection.sendall(reply)


def test_one_that_says_nothing_is_told_from_one_that_says_the_wrong_thing(serve, make_source):
    with pytest.raises(SourceGoneError, match="has not answered since 22:13 UTC: Server disconnected without sending"):
        make_source(serve(lambda *_: None).url).instant("x", NOW_MS)


class TestTls:
    @pytest.fixture
    def server(self, serve, certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
        return serve(vector("2"), tls=context)

    def test_a_certificate_of_the_named_authority_is_trusted(self, server, make_source, certificate):
        source = make_source(f"https://localhost:{server.port}", ca_file=str(certificate / "cert.pem"))
        assert [source.instant("x", NOW_MS).data.size for _ in range(2)] == [1, 1]

    def test_any_is_where_the_operator_says_so(self, server, make_source):
        assert make_source(f"https://127.0.0.1:{server.port}", insecure_skip_verify=True).instant("x", 0).data.size == 1

    @pytest.mark.parametrize(("host", "trusted"), [("localhost", False), ("127.0.0.1", True)])
    def test_others_are_not(self, server, make_source, certificate, host, trusted):
        more = {"ca_file": str(certificate / "cert.pem")} if trusted else {}
        what = "use the name that it is for" if trusted else "name the authority's certificate in .*ca_file"
        with pytest.raises(
            SourceGoneError, match=f"no usable answer since .* its certificate is not trusted.*; {what}"
        ):
            make_source(f"https://{host}:{server.port}", **more).instant("x", NOW_MS)

    @pytest.mark.parametrize("reply", [b"HTTP/1.1 400 Bad Request\r\n\r\n", None])
    def test_a_server_without_tls_is_said_to_be_one(self, reply, make_source):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=_answer_whatever_comes, args=(listener, reply), daemon=True).start()
            address = f"127.0.0.1:{listener.getsockname()[1]}"
            with pytest.raises(SourceGoneError, match=f"TLS: .*; it seems to speak plain HTTP: try http://{address}"):
                make_source(f"https://{address}").instant("x", NOW_MS)

    def test_one_with_tls_that_is_asked_without(self, server, make_source):
        with pytest.raises(SourceGoneError, match=rf"speaks TLS .*https://127\.0\.0\.1:{server.port}"):
            make_source(f"http://127.0.0.1:{server.port}").instant("x", NOW_MS)

    def test_a_file_that_is_no_certificate_is_refused_at_once(self, make_source, tmp_path):
        path = tmp_path / "ca.pem"
        with pytest.raises(OSError, match=f"{path} cannot be read: No such file or directory"):
            make_source("https://localhost", ca_file=str(path))
        path.write_text("nothing")
        with pytest.raises(OSError, match=f"{path} holds no certificate in PEM form"):
            make_source("https://localhost", ca_file=str(path))
