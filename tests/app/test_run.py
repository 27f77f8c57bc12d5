"""The whole process: it starts, answers, reloads, refuses what it must, and ends in time."""

import json
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time

import httpx
import pytest

GOOD = """
scrape_configs:
  - job_name: one
    scrape_interval: 1s
    static_configs: [{{targets: ['127.0.0.1:{port}']}}]
"""


def test_without_configuration_it_watches_this_machine_and_itself(launch, waiting):
    server = launch().wait_ready()
    assert waiting(lambda: len(server.values("up")) >= 2)
    jobs = {dict(labels)["job"]: value for labels, value in server.values("up").items()}
    assert jobs == {"node": 1.0, "watchglass": 1.0}
    waiting(lambda: server.values("rate(node_cpu_seconds_total[1m])"))
    now = time.time()
    answer = server.http.get(
        "/api/v1/query_range", params={"query": "node_load1", "start": now - 60, "end": now, "step": 1}
    )
    assert answer.json()["data"]["result"][0]["values"]
    assert server.http.get("/").headers["content-type"].startswith("text/html")
    uids = [board["uid"] for board in server.http.get("/api/search").json()]
    for uid in uids:
        board = server.http.get(f"/api/dashboards/uid/{uid}").json()
        assert board["dashboard"]["panels"]
    assert "watchglass_http_requests_total" in server.http.get("/metrics").text
    assert server.http.get("/api/v1/status/buildinfo").json()["data"]["application"] == "Watchglass"
    assert server.http.get("/api/v1/status/runtimeinfo").json()["data"]["reloadConfigSuccess"] is True
    assert {
        each["labels"]["job"] for each in server.http.get("/api/v1/targets").json()["data"]["activeTargets"]
    } == set(jobs)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_and_a_restart_goes_on(launch, waiting, number):
    server = launch().wait_ready()
    waiting(lambda: server.values("node_boot_time_seconds"))
    before = server.http.get("/api/v1/query", params={"query": "node_boot_time_seconds[10m]"}).json()["data"]["result"]
    assert server.stop(number) < 5
    assert server.process.returncode == 0
    assert "stopped" in server.log
    again = launch().wait_ready()
    after = again.http.get("/api/v1/query", params={"query": "node_boot_time_seconds[10m]"}).json()["data"]["result"]
    assert after[0]["values"][: len(before[0]["values"])] == before[0]["values"]


