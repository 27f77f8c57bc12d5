"""The guide's own text: every Python sample, unchanged and in its order, and every address, over a real server."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml

from watchglass.sdk.dinoair.http import PATHS

SAMPLES = (Path(__file__).parent / "guide_samples.txt").read_text()
PYTHON = re.findall(r"^```python\n(.*?)^```$", SAMPLES, re.MULTILINE | re.DOTALL)
GETS = re.findall(r"^GET (\S+)$", SAMPLES, re.MULTILINE)

READER = '''
"""Reads the guide from its top, running each sample as it comes."""
import json, sys
from watchglass.sdk.dinoair import install_lib_metrics

install_lib_metrics()
from lib.metrics.metrics_storage import FileMetricsStorage, SQLiteMetricsStorage  # the guide shows them without import

alerts = []
told = dict(FileMetricsStorage=FileMetricsStorage, SQLiteMetricsStorage=SQLiteMetricsStorage,
            send_alert=lambda text, overview: alerts.append(text))
for sample in json.load(sys.stdin):
    exec(compile(sample, "guide", "exec"), told)

told["check_high_error_rate"]()
told["check_resource_usage"]()
calm = list(alerts)
for _ in range(6):
    told["record_error"](error_type="t", error_message="m")
told["check_high_error_rate"]()


class Registry(told["CustomMetricsRegistry"]):
    record_cache_operation = told["record_cache_operation"]


registry = Registry()
for number in range(100_000):
    registry.record_cache_operation("get", number % 4 != 0, 0.001 * number)
service = told["service"]
print(json.dumps({
    "config": str(told["config"]), "status": str(told["status"]), "calm": calm, "alerts": alerts,
    "cpu": [point.value for point in told["cpu_metrics"]], "latest": sorted(told["latest_metrics"]),
    "api": told["api_data"]["services"][0]["service"], "resources": told["resources"]["timeframe"],
    "text": service.export("prometheus"), "kept": len(registry.histograms["cache_get_times"]),
}))
'''


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the samples left, run in one process of their own."""
    command = [sys.executable, "-c", READER]
    ran = subprocess.run(
        command,
        input=json.dumps(PYTHON),
        cwd=tmp_path_factory.mktemp("guide"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


def test_the_samples_are_the_guides():
    assert (len(PYTHON), len(GETS)) == (16, 9)
    for parent in Path(__file__).parents:
        guide = next((parent / "shared/seeds").glob("002_*.txt"), None)
        if guide is not None:
            blocks = re.findall(r"^```(\w*)\n(.*?)^```$", guide.read_text(), re.MULTILINE | re.DOTALL)
            assert [text for kind, text in blocks if kind == "python"] == PYTHON
            assert re.findall(r"^GET (\S+)$", guide.read_text(), re.MULTILINE) == GETS
            return


def test_every_python_sample_runs(told):
    assert told["resources"] == 6
    assert told["api"] == "comfyui"
    assert all(0 <= value <= 100 for value in told["cpu"])
    assert "dinoair_cpu_usage_percent" in told["latest"]
    assert told["status"].startswith("DinoAir metrics service\n  running: yes")
    assert told["config"].startswith("MetricsConfig(collection_interval=15, retention_hours=24")


def test_the_alert_examples_read_the_overview(told):
    assert "High error rate detected" not in told["calm"]
    assert told["alerts"][-1] == "High error rate detected"


def test_the_cache_example_is_exported_and_bounded(told):
    text = told["text"]
    assert "\ndinoair_custom_cache_get_total 100000.0\n" in text
    assert "\ndinoair_custom_cache_get_hits 75000.0\n" in text
    assert "\ndinoair_custom_cache_get_hit_rate 0.75\n" in text
    assert "\ndinoair_custom_cache_get_times_count 100000.0\n" in text
    assert told["kept"] == 100


def test_events_of_a_registry_that_is_made_for_oneself_are_exported(told):
    assert '\ndinoair_custom_workflow_executions_total{workflow="image_generation"} 1.0\n' in told["text"]
    assert '\ndinoair_custom_file_bytes_total{operation="upload"} 1024000.0\n' in told["text"]


SERVER = """
import sys, uvicorn
from watchglass.sdk.dinoair.asgi import MonitoringApp
from watchglass.sdk.dinoair.metrics_service import record_api_request
record_api_request("comfyui", "/generate", 1.23, 200, "POST")
server = uvicorn.Server(uvicorn.Config(MonitoringApp(), port=0, log_level="warning"))
startup = server.startup
async def told(sockets=None):
    await startup(sockets)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
server.startup = told
server.run()
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a uvicorn that serves the guide's addresses."""
    folder = tmp_path_factory.mktemp("server")
    process = subprocess.Popen([sys.executable, "-c", SERVER], cwd=folder, stdout=subprocess.PIPE, text=True)
    yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    process.terminate()
    assert process.wait(20) in {0, -15}
    process.stdout.close()
    assert list((folder / "metrics").glob("running.jsonl")), "what was collected is stored"


def get(url: str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.headers["content-type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["content-type"], error.read().decode()


@pytest.mark.parametrize("path", [*GETS, "/monitoring"])
def test_every_address_answers(server, path):
    status, kind, body = get(server + path)

    assert status == 200
    if path == "/monitoring":
        assert kind.startswith("text/html")
    elif path.startswith("/api/metrics/dashboard"):
        assert json.loads(body)["widget"] == re.search(r"widget=(\w+)", path)[1]
    elif "json" in path:
        assert json.loads(body)["metrics"]
    else:
        assert "\ndinoair_cpu_usage_percent " in body


def test_prometheus_is_the_default_format(server):
    def metric_lines(path):
        lines = get(server + path)[2].splitlines()
        return [line.rpartition(" ")[0] if not line.startswith("#") else line for line in lines]

    assert metric_lines("/api/metrics") == metric_lines("/api/metrics?format=prometheus")
    assert get(server + "/api/metrics")[1] == "text/plain; version=0.0.4; charset=utf-8"


def test_page_and_address_agree(server):
    """The page asks exactly this address, and has no figure from elsewhere."""
    page = get(server + "/monitoring")[2]
    assert "api/metrics/dashboard?widget=${name}" in page
    assert re.findall(r"(?:https?:)?//[\w.]+", page) == ["http://www.w3.org"], (
        "a name of SVG; nothing is fetched elsewhere"
    )


@pytest.mark.real
def test_a_real_prometheus_scrapes_the_documented_job(server, tmp_path):
    if shutil.which("prometheus") is None:
        pytest.skip("apt-get install prometheus")
    config = yaml.safe_load(re.search(r"^```yaml\n(.*?)^```$", SAMPLES, re.MULTILINE | re.DOTALL)[1])
    job = config["scrape_configs"][0]
    job["static_configs"][0]["targets"] = [server.removeprefix("http://")]
    job["scrape_interval"] = "1s"
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(config))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["prometheus", f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/data"]
    process = subprocess.Popen([*command, f"--web.listen-address=127.0.0.1:{port}"], stderr=subprocess.DEVNULL)
    try:
        ask = f"http://127.0.0.1:{port}/api/v1/query?query=dinoair_custom_api_requests_total%7Bjob=%22dinoair%22%7D"
        for _ in range(200):
            time.sleep(0.1)
            try:
                status, _, body = get(ask)
            except OSError:
                continue
            found = json.loads(body)["data"]["result"] if status == 200 else []
            if found:
                break
        assert found[0]["value"][1] == "1"
    finally:
        process.terminate()
        process.wait(20)


def test_the_paths_are_those_of_the_guide():
    assert PATHS == ("/api/metrics", "/api/metrics/dashboard", "/monitoring")
