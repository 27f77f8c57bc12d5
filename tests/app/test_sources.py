"""`watchglass up` with PROMETHEUS_URL: real processes, real servers elsewhere, and addresses that are its own."""

import contextlib
import os
import shutil
import socket
import subprocess
import time

import httpx
import pytest

PROXY = "/api/datasources/proxy/uid/default/api/v1"
needs_prometheus = pytest.mark.skipif(not shutil.which("prometheus"), reason="apt-get install prometheus")


def environment(url):
    return os.environ | {"PROMETHEUS_URL": url}


def listed(server):
    return server.http.get("/api/datasources").json()


def state(server):
    return listed(server)[0]["watchglass"]


@pytest.fixture
def prometheus(tmp_path, unused_port):
    """Start Debian's Prometheus at one address, as often as a test likes."""
    folder = tmp_path / "prometheus"
    folder.mkdir()
    config = folder / "prometheus.yml"
    config.write_text(
        "global: {scrape_interval: 1s}\nscrape_configs:\n- job_name: prom\n  static_configs:\n"
        f"  - targets: ['127.0.0.1:{unused_port}']\n"
    )
    url = f"http://127.0.0.1:{unused_port}"
    running = []

    def start():
        command = ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder}/data"]
        with (folder / "log").open("ab") as log:
            running.append(
                subprocess.Popen([*command, f"--web.listen-address=127.0.0.1:{unused_port}"], stdout=log, stderr=log)
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{url}/-/ready").status_code == 200:
                    return running[-1]
            time.sleep(0.1)
        raise AssertionError((folder / "log").read_text())

    start.url = url
    yield start
    for process in running:
        process.kill()
        process.wait()


QUERIES = [
    "up",
    "1 + 1",
    '"text"',
    "prometheus_http_requests_total[20s]",
    "sum by (handler) (rate(prometheus_http_requests_total[20s]))",
    "histogram_quantile(0.9, rate(prometheus_http_request_duration_seconds_bucket[20s]))",
    "absent(nothing)",
    "nothing",
    "up / 0 - up / 0",
    "sum(",
    "foo(up)",
    "up[5m",
    "rate(up)",
    "up + on(instance) group_left prometheus_http_requests_total",
    "",
]


@pytest.mark.real
@needs_prometheus
def test_answers_and_errors_are_those_of_the_server_elsewhere(launch, prometheus, waiting):
    prometheus()
    server = launch(environment=environment(prometheus.url)).wait_ready()
    with httpx.Client(base_url=prometheus.url, timeout=10) as direct:
        _compare(server, direct, prometheus.url, waiting)


def _in_order(answer):
    """An answer whose series are in one order, which is left to chance in Prometheus's instant vectors."""
    found = answer.get("data")
    if isinstance(found, dict) and found.get("resultType") in {"vector", "matrix"}:
        found["result"].sort(key=lambda row: sorted(row["metric"].items()))
    return answer


def _compare(server, direct, url, waiting):
    waiting(
        lambda: direct.get("/api/v1/query", params={"query": "count_over_time(up[1m]) > 4"}).json()["data"]["result"]
    )
    now = time.time() - 3  # what is newer may still grow

    def both(path, **params):
        there = direct.get(f"/api/v1/{path}", params=params)
        here = server.http.get(f"{PROXY}/{path}", params=params)
        return (there.status_code, _in_order(there.json())), (here.status_code, _in_order(here.json()))

    for query in QUERIES:
        for path, params in [
            ("query", {"time": now}),
            ("query_range", {"start": now - 60, "end": now, "step": 1}),
            ("query_range", {"start": int(now) - 60, "end": int(now), "step": "7"}),
        ]:
            there, here = both(path, query=query, **params)
            if there[0] != 200:
                error = here[1].pop("error")
                assert error.removesuffix(f" (Prometheus at {url})") == there[1].pop("error")
            assert here == there, (query, path)
    window = {"start": now - 60, "end": now}
    for path in ("series?match[]=up", "labels", "label/job/values"):
        there, here = both(path.partition("?")[0], **window, **({"match[]": "up"} if "?" in path else {}))
        assert here == there
    assert both("metadata")[0][1]["data"].keys() == both("metadata")[1][1]["data"].keys()


@pytest.mark.real
@needs_prometheus
def test_a_server_that_goes_and_comes_again(launch, prometheus, waiting):
    process = prometheus()
    server = launch(environment=environment(prometheus.url)).wait_ready()
    waiting(lambda: state(server)["state"] == "up")

    process.kill()
    process.wait()
    waiting(lambda: state(server)["state"] == "down")
    answer = server.http.get(f"{PROXY}/query", params={"query": "up"})
    assert answer.status_code == 502
    assert f"Prometheus at {prometheus.url} has not answered since " in answer.json()["error"]
    assert server.http.get("/api/datasources/uid/default/health").status_code == 400
    health = server.http.get("/health")
    assert (health.status_code, health.json()["components"]["source prometheus"]["status"]) == (200, "degraded")
    assert "watchglass_source_up 0.0" in server.http.get("/metrics").text
    assert server.http.get("/api/v1/query", params={"query": "1"}).status_code == 200
    assert server.http.get("/-/ready").status_code == 200

    prometheus()
    waiting(lambda: state(server)["state"] == "up")
    assert server.http.get(f"{PROXY}/query", params={"query": "1"}).status_code == 200
    assert server.log.count("the source does not answer") == 1
    assert server.log.count("the source answers") == 2


@pytest.mark.real
@pytest.mark.slow
@needs_prometheus
def test_its_jobs_get_dashboards_beside_those_collected_here(launch, prometheus, waiting):
    process = prometheus()
    server = launch("--no-gpu.enabled", environment=environment(prometheus.url)).wait_ready()
    uids = lambda: {hit["uid"] for hit in server.http.get("/api/search").json()}  # noqa: E731
    sources = lambda uid: {  # noqa: E731
        panel["datasource"]["uid"]
        for panel in server.http.get(f"/api/dashboards/uid/{uid}").json()["dashboard"]["panels"]
    }
    # A list is kept for half a minute: by then the job must be there.
    waiting(lambda: uids() >= {"this-machine", "auto-prom", "auto-embedded-node", "auto-embedded-watchglass"}, 60)

    assert sources("auto-prom") == {"prometheus"}
    assert sources("auto-embedded-watchglass") == {"embedded"}
    assert sources("this-machine") == {"embedded"}, "the machine is not watched elsewhere"
    process.kill()
    process.wait()
    waiting(lambda: state(server)["state"] == "down")
    assert "auto-prom" in uids(), "what was there does not vanish with the server"
    assert server.http.get("/api/dashboards/uid/auto-nope").status_code == 404


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.2", "[::1]"])
def test_an_address_of_its_own_means_the_built_in_metrics(launch, unused_port, host, waiting):
    """FluxAI's documented environment: PROMETHEUS_URL=http://localhost:9090 while we listen on that port."""
    more = [] if host in {"localhost", "127.0.0.1"} else ["--listen", f"{host}:{unused_port}"]
    port = unused_port
    if not more:
        more = ["--listen", f"127.0.0.1:{port}"]
    server = launch(*more, environment=environment(f"http://{host}:{port}/")).wait_ready()

    (source,) = waiting(lambda: len(listed(server)) == 1 and listed(server))
    assert (source["uid"], source["isDefault"], source["watchglass"]["kind"]) == ("embedded", True, "embedded")
    for uid in ("default", "prometheus", "embedded"):
        answer = server.http.get(f"/api/datasources/proxy/uid/{uid}/api/v1/query", params={"query": "1"})
        assert answer.json()["data"]["result"][1] == "1"
    assert "auto-watchglass" in {hit["uid"] for hit in server.http.get("/api/search").json()}
    assert server.log.count("reaches this very process") == 1
    assert server.http.get("/api/datasources/uid/default/health").json()["status"] == "OK"


def test_two_that_name_each_other_answer_from_their_own_metrics(launch, tmp_path, unused_port, waiting):
    first = launch(
        "--data", str(tmp_path / "a"), environment=environment(f"http://127.0.0.1:{unused_port}")
    ).wait_ready()
    second = launch(
        "--data", str(tmp_path / "b"), "--listen", f"127.0.0.1:{unused_port}", environment=environment(first.url)
    ).wait_ready()
    waiting(lambda: state(first)["state"] == state(second)["state"] == "up")

    for server in (first, second):
        assert state(server)["kind"] == "prometheus"
        answer = server.http.get(f"{PROXY}/query", params={"query": "watchglass_source_up"})
        assert answer.status_code == 200


def test_two_that_name_each_others_proxy_refuse(launch, tmp_path, unused_port, waiting):
    """However the addresses are chosen, no question goes round in a circle."""
    prefix = "/api/datasources/proxy/uid/default"
    url = f"http://127.0.0.1:{unused_port}{prefix}"
    first = launch("--data", str(tmp_path / "a"), environment=environment(url)).wait_ready()
    launch(
        "--data",
        str(tmp_path / "b"),
        "--listen",
        f"127.0.0.1:{unused_port}",
        environment=environment(first.url + prefix),
    ).wait_ready()

    waiting(lambda: "one Watchglass does not ask on behalf of another" in state_error(first))
    assert first.http.get(f"{PROXY}/query", params={"query": "1"}).status_code in {422, 508}


def state_error(server):
    answer = server.http.get("/api/datasources/uid/default/health").json()
    return answer["message"]


def test_a_hung_server_keeps_nobody_else_waiting(launch, waiting):
    with socket.create_server(("127.0.0.1", 0)) as hung:
        server = launch(environment=environment(f"http://127.0.0.1:{hung.getsockname()[1]}")).wait_ready()
        with contextlib.ExitStack() as stack:
            for _ in range(6):
                sock = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
                sock.sendall(f"GET {PROXY}/query?query=up HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            for query in ("1", "2", "3"):
                answer = server.http.get("/api/v1/query", params={"query": query}, timeout=5)
                assert answer.json()["data"]["result"][1] == query
            assert server.http.get("/api/search", timeout=8).status_code == 200
            waiting(lambda: state(server)["state"] == "down")
        server.stop()
        assert server.process.returncode == 0, "ended by itself, and was not cut short"


@pytest.mark.parametrize("password", ["hunter2", "%2Fhunter2", "a@hunter2", "%3Ahunter2%23"])
def test_the_password_of_an_address_is_shown_nowhere(launch, waiting, password):
    url = f"http://me:{password}@127.0.0.1:1"
    server = launch("--log.level", "debug", environment=environment(url)).wait_ready()
    waiting(lambda: state(server)["state"] == "down")
    pages = ("/api/datasources", "/health", "/api/v1/status/flags", "/metrics", f"{PROXY}/query?query=1")

    for page in pages:
        assert "hunter2" not in server.http.get(page).text
    assert "hunter2" not in server.log
    assert "http://<secret>@127.0.0.1:1" in server.http.get("/api/v1/status/flags").text


@pytest.mark.real
@needs_prometheus
def test_bookmarks_and_lists_while_a_server_is_not_there_yet(launch, prometheus, waiting):
    server = launch(environment=environment(prometheus.url)).wait_ready()
    waiting(lambda: state(server)["state"] == "down")

    answer = server.http.get("/api/dashboards/uid/auto-prom")
    assert (answer.status_code, answer.json()["errorType"]) == (502, "unavailable")
    assert f"Prometheus at {prometheus.url} has not answered since " in answer.json()["error"]
    assert server.http.get("/api/dashboards/uid/prom").status_code == 404

    prometheus()
    waiting(lambda: "auto-prom" in {hit["uid"] for hit in server.http.get("/api/search").json()})
    assert server.http.get("/api/dashboards/uid/auto-prom").json()["dashboard"]["title"] == "prom"
    assert server.http.get("/api/dashboards/uid/auto-nobody").status_code == 404
