"""The chat service and its load, run as a user runs them."""

import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families

APP = Path(__file__).parents[2] / "examples/chat_app"


@pytest.fixture(scope="module")
def service():
    """The service on a free port; its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, APP / "app.py", "--port", str(port)])
    url = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            if httpx.get(f"{url}/health").is_success:
                break
        except httpx.TransportError:
            time.sleep(0.05)
    yield url
    process.terminate()
    process.wait(10)


def samples(url):
    text = httpx.get(f"{url}/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"}).text
    families = list(text_string_to_metric_families(text))
    values = {(s.name, *sorted(s.labels.values())): s.value for f in families for s in f.samples}
    return {family.name: family.type for family in families}, values


def test_an_answer_is_streamed_and_counted(service):
    body = {"model": "small-3b", "prompt": "one two three", "session": "me"}
    chunks, words = 0, 0
    with httpx.stream("POST", f"{service}/v1/chat", json=body, timeout=30) as answer:
        assert answer.status_code == 200
        for line in answer.iter_lines():
            if found := re.fullmatch(r'data: \{"text": "(.*)"\}', line):
                chunks, words = chunks + 1, words + len(found[1].split())
    types, values = samples(service)

    assert chunks >= 1
    assert values["chat_tokens_total", "output", "small-3b"] == words
    assert values["chat_tokens_total", "input", "small-3b"] == 3
    assert values["chat_requests_total", "200", "small-3b"] == 1
    assert values["chat_request_duration_seconds_count", "small-3b"] == 1
    assert values["chat_time_to_first_token_seconds_sum", "small-3b"] > 0
    assert values["chat_sessions_active",] == 1
    assert values["chat_requests_in_progress", "small-3b"] == 0
    assert values["chat_last_answer_timestamp_seconds", "small-3b"] == pytest.approx(time.time(), abs=60)
    assert types["chat_app"] == "info"


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"model": "nobody", "prompt": "x"}', b'{"model": []}'])
def test_bad_requests_are_refused_and_counted(service, body):
    def count():
        return samples(service)[1].get(("chat_errors_total", "bad_request", "unknown"), 0)

    before = count()

    assert httpx.post(f"{service}/v1/chat", content=body).status_code == 400
    assert count() == before + 1


def test_the_readme_lists_every_metric(service):
    types, _ = samples(service)
    suffix = {"counter": "_total", "info": "_info"}
    shown = {name + suffix.get(kind, "") for name, kind in types.items() if name.startswith("chat_")}
    listed = set(re.findall(r"^\| `(chat_\w+)`", (APP / "README.md").read_text(), re.MULTILINE))

    assert shown == listed


def test_no_answer_takes_longer_than_the_histograms_tell(service):
    httpx.post(f"{service}/v1/chat", json={"model": "small-3b", "prompt": "x"}, timeout=30)
    text = httpx.get(f"{service}/metrics").text
    patience_s = int(re.search(r"AsyncClient\(.*timeout=(\d+)", (APP / "load.py").read_text())[1])

    for name in ("chat_request_duration_seconds", "chat_time_to_first_token_seconds"):
        bounds = map(float, re.findall(rf'{name}_bucket{{le="([0-9.]+)"', text))
        assert max(bounds) >= patience_s


def test_load_uses_every_model_and_ends_cleanly_on_a_signal(service):
    command = [sys.executable, APP / "load.py", "--url", service, "--rate", "40", "--day", "20"]
    load = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(300):
            _, values = samples(service)
            busy = [values.get(("chat_time_to_first_token_seconds_count", name), 0) for name in model_names()]
            if all(count >= 2 for count in busy):
                break
            time.sleep(0.1)
    finally:
        load.send_signal(signal.SIGTERM)
        out, err = load.communicate(timeout=20)

    assert all(count >= 2 for count in busy)
    assert (load.returncode, err) == (0, "")
    assert "'200'" in out
    assert "Error" not in out


def test_load_ends_by_itself_when_told_to(service):
    command = [sys.executable, APP / "load.py", "--url", service, "--seconds", "0.5"]

    assert subprocess.run(command, timeout=20, check=False, capture_output=True).returncode == 0


def test_load_comes_in_waves_and_stays_bounded():
    load = load_module()
    day = [load.arrivals_per_s(second, mean=5, day_s=600) for second in range(600)]

    assert min(day) < 1.5
    assert 9 < max(day) < 15
    assert sum(day) / len(day) == pytest.approx(5, rel=0.1)


def test_the_configuration_names_the_services_default_port():
    config = yaml.safe_load((APP / "prometheus.yml").read_text())

    assert config["scrape_configs"][0]["static_configs"] == [{"targets": ["127.0.0.1:8000"]}]
    assert subprocess.run(["promtool", "check", "config", APP / "prometheus.yml"], check=False).returncode == 0


def model_names():
    return list(load_module().MODELS)


def load_module():
    import importlib.util

    spec = importlib.util.spec_from_file_location("chat_app_load", APP / "load.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
