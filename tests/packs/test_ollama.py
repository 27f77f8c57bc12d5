"""The Hybrid AI Stack's Ollama, which exposes no metrics: asked by `watchglass up --pack`, drawn by its panel's query."""

from __future__ import annotations

import json
import sys
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from peer_servers import free_port, is_ready, running, wait_until

pytestmark = pytest.mark.slow

MODEL = {"name": "mistral:latest", "model": "mistral:latest", "size": 5137025024, "size_vram": 5137025024}
PATHS = {"/": b"Ollama is running", "/api/ps": json.dumps({"models": [MODEL, MODEL]}).encode()}


class Ollama(BaseHTTPRequestHandler):
    """Answers as ollama/ollama, docs/api.md says."""

    def do_GET(self):
        body = PATHS.get(self.path)
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body or b"404 page not found")

    def log_message(self, *_):
        pass


@pytest.fixture
def ollama():
    with ThreadingHTTPServer(("127.0.0.1", 0), Ollama) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_pack_asks_ollama_and_counts_its_models(tmp_path, ollama):
    port = free_port()
    command = [
        sys.executable, "-m", "watchglass", "up", "--data", str(tmp_path / "data"), "--listen", f"127.0.0.1:{port}",
        "--pack", "hybrid_ai_stack", "--pack.targets", f"ollama={ollama}", "--no-host.enabled",
    ]  # fmt: skip

    def value(expression: str) -> float | None:
        query = urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/query?{query}", timeout=10) as answer:
            result = json.load(answer)["data"]["result"]
        return float(result[0]["value"][1]) if result else None

    with running(command, cwd=tmp_path):
        wait_until(lambda: is_ready(port), "a start")
        wait_until(lambda: value('ollama_models_loaded{job="ollama"}') == 2, "a probe")
        assert value('up{job="ollama"}') == value("probe_success") == 1
        assert value("probe_http_status_code") == 200
        assert value('up{job="ollama"} == 0') is None