def test_it_ends_in_time_with_a_client_a_target_and_a_query_that_hang(launch, waiting, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as hung:
        (tmp_path / "prometheus.yml").write_text(GOOD.format(port=hung.getsockname()[1]))
        server = launch("--config", str(tmp_path / "prometheus.yml")).wait_ready()
        waiting(lambda: server.values("up"))
        heavy = "count(" + " or ".join(f"sum_over_time(up[{n}s:1ms])" for n in range(500, 600)) + ")"
        with socket.create_connection(("127.0.0.1", server.port)) as idle:
            idle.sendall(b"GET / HTTP/1.1\r\n")
            query = subprocess.Popen(
                [
                    "curl",
                    "-s",
                    "-o",
                    "/dev/null",
                    "--get",
                    "--data-urlencode",
                    f"query={heavy}",
                    f"{server.url}/api/v1/query",
                ]
            )
            waiting(lambda: server.http.get("/metrics").text.count("watchglass_queries_in_flight 1.0"))
            assert server.stop() < 5
            query.wait(5)


def test_reload_follows_a_good_file_and_ignores_a_bad_one(launch, waiting, tmp_path, unused_port):
    config = tmp_path / "prometheus.yml"
    config.write_text(GOOD.format(port=unused_port))
    server = launch("--config", str(config)).wait_ready()
    waiting(lambda: server.values('up{job="one"} == 0'))

    config.write_text(GOOD.format(port=server.port).replace("one", "two"))
    assert server.http.post("/-/reload").status_code == 200
    waiting(lambda: server.values('up{job="two"} == 1'))
    assert server.http.get("/metrics").text.count("watchglass_config_last_reload_successful 1.0")

    config.write_text("scrape_configs:\n  - job_nam: three\n")
    answer = server.http.post("/-/reload")
    assert answer.status_code == 400
    assert "prometheus.yml:2: " in answer.text
    assert "job_nam" in answer.text
    assert "job_name" in answer.text.replace("job_nam:", "")
    assert "watchglass_config_last_reload_successful 0.0" in server.http.get("/metrics").text
    assert answer.text.strip().removeprefix("failed to reload config: ") in server.log.replace('\\"', '"')
    server.send(signal.SIGHUP)
    waiting(lambda: server.log.count("the old one stays in force") == 2)
    active = server.http.get("/api/v1/targets").json()["data"]["activeTargets"]
    assert "two" in {each["scrapePool"] for each in active}

    config.write_text(GOOD.format(port=server.port))
    server.send(signal.SIGHUP)
    waiting(lambda: "watchglass_config_last_reload_successful 1.0" in server.http.get("/metrics").text)


def test_a_wrong_file_at_the_start(launch, tmp_path):
    (tmp_path / "prometheus.yml").write_text("scrape_confgs: []\n")
    status, log = launch("--config", str(tmp_path / "prometheus.yml")).wait_end()
    assert status == 1
    assert re.search(r"prometheus\.yml:1: .*scrape_confgs.*did you mean.*scrape_configs", log)
    assert "listening" not in log
    assert "Traceback" not in log


def test_a_port_in_use(launch):
    first = launch().wait_ready()
    second = launch("--listen", f"127.0.0.1:{first.port}")
    status, log = second.wait_end()
    assert status == 1
    assert f"port {first.port} " in log
    assert f"(process {first.process.pid})" in log
    assert re.search(r"choose another with --listen 127\.0\.0\.1:\d+", log)
    assert "Traceback" not in log


def test_two_processes_do_not_share_a_data_directory(launch):
    launch().wait_ready()
    status, log = launch().wait_end()
    assert status == 1
    assert "Traceback" not in log
    assert "data" in log.splitlines()[-1]


def test_a_data_directory_that_cannot_be_used(launch, tmp_path):
    (tmp_path / "data").write_text("a file")
    status, log = launch().wait_end()
    assert status == 1
    assert str(tmp_path / "data") in log
    assert "Traceback" not in log


def test_an_open_listener_is_refused_without_permission(launch, unused_port):
    status, log = launch("--listen", f"0.0.0.0:{unused_port}").wait_end()
    assert status == 1
    assert "--web.allow-anonymous" in log
    server = launch("--listen", f"0.0.0.0:{unused_port}", "--web.allow-anonymous")
    server.http = httpx.Client(base_url=f"http://127.0.0.1:{unused_port}")
    server.wait_ready()


def test_several_listeners(launch, unused_port):
    server = launch("--listen", f"127.0.0.1:{unused_port}")
    server.wait_ready()
    with socket.create_connection(("127.0.0.1", unused_port)):
        pass
    assert httpx.get(f"http://127.0.0.1:{unused_port}/-/ready").status_code == 200


def test_the_front_door_on_a_real_socket(launch):
    server = launch().wait_ready()
    assert server.http.get("/api/v1/query?query=up", headers={"host": "evil.example"}).status_code == 421
    assert server.http.post("/-/reload", headers={"origin": "http://evil.example"}).status_code == 403
    assert server.http.post("/-/reload", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert server.http.post("/-/quit").status_code == 403
    assert server.http.get("/nope").status_code == 404
    assert server.http.delete("/api/v1/query").status_code == 405


def test_slow_clients_do_not_keep_others_out(launch):
    server = launch().wait_ready()
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(100)]
    try:
        for each in slow:
            each.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        for _ in range(5):
            for each in slow:
                each.sendall(b"x")
            assert server.http.get("/-/ready").status_code == 200
    finally:
        for each in slow:
            each.close()


def test_heavy_queries_do_not_stop_scraping(launch, waiting, tmp_path):
    config = tmp_path / "prometheus.yml"
    config.write_text("")
    server = launch("--config", str(config))
    config.write_text(GOOD.format(port=server.port))
    server.wait_ready()
    server.http.post("/-/reload")
    waiting(lambda: server.values('up{job="one"}'))
    began = ended = time.time()
    while ended < began + 6:
        heavy = "count(" + " or ".join(f"sum_over_time(up[{n}s:5ms])" for n in range(500, 530)) + f") + {ended}"
        assert server.http.get("/api/v1/query", params={"query": heavy}, timeout=60).status_code == 200
        ended = time.time()
    waiting(lambda: time.time() > ended + 2)
    answer = server.http.get("/api/v1/query", params={"query": 'up{job="one"}[30s]'})
    (series,) = answer.json()["data"]["result"]
    meanwhile = [at for at, _ in series["values"] if began <= at <= ended]
    assert {value for _, value in series["values"]} == {"1"}
    assert len(meanwhile) >= 3  # of six: the machine may do other things as well


def test_the_log_as_json_and_counted(launch, waiting):
    server = launch("--log.format", "json", "--log.level", "debug").wait_ready()
    waiting(lambda: '"msg":"ready"' in server.log)
    server.http.get("/nope")
    waiting(lambda: '"path":"/nope"' in server.log)
    lines = [json.loads(line) for line in server.log.splitlines()]
    (ready,) = [line for line in lines if line["msg"] == "ready"]
    assert ready["level"] == "info"
    assert ready["logger"] == "watchglass.app"
    (missing,) = [line for line in lines if line["msg"] == "request" and line["path"] == "/nope"]
    assert missing["code"] == 404
    assert re.search(r'watchglass_log_messages_total{level="info"} [1-9]', server.http.get("/metrics").text)


def test_import_and_query_back(launch):
    server = launch().wait_ready()
    body = (
        "# TYPE old counter\n"
        + "".join(f'old_total{{n="{n}"}} {t} {1_700_000_000 + t}\n' for n in range(3) for t in range(10))
        + "# EOF\n"
    )
    answer = server.http.post("/api/v1/import", content=body, headers={"content-type": "application/openmetrics-text"})
    assert answer.json()["data"] == {
        "series": 3,
        "samples": 30,
        "firstTimeMs": 1_700_000_000_000,
        "lastTimeMs": 1_700_000_009_000,
    }
    found = server.http.get("/api/v1/query", params={"query": "sum(old_total)", "time": 1_700_000_009}).json()
    assert found["data"]["result"][0]["value"] == [1_700_000_009, "27"]
    bad = server.http.post("/api/v1/import", content="a 1 1\nb x 1\n# EOF\n", headers={"content-type": "text/plain"})
    assert bad.status_code == 400
    assert "line 2" in bad.json()["error"]
    assert not server.http.get("/api/v1/query", params={"query": "a", "time": 1}).json()["data"]["result"]


@pytest.mark.real
@pytest.mark.skipif(not shutil.which("prometheus-node-exporter"), reason="apt-get install prometheus-node-exporter")
def test_a_real_node_exporter(launch, waiting, tmp_path, unused_port):
    exporter = subprocess.Popen(
        ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{unused_port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        (tmp_path / "prometheus.yml").write_text(GOOD.format(port=unused_port))
        server = launch("--config", str(tmp_path / "prometheus.yml")).wait_ready()
        waiting(lambda: server.values('up{job="one"} == 1'))
        ours = server.wait_value('node_memory_MemTotal_bytes{job="node"}')
        assert server.wait_value('node_memory_MemTotal_bytes{job="one"}') == ours
    finally:
        exporter.terminate()
        exporter.wait(10)


def test_tls_on_every_listener(launch, tmp_path):
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"]
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run([*make, *files], cwd=tmp_path, check=True, capture_output=True)
    server = launch("--web.tls-cert", "cert.pem", "--web.tls-key", "key.pem")
    server.http.close()
    trust = ssl.create_default_context(cafile=tmp_path / "cert.pem")
    server.http = httpx.Client(base_url=server.url.replace("http", "https"), verify=trust)
    server.wait_ready()
    assert "https://127.0.0.1" in server.log


def test_tls_files_that_cannot_be_used(launch, tmp_path):
    (tmp_path / "no.pem").write_text("nothing")
    status, log = launch("--web.tls-cert", "no.pem", "--web.tls-key", "missing.pem").wait_end()
    assert status == 1
    assert "cannot use web.tls_cert and web.tls_key" in log
    assert "Traceback" not in log
