"""Debian's Prometheus and Watchglass as processes that scrape the same target: the same answers, and the same to real clients."""

import contextlib
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from prometheus_api_client import PrometheusConnect

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not (shutil.which("prometheus") and shutil.which("promtool")), reason="apt-get install prometheus"
    ),
]

EXPOSED = b"""# HELP queue_depth How many wait.
# TYPE queue_depth gauge
queue_depth{queue="in"} 3
queue_depth{queue="out"} 4.5e+20
# HELP sent_bytes_total What went out.
# TYPE sent_bytes_total counter
sent_bytes_total{to="b\\"c\\\\d"} 1234567
# HELP wait_seconds How long it took.
# TYPE wait_seconds histogram
wait_seconds_bucket{le="0.5"} 1
wait_seconds_bucket{le="+Inf"} 2
wait_seconds_sum 1.25
wait_seconds_count 2
untold NaN
"""

CONFIG = """
global: {{scrape_interval: 1s, external_labels: {{cluster: east}}}}
scrape_configs:
  - job_name: fixed
    static_configs: [{{targets: ["{target}"], labels: {{team: a}}}}]
  - job_name: dropping
    static_configs: [{{targets: ["127.0.0.1:1"]}}]
    relabel_configs: [{{action: drop, source_labels: [__address__], regex: ".*"}}]
"""


