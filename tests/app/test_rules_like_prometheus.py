"""The same rules over the same target, evaluated by us and by Debian's Prometheus: states, series, texts and errors are equal."""

from __future__ import annotations

import http.server
import json
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from datetime import datetime

import pytest
from peer_servers import needs, wait_until

pytestmark = pytest.mark.real

CONFIG = """
global: {{scrape_interval: 500ms, scrape_timeout: 400ms, evaluation_interval: 1s, external_labels: {{site: here}}}}
rule_files: [rules.yml]
scrape_configs:
- job_name: one
  static_configs: [{{targets: ['127.0.0.1:{port}'], labels: {{instance: target}}}}]
"""

RULES = r"""
groups:
- name: recorded
  rules:
  - record: job:x:sum
    expr: sum by (job) (x)
  - record: job:x:double
    expr: job:x:sum * 2
    labels: {own: "1", i: ""}
  - record: job:x:none
    expr: x > 1000
- name: alerts
  limit: 0
  rules:
  - alert: AtOnce
    expr: x > 5
    labels: {severity: '{{ if gt $value 8.0 }}critical{{ else }}warning{{ end }}', i: ""}
    annotations:
      summary: '{{ $labels.i }} of {{ $labels.job }} is {{ $value }} {{ humanize $value }}'
      more: '{{ with query "job:x:sum" }}{{ . | first | value | printf "%.1f" }}{{ end }} {{ $externalLabels.site }}'
      empty: ''
      wrong: '{{ query "none" | first }}'
  - alert: Waits
    expr: x > 5
    for: 3s
  - alert: WaitsLong
    expr: x > 5
    for: 1h
    annotations: {summary: 'a "quoted" <text> & more'}
  - alert: Kept
    expr: x > 5
    keep_firing_for: 1h
  - alert: OnAlerts
    expr: count by (alertname) (ALERTS{alertstate="firing", alertname="Waits"}) > 1
  - alert: Absent
    expr: absent(gone{a="b"})
- name: limited
  limit: 1
  rules:
  - {record: too:many, expr: x}
  - {alert: TooMany, expr: x}
- name: wrong
  interval: 1500ms
  rules:
  - {record: same, expr: x, labels: {i: same}}
  - {alert: Same, expr: x, labels: {i: same}}
  - {record: many, expr: 'label_replace(x, "i", "same", "", "")'}
  - {record: fine, expr: count(x)}
"""

DIFFERENCES = {
    "state": "3.x calls a rule `unknown` that was not evaluated yet, 2.42 `inactive`",
    "labels": "3.x shows the labels of a rule that has none, 2.42 leaves them out",
    "query": "3.x writes large numbers out, 2.42 with an exponent: the rules here have none",
    "lastError": "of a many-to-many match both name the series in no order: no rule here has one",
}
"""Where Prometheus 3 differs from Debian's 2.42, and we do as 3 does; the test waits until every rule was evaluated."""


class Target:
    """Something to scrape, whose samples a test changes."""

    def __enter__(self):
        target = self
        self.text = ""

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(target.text.encode())

            def log_message(self, *_):
                pass

        self._serve(Handler)
        return self

    def _serve(self, handler):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def expose(self, **values):
        self.text = "".join(f'x{{i="{name}"}} {value}\n' for name, value in values.items())


def ask(url, path, **params):
    query = "?" + urllib.parse.urlencode(params) if params else ""
    with urllib.request.urlopen(f"{url}/api/v1/{path}{query}", timeout=10) as answer:
        return json.load(answer)["data"]


def shown(url):
    """All that the two are to agree on: rules and alerts without times, and the series that rules write."""
    groups = ask(url, "rules")["groups"]
    for group in groups:
        del group["evaluationTime"], group["lastEvaluation"]
        for rule in group["rules"]:
            del rule["evaluationTime"], rule["lastEvaluation"]
            rule.setdefault("labels", {})
            rule["alerts"] = sorted(map(timeless, rule.get("alerts", [])), key=str)
    alerts = sorted(map(timeless, ask(url, "alerts")["alerts"]), key=str)
    written = '{__name__=~"ALERTS|job:.+|too:many|same|many|fine"}'
    series = [(row["metric"], row["value"][1]) for row in ask(url, "query", query=written)["result"]]
    kept = ask(url, "query", query="count by (alertname, i) (ALERTS_FOR_STATE)")["result"]
    return {
        "groups": groups,
        "alerts": alerts,
        "series": sorted(series, key=str),
        "kept": sorted(str(row["metric"]) for row in kept),
    }


