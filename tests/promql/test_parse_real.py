"""The parser beside Debian's Prometheus 2.42: the same complaints at the same places, the same canonical text."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from trees import Trees

from watchglass.promql.format import format_expr
from watchglass.promql.parse import parse

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not shutil.which("prometheus"), reason="apt-get install prometheus"),
]

SETTLED = yaml.safe_load((Path(__file__).parent / "parse_errors.yaml").read_text())["settled"]
ONE_LINE = 100  # Prometheus breaks longer expressions into several lines
START_SECONDS = 30


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    """Asks a running Prometheus: a function of an endpoint and a query."""
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "prometheus.yml").write_text("global: {}\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = [f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    with subprocess.Popen(
        ["prometheus", *arguments, f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    ) as process:
        try:
            wait_until_ready(port)
            yield lambda endpoint, query: ask(f"http://127.0.0.1:{port}/api/v1/{endpoint}", query)
        finally:
            process.terminate()


def wait_until_ready(port):
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, "Prometheus does not start"
            time.sleep(0.05)
        else:
            return


def ask(url, query):
    body = urllib.parse.urlencode({"query": query}).encode()
    try:
        with urllib.request.urlopen(url, body, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error)


@pytest.mark.parametrize("heading", SETTLED)
def test_it_complains_alike(api, heading):
    for query, place, message in SETTLED[heading]:
        assert api("query", query)["error"] == f'invalid parameter "query": {place}: parse error: {message}', query


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=Trees(portable=True).expressions)
def test_it_writes_alike(api, tree):
    text = format_expr(tree)

    answer = api("format_query", text)

    assert answer["status"] == "success", answer
    if len(text) <= ONE_LINE:
        assert answer["data"] == format_expr(parse(text))