class Target(BaseHTTPRequestHandler):
    """A target whose samples never change."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(EXPOSED)

    def log_message(self, *_):
        pass


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def wait_for_samples(url, log):
    """Until the target has been scraped twice."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError, ValueError, KeyError, IndexError):
            answer = httpx.get(f"{url}/api/v1/query", params={"query": 'count_over_time(up{job="fixed"}[1m])'}).json()
            if float(answer["data"]["result"][0]["value"][1]) >= 2:
                return
        time.sleep(0.1)
    raise AssertionError(f"{url} does not scrape: {log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """The addresses of Prometheus and of Watchglass."""
    folder = tmp_path_factory.mktemp("servers")
    target = ThreadingHTTPServer(("127.0.0.1", 0), Target)
    threading.Thread(target=target.serve_forever, daemon=True).start()
    config = folder / "prometheus.yml"
    config.write_text(CONFIG.format(target=f"127.0.0.1:{target.server_port}"))
    theirs, ours = free_address(), free_address()
    commands = [
        ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder}/p", f"--web.listen-address={theirs}"],
        [
            *(sys.executable, "-m", "watchglass", "up", "--config", config, "--data", folder / "w", "--listen", ours),
            *("--no-scrape.self", "--no-host.enabled", "--no-gpu.enabled"),
        ],
    ]
    with (folder / "log").open("wb") as log:
        running = [subprocess.Popen(each, cwd=folder, stdout=log, stderr=log) for each in commands]
    try:
        urls = f"http://{theirs}", f"http://{ours}"
        for url in urls:
            wait_for_samples(url, folder / "log")
        yield urls
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)
        target.shutdown()
        target.server_close()


def both(servers, path):
    return [httpx.get(f"{url}/{path}", timeout=30) for url in servers]


SAME = [
    "api/v1/format_query?query=sum(rate(foo[5m]))by(job)",
    "api/v1/format_query?query=sum(",
    "api/v1/format_query",
    "api/v1/format_query?query=-foo%2Bbar*(1%2B2)",
    "api/v1/query_exemplars?query=queue_depth",
    "api/v1/query_exemplars?query=1",
    "api/v1/query_exemplars?query=sum(",
    "api/v1/query_exemplars?query=queue_depth&start=x",
    "api/v1/query_exemplars?query=queue_depth&end=x",
    "api/v1/query_exemplars?query=queue_depth&start=2&end=1",
    "api/v1/targets/metadata",
    "api/v1/targets/metadata?metric=queue_depth",
    "api/v1/targets/metadata?metric=nope",
    'api/v1/targets/metadata?metric=wait_seconds&match_target={job="fixed"}',
    'api/v1/targets/metadata?match_target={job="nope"}',
    "api/v1/targets/metadata?match_target={}",
    "api/v1/targets/metadata?match_target=sum(",
    "api/v1/targets/metadata?limit=x",
    "api/v1/targets/metadata?limit=0",
    "api/v1/targets/metadata?limit=-1",
    "api/v1/scrape_pools",
    "api/v1/rules",
    "api/v1/rules?type=alert",
    "api/v1/rules?type=nope",
    "api/v1/alerts",
    "api/v1/alertmanagers",
    "api/v1/metadata",
    "api/v1/metadata?limit=0",
    "api/v1/metadata?limit=-1",
    "api/v1/metadata?limit_per_metric=1",
    "api/v1/metadata?metric=sent_bytes_total",
    "api/v1/targets?state=dropped",
    "api/v1/query?query=queue_depth&timeout=0",
    "api/v1/query?query=queue_depth&timeout=-1",
    "api/v1/query_range?query=queue_depth&start=0&end=1&step=1&timeout=0",
    'api/v1/series?match[]={team="a"}',
    'api/v1/series?match[]={team="a"}&match[]=queue_depth',
    "api/v1/labels",
    "api/v1/labels?match[]=queue_depth",
    "api/v1/label/job/values",
    'api/v1/label/__name__/values?match[]={queue=~".%2B"}',
]


@pytest.mark.parametrize("path", SAME)
def test_the_same_envelope(servers, path):
    theirs, ours = both(servers, path)
    assert ours.status_code == theirs.status_code, ours.text
    assert ours.status_code == 204 or settled(ours.json()) == settled(theirs.json())


def settled(answer):
    """An answer without what 3.x added, the order of lists that have none, and the position of nothing at all."""
    data = answer.get("data")
    if isinstance(data, dict):
        data.pop("droppedTargetCounts", None)
        for dropped in data.get("droppedTargets", []):
            dropped.pop("scrapePool", None)
            dropped.pop("reason", None)
    if isinstance(data, list):
        data.sort(key=json.dumps)
    if "error" in answer:
        answer["error"] = re.sub("unknown position|1:1", "POSITION", answer["error"])
        answer["error"] = answer["error"].replace("query queue", "query execution")  # theirs is now one, now the other
    return answer


LONG = [
    'sum by (job, instance) (rate(http_requests_total{job="api-server",instance=~"a-very-long-name-of-an-instance.*"}[5m]))',
    'sum(rate(one_metric_of_some_length_total{job="a"}[5m])) / sum(rate(another_metric_of_length_total{job="b"}[5m])) * 100',
    "a_long_metric_name_number_one + on (job) group_left (x) a_long_metric_name_number_two > bool a_long_metric_name_three",
    'histogram_quantile(0.99, sum by (le) (rate(wait_seconds_bucket{job="fixed",team="a"}[5m])) or on () vector(0) and up)',
    'label_replace(a_metric_with_a_name, "destination", "$1-$2-$3", "source_label_name", "(.*)-(.*)-(.*)-some-more-text")',
    '-(one_very_long_metric_name_of_a_kind{with="labels"} + another_very_long_metric_name{with="other",labels="too"} - 1)',
    "topk(5, max_over_time(sum without (instance) (rate(some_metric_with_a_long_name_total[5m]))[1h30m:1m] offset 5m)) > 0",
    "foo offset 5m @ 10 * bar",
    "one_long_metric_name_a - one_long_metric_name_b - one_long_metric_name_c - one_long_metric_name_d - one_name_e - f",
]


@pytest.mark.parametrize("query", LONG)
def test_the_same_layout(servers, query):
    theirs, ours = [httpx.get(f"{url}/api/v1/format_query", params={"query": query}).json() for url in servers]
    assert ours == theirs


@pytest.mark.parametrize(
    "selectors", [["{job='fixed'}"], ["queue_depth", "{queue='in'}"], ["nope"], [], ["sum("], ["{"]]
)
def test_the_same_federation(servers, selectors):
    answers = [httpx.get(f"{url}/federate", params={"match[]": selectors}) for url in servers]
    theirs, ours = ([federated(line) for line in answer.text.splitlines()] for answer in answers)
    assert answers[1].status_code == answers[0].status_code
    assert sorted(ours) == sorted(theirs)
    if answers[0].status_code == 200:
        assert answers[1].headers["content-type"].startswith("text/plain; version=0.0.4; charset=utf-8")
        shown = [line.split("{")[0] for line in answers[1].text.splitlines()]
        assert shown == sorted(shown, key=lambda name: (name.split()[-2] if name[0] == "#" else name, name[0] != "#"))


def federated(line):
    """A line without its time; and without a value that differs from scrape to scrape."""
    if line.startswith(("scrape_duration_seconds", "scrape_series_added")):
        return line.rpartition("}")[0]
    return re.sub(r" \d{13}$", "", line)


def test_federated_times_are_those_of_the_newest_samples(servers):
    times = []
    for url in servers:
        (line,) = [line for line in httpx.get(f"{url}/federate?match[]=untold").text.splitlines() if line[0] != "#"]
        times.append(int(line.split()[-1]))
    assert abs(times[0] - times[1]) < 10_000
    assert all(abs(each - time.time() * 1000) < 10_000 for each in times)


@pytest.mark.parametrize("limit", ["", "?limit=3", "?limit=0", "?limit=x", "?limit=10001"])
def test_the_same_cardinality(servers, limit):
    theirs, ours = both(servers, f"api/v1/status/tsdb{limit}")
    if limit:  # 2.42 does not know it
        assert ours.status_code == (200 if limit == "?limit=3" else 400)
    if ours.status_code != 200:
        assert ours.json()["error"] in {"limit must be a positive number", "limit must not exceed 10000"}
        return
    theirs, ours = theirs.json()["data"], ours.json()["data"]
    assert ours.keys() == theirs.keys()
    assert ours["headStats"].keys() == theirs["headStats"].keys()
    for name in ("numSeries", "numLabelPairs"):
        assert ours["headStats"][name] == theirs["headStats"][name]
    assert abs(ours["headStats"]["maxTime"] - theirs["headStats"]["maxTime"]) < 10_000
    length = 3 if limit else 10
    for name in ("seriesCountByMetricName", "labelValueCountByLabelName", "seriesCountByLabelValuePair"):
        assert [each["value"] for each in ours[name]] == [each["value"] for each in theirs[name]][:length]
    if not limit:
        names = ("labelValueCountByLabelName", "memoryInBytesByLabelName")
        assert [{e["name"] for e in ours[n]} for n in names] == [{e["name"] for e in theirs[n]} for n in names]


def test_the_same_targets(servers):
    theirs, ours = (
        answer.json()["data"]["activeTargets"][0] for answer in both(servers, "api/v1/targets?state=active")
    )
    assert ours.keys() == theirs.keys()
    for name in ("discoveredLabels", "labels", "scrapePool", "scrapeUrl", "health", "lastError", "scrapeInterval"):
        assert ours[name] == theirs[name]


def test_the_replay_of_the_log(servers):
    theirs, ours = (answer.json()["data"] for answer in both(servers, "api/v1/status/walreplay"))
    assert ours.keys() == theirs.keys()
    assert ours["current"] == ours["max"]


@pytest.mark.parametrize("path", ["query?query=up", "query_range?query=up&start=1&end=2&step=1"])
def test_statistics_have_the_same_names(servers, path):
    theirs, ours = (answer.json()["data"]["stats"] for answer in both(servers, f"api/v1/{path}&stats=true"))
    assert set(ours["timings"]) <= set(theirs["timings"])
    assert 0 < ours["timings"]["evalTotalTime"] <= ours["timings"]["execTotalTime"] < 60


# --- real clients ---------------------------------------------------------------------------------------------------


def without_times(lines):
    return sorted(re.sub(r"@\[[\d.]+\]", "@", line) for line in lines)


@pytest.mark.parametrize(
    "arguments",
    [
        ["instant", "URL", "queue_depth"],
        ["instant", "URL", "sum(queue_depth) * 2"],
        ["instant", "URL", "1 + 1"],
        ["instant", "URL", "sum("],
        ["-o", "json", "instant", "URL", "1"],
        ["range", "--step=1s", "--start=1", "--end=5", "URL", "vector(time())"],
        ["range", "--step=0s", "--start=1", "--end=5", "URL", "up"],
        ["series", "--match=queue_depth", '--match={le=~".+"}', "URL"],
        ["series", "--match={", "URL"],
        ["labels", "URL", "job"],
        ["labels", "URL", "nope"],
    ],
)
def test_promtool(servers, arguments):
    outcomes = []
    for url in servers:
        command = ["promtool", "query", *(url if each == "URL" else each for each in arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        text = re.sub(r"\[?\d{10}(\.\d+)?,", "[", done.stdout) + done.stderr.replace(url, "URL")
        outcomes.append((done.returncode, without_times(text.splitlines())))
    assert outcomes[1] == outcomes[0]


def test_prometheus_api_client(servers):
    theirs, ours = (PrometheusConnect(url) for url in servers)
    end = datetime.now(UTC) + timedelta(minutes=5)
    start = end - timedelta(minutes=10)
    assert ours.check_prometheus_connection()
    for ask in (
        lambda client: client.all_metrics(),
        lambda client: client.get_label_names(),
        lambda client: client.get_label_values("queue"),
        lambda client: sorted(client.get_series(start, end, {"match[]": "queue_depth"}), key=str),
        lambda client: [row["metric"] for row in client.get_current_metric_value("queue_depth", {"queue": "in"})],
        lambda client: [row["value"][1] for row in client.custom_query("sum(queue_depth)")],
        lambda client: client.custom_query_range("vector(1)", start_time=start, end_time=end, step="15s"),
        lambda client: client.get_metric_metadata("queue_depth"),
        lambda client: client.get_target_metadata({"job": "fixed"}, metric="queue_depth"),
        lambda client: client.get_scrape_pools(),
        lambda client: len(client.get_targets("active")["activeTargets"]),
        lambda client: client.get_metric_aggregation("vector(3)", ["max", "sum"], start, end, "15"),
    ):
        assert ask(ours) == ask(theirs)
    (samples,) = ours.get_metric_range_data("queue_depth", {"queue": "in"}, start, end)
    assert {value for _, value in samples["values"]} == {"3"}