def timeless(alert):
    return {name: value for name, value in alert.items() if name not in {"activeAt", "keepFiringSince"}}


GRACE_S = 10
SLACK_S = 12  # what evaluations may be late by on a machine that has much to do


class Both:
    """Our process and Debian's Prometheus, with one configuration and a folder each."""

    def __init__(self, launch, folder, port):
        self._launch, self._folder, self._port = launch, folder, port
        self._program = needs("prometheus", "prometheus")
        self.theirs = f"http://127.0.0.1:{port}"

    def start(self):
        common = [f"--rules.alert.for-grace-period={GRACE_S}s", "--rules.alert.resend-delay=2s"]
        command = [
            self._program, f"--config.file={self._folder}/prometheus.yml", f"--storage.tsdb.path={self._folder}/theirs",
            f"--web.listen-address=127.0.0.1:{self._port}", *common,
        ]  # fmt: skip
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._own = self._launch("--config", str(self._folder / "prometheus.yml"), *common).wait_ready()
        self.ours = self._own.url
        wait_until(lambda: is_ready(self.theirs), "a start of Prometheus")
        return self

    def kill(self):
        for process in (self._process, self._own.process):
            process.kill()
            process.wait(20)


@pytest.fixture
def target(tmp_path):
    with Target() as target:
        target.expose(a=1, b=2)
        (tmp_path / "prometheus.yml").write_text(CONFIG.format(port=target.port))
        (tmp_path / "watchglass.yml").write_text("{host: {enabled: false}, scrape: {self: false}}")
        yield target


@pytest.fixture
def both(launch, tmp_path, unused_port):
    made = Both(launch, tmp_path, unused_port)
    yield made
    made.kill()


def is_ready(url):
    try:
        return urllib.request.urlopen(f"{url}/-/ready", timeout=5).status == 200
    except OSError:
        return False


def test_rules_are_evaluated_alike(both, target, tmp_path):
    (tmp_path / "rules.yml").write_text(RULES)
    both.start()
    ours, theirs = both.ours, both.theirs
    wait_until(lambda: all(evaluated(url) for url in (ours, theirs)), "an evaluation of every rule")
    agree(ours, theirs, {})
    target.expose(a=7, b=9, c=1)
    high = {"AtOnce": "firing", "Waits": "firing", "WaitsLong": "pending", "Kept": "firing"}
    agree(ours, theirs, high | {"OnAlerts": "firing"})
    alone = {"TooMany": "firing", "Same": "firing"}  # what one series cannot exceed and cannot clash with
    target.expose(b=6)
    agree(ours, theirs, high | alone)
    target.expose(a=1)
    agree(ours, theirs, {"Kept": "firing"} | alone)


def evaluated(url):
    return all(
        rule["health"] != "unknown" and not rule["lastEvaluation"].startswith("0001")
        for group in ask(url, "rules")["groups"]
        for rule in group["rules"]
    )


def states(shown):
    found = {rule["name"]: rule.get("state") for group in shown["groups"] for rule in group["rules"]}
    return {name: state for name, state in found.items() if state in {"pending", "firing"} and name != "Absent"}


def agree(ours, theirs, wanted):
    """Both show the same, and the alerts that are not inactive have the wanted states."""
    deadline = time.monotonic() + 30
    while True:
        own, other = shown(ours), shown(theirs)
        if own == other and states(own) == wanted:
            return
        if time.monotonic() > deadline:
            assert own == other
            assert states(own) == wanted
        time.sleep(0.2)


WAITING = """
groups:
- name: g
  rules:
  - {alert: GoesOn, expr: x, for: 10m}
  - {alert: HasGrace, expr: x, for: 15s}
  - {alert: BeginsAnew, expr: x, for: 9s}
"""


def test_alerts_go_on_waiting_alike_after_both_are_killed(both, target, tmp_path):
    (tmp_path / "rules.yml").write_text(WAITING)
    target.expose(a=1)
    both.start()
    wait_until(lambda: all(since(url) for url in (both.ours, both.theirs)), "alerts")
    before = {url: since(url) for url in (both.ours, both.theirs)}
    time.sleep(9)
    killed = time.time()
    both.kill()
    time.sleep(4)
    both.start()
    for old, url in zip(before.values(), (both.ours, both.theirs), strict=True):
        now = waited_for(url, killed)
        assert now.keys() == {"GoesOn", "HasGrace", "BeginsAnew"}
        began = now["BeginsAnew"]  # at the first evaluation; the state of the others is found after the second
        assert began > killed + 3
        without_server = now["GoesOn"] - old["GoesOn"]
        assert -2 <= without_server - (began - killed) <= SLACK_S
        assert -2 <= now["HasGrace"] - (began + GRACE_S - 15) <= SLACK_S


def since(url):
    """When each alert began, in seconds."""
    alerts = ask(url, "alerts")["alerts"]
    return {
        each["labels"]["alertname"]: datetime.fromisoformat(each["activeAt"][:19] + "+00:00").timestamp()
        for each in alerts
    }


def waited_for(url, killed):
    """When each alert began, once its state from before was found again: from then on it is written down."""
    wait_until(lambda: newest(url) > killed + 2, "a sample of ALERTS_FOR_STATE")
    return since(url)


def newest(url):
    rows = ask(url, "query", query="max(timestamp(ALERTS_FOR_STATE))")["result"]
    return float(rows[0]["value"][1]) if rows else 0.0


ALERTING = """
alerting:
  alert_relabel_configs:
  - {{source_labels: [i], target_label: relabelled, replacement: 'i-$1'}}
  - {{action: labeldrop, regex: unwanted}}
  - {{action: drop, source_labels: [alertname], regex: Dropped}}
  alertmanagers:
  - path_prefix: /am
    static_configs: [{{targets: ['127.0.0.1:{port}']}}]
"""
TOLD = """
groups:
- name: g
  rules:
  - {alert: Told, expr: 'x{i="a"} > 5', labels: {unwanted: yes, site: own}, annotations: {summary: '{{ $value }} "quoted"', none: ''}}
  - {alert: Dropped, expr: x}
"""


class Receiver(Target):
    """Takes what is posted, by the port of whoever posts it."""

    def __init__(self):
        self.posts = {}

    def __enter__(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                for alert in body:
                    port = urllib.parse.urlsplit(alert["generatorURL"]).port
                    receiver.posts.setdefault(port, []).append((self.path, self.headers["Content-Type"], alert))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self._serve(Handler)
        return self


def test_alertmanagers_are_told_alike(both, target, tmp_path):
    (tmp_path / "rules.yml").write_text(TOLD)
    with Receiver() as receiver:
        with (tmp_path / "prometheus.yml").open("a") as config:
            config.write(ALERTING.format(port=receiver.port))
        both.start()
        ports = [urllib.parse.urlsplit(url).port for url in (both.ours, both.theirs)]
        target.expose(a=7)
        wait_until(lambda: all(len(receiver.posts.get(port, ())) >= 2 for port in ports), "posts")
        target.expose(a=1)
        wait_until(lambda: all(has_ended(receiver.posts[port]) for port in ports), "posts of an end")
    ours, theirs = (told(receiver.posts[port]) for port in ports)
    assert ours == theirs
    [firing, ended] = ours
    assert firing["labels"] == {
        "alertname": "Told",
        "i": "a",
        "instance": "target",
        "job": "one",
        "relabelled": "i-a",
        "site": "own",
    }
    assert (firing["span_s"], ended["same_start"]) == (8, True)


def seconds(text):
    return datetime.fromisoformat(text[:19] + "+00:00").timestamp()


def has_ended(posts):
    return len({alert["endsAt"] for _, _, alert in posts}) > 1 and seconds(posts[-1][2]["endsAt"]) <= time.time()


def told(posts):
    """The first word of an alert and the last one, as far as times allow to compare them."""
    first, last = posts[0], posts[-1]
    start, end = seconds(first[2]["startsAt"]), seconds(first[2]["endsAt"])
    shown = []
    for path, kind, alert in (first, last):
        link = urllib.parse.urlsplit(alert.pop("generatorURL"))
        shown.append(alert | {"path": path, "kind": kind, "link": f"{link.path}?{link.query}"})
    shown[0]["span_s"] = round(end - start)
    shown[1]["same_start"] = shown[0]["startsAt"] == shown[1]["startsAt"]
    for alert in shown:
        del alert["startsAt"], alert["endsAt"]
    return shown
