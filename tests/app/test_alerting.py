"""`watchglass up --alertmanager.config`: alerts from outside and from rules go their way; amtool and Prometheus work with it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from watchglass.alerting.configuration import default_config
from watchglass.alerting.manager import AlertManager
from watchglass.app.alerting import AlertingKeeper
from watchglass.clock import ManualClock

AMTOOL, PROMETHEUS = shutil.which("amtool"), shutil.which("prometheus")
CONFIG = """
route:
  receiver: sink
  group_by: [alertname]
  group_wait: 200ms
  group_interval: 500ms
  routes: [{{matchers: [severity=critical], receiver: pager}}]
receivers:
  - {{name: sink, webhook_configs: [{{url: '{url}/sesame'}}]}}
  - {{name: pager, pagerduty_configs: [{{service_key: YOUR_PAGERDUTY_SERVICE_KEY}}]}}
"""
RULES = """
global: {{evaluation_interval: 200ms}}
rule_files: ['{folder}/rules.yml']
{alerting}
"""


@pytest.fixture
def sink():
    """A receiver: its address, and what it was told."""
    told = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.told = told
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def routed(launch, tmp_path, sink):
    """A running server that routes alerts to the sink."""
    (tmp_path / "alertmanager.yml").write_text(CONFIG.format(url=sink.url))
    return launch("--alertmanager.config=alertmanager.yml", "--no-host.enabled").wait_ready()


def amtool(server, *arguments, status=0):
    if AMTOOL is None:
        pytest.skip("amtool is not installed: apt-get install prometheus-alertmanager")
    command = [AMTOOL, f"--alertmanager.url={server.url}/alertmanager", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == status, done.stderr
    return done.stdout


def watchglass(*arguments):
    done = subprocess.run([sys.executable, "-m", "watchglass", *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_alerts_from_outside_are_told_and_silenced(routed, sink, waiting):
    amtool(routed, "alert", "add", "Big", "job=x", "--annotation=summary=it is")
    waiting(lambda: sink.told)
    assert [alert["labels"] for alert in sink.told[0]["alerts"]] == [{"alertname": "Big", "job": "x"}]
    assert sink.told[0]["externalURL"] == routed.url

    amtool(routed, "silence", "add", "alertname=Small", "--comment=why", "--author=me")
    amtool(routed, "alert", "add", "Small")
    listed = json.loads(amtool(routed, "alert", "query", "-s", "-o", "json"))
    assert [(each["labels"]["alertname"], each["status"]["state"]) for each in listed] == [("Small", "suppressed")]
    (id_,) = amtool(routed, "silence", "query", "-q").split()
    amtool(routed, "silence", "update", "--duration=2h", id_)
    amtool(routed, "silence", "expire", id_)
    waiting(lambda: len(sink.told) == 2)
    assert sink.told[1]["groupLabels"] == {"alertname": "Small"}


def test_groups_show_the_labels_of_their_route_rendered(routed, tmp_path):
    path, book = tmp_path / "alertmanager.yml", "labels: {book: '/{{ .GroupLabels.alertname }}'}"
    path.write_text(path.read_text().replace("receiver: pager}]", f"receiver: pager, {book}}}]"))
    assert routed.http.post("/-/reload").status_code == 200
    amtool(routed, "alert", "add", "Big", "severity=critical")
    (group,) = routed.http.get("/api/v2/alerts/groups").json()

    assert (group["receiver"], group["routeLabels"]) == ({"name": "pager"}, {"book": "/Big"})


def test_amtool_reads_the_configuration_and_the_routes_without_secrets(routed):
    shown = amtool(routed, "config", "show")

    assert "receiver: sink" in shown
    assert "sesame" not in shown
    assert '{severity="critical"}  receiver: pager' in amtool(routed, "config", "routes")
    assert amtool(routed, "config", "routes", "test", "severity=critical").strip() == "pager"
    routed.stop()
    assert "sesame" not in routed.log
    assert "service_key is a placeholder" in routed.log


def test_silences_by_the_command_line(routed):
    status, id_, _ = watchglass("silence", "add", "Big", "job=~a|b", "--duration=2h", f"--url={routed.url}")
    id_ = id_.strip()
    assert status == 0
    _, listed, _ = watchglass("silence", "list", "alertname=Big", f"--url={routed.url}")
    assert f'{id_}  active  alertname="Big" job=~"a|b"' in listed
    _, shown, _ = watchglass("silence", "show", id_, f"--url={routed.url}")
    assert "state    active" in shown
    assert watchglass("silence", "expire", id_, f"--url={routed.url}") == (0, f"{id_} has ended\n", "")
    assert watchglass("silence", "list", f"--url={routed.url}") == (0, "no silences\n", "")
    told = f"asking {routed.url}; --url names another server\n"
    assert watchglass("silence", "list", f"--listen=127.0.0.1:{routed.port}") == (0, "no silences\n", told)
    status, _, said = watchglass("silence", "add", "Big", "--duration=soon", f"--url={routed.url}")
    assert (status, said) == (1, 'watchglass: --duration: not a valid duration string: "soon"\n')
    _, _, said = watchglass("silence", "add", "Big", "--duration=2 hours", f"--url={routed.url}")
    assert said.endswith('; did you mean "2h"?\n')


def test_routes_by_the_command_line(tmp_path, sink):
    path = tmp_path / "alertmanager.yml"
    path.write_text(CONFIG.format(url=sink.url))

    assert watchglass("routes", "test", str(path), "severity=critical", "--verify=pager")[0] == 0
    assert watchglass("routes", "test", str(path), "--verify=pager")[0] == 1
    assert (
        "default-route  receiver: sink  group_by: [alertname]  200ms / 500ms / 4h"
        in watchglass("routes", "show", str(path))[1]
    )
    status, out, _ = watchglass("check", "routes", str(path))
    assert (status, "WARNING: receiver pager: pagerduty[0] sends nothing" in out) == (0, True)
    path.write_text("route: {receiver: nobody}")
    status, out, _ = watchglass("check", "routes", str(path))
    assert (status, "FAILED: " in out and 'undefined receiver "nobody"' in out) == (1, True)


def test_a_server_starts_with_a_template_that_can_never_be_sent_and_says_so(launch, tmp_path, waiting):
    sentence = "webhook_configs: [{url: 'http://127.0.0.1:9/', payload: {text: '{{ end }}'}}]"
    path = tmp_path / "alertmanager.yml"
    path.write_text(f"route: {{receiver: sink}}\nreceivers:\n  - name: sink\n    {sentence}\n")
    server = launch("--alertmanager.config=alertmanager.yml", "--no-host.enabled").wait_ready()

    waiting(lambda: "an integration can never send: a template of it does not parse" in server.log)
    assert "alertmanager.yml:4: receivers[0].webhook_configs[0].payload.text: " in server.log


def test_a_reload_takes_another_file_and_refuses_a_wrong_one(routed, tmp_path, waiting):
    path = tmp_path / "alertmanager.yml"
    good = path.read_text()
    path.write_text(good.replace("group_wait: 200ms", "group_wat: 1s"))
    assert routed.http.post("/-/reload").status_code == 400
    assert "group_wait: 200ms" in amtool(routed, "config", "show")
    path.write_text(good.replace("group_wait: 200ms", "group_wait: 250ms"))
    assert routed.http.post("/-/reload").status_code == 200
    assert "group_wait: 250ms" in amtool(routed, "config", "show")


def test_the_state_outlives_the_process(routed, launch, sink, waiting):
    amtool(routed, "alert", "add", "Big")
    amtool(routed, "silence", "add", "alertname=Later", "--comment=why", "--author=me")
    waiting(lambda: sink.told)
    waiting(lambda: re.search(r"watchglass_alerting_notifications_total\{.*\} 1.0", routed.http.get("/metrics").text))
    routed.process.kill()
    routed.process.wait()
    again = launch("--alertmanager.config=alertmanager.yml", "--no-host.enabled").wait_ready()
    amtool(again, "alert", "add", "Later")
    amtool(again, "alert", "add", "Last")

    waiting(lambda: len(sink.told) > 1)
    assert [told["groupLabels"]["alertname"] for told in sink.told] == ["Big", "Last"]
    assert len(json.loads(amtool(again, "alert", "query", "-o", "json"))) == 2


def test_rules_of_this_process_are_routed_by_it(launch, tmp_path, sink, waiting):
    (tmp_path / "alertmanager.yml").write_text(CONFIG.format(url=sink.url))
    (tmp_path / "rules.yml").write_text(
        "groups: [{name: g, rules: [{alert: Always, expr: vector(1), labels: {a: b}}]}]"
    )
    (tmp_path / "prometheus.yml").write_text(RULES.format(folder=tmp_path, alerting=""))
    launch("--alertmanager.config=alertmanager.yml", "--config=prometheus.yml", "--no-host.enabled").wait_ready()

    waiting(lambda: sink.told)
    assert sink.told[0]["commonLabels"] == {"alertname": "Always", "a": "b"}


def test_an_alertmanager_that_is_this_very_process_is_not_asked_over_http(launch, tmp_path, sink, waiting, unused_port):
    (tmp_path / "alertmanager.yml").write_text(CONFIG.format(url=sink.url))
    target = f"alerting: {{alertmanagers: [{{static_configs: [{{targets: ['localhost:{unused_port}']}}]}}]}}"
    (tmp_path / "rules.yml").write_text("groups: [{name: g, rules: [{alert: Always, expr: vector(1)}]}]")
    (tmp_path / "prometheus.yml").write_text(RULES.format(folder=tmp_path, alerting=target))
    listeners = (f"--listen=127.0.0.1:{unused_port}", "--no-host.enabled")
    server = launch("--alertmanager.config=alertmanager.yml", "--config=prometheus.yml", *listeners).wait_ready()

    waiting(lambda: sink.told)
    waiting(lambda: "an Alertmanager is this very process" in server.log)
    assert "alertmanager.yml and to the Alertmanagers of alerting:" in server.log
    alerts = json.loads(server.http.get("/api/v2/alerts").text)
    assert [each["labels"]["alertname"] for each in alerts if each["labels"]["alertname"] == "Always"] == ["Always"]
    assert server.http.get("/api/v1/alertmanagers").json()["data"]["activeAlertmanagers"] == []
    received = re.search(
        r'watchglass_http_requests_total\{code="200",method="POST",route="/api/v2/alerts"',
        server.http.get("/metrics").text,
    )
    assert received is None


def test_debians_prometheus_sends_its_alerts_here(routed, tmp_path, sink, waiting, unused_port):
    if PROMETHEUS is None:
        pytest.skip("prometheus is not installed: apt-get install prometheus")
    target = f"alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{routed.port}']}}]}}]}}"
    (tmp_path / "rules.yml").write_text("groups: [{name: g, rules: [{alert: Theirs, expr: vector(1)}]}]")
    (tmp_path / "prometheus.yml").write_text(RULES.format(folder=tmp_path, alerting=target))
    command = [
        *(PROMETHEUS, f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/tsdb"),
        *(f"--web.listen-address=127.0.0.1:{unused_port}", "--rules.alert.resend-delay=1s"),
    ]
    with (tmp_path / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        waiting(lambda: sink.told)
    finally:
        process.kill()
        process.wait()
    (alert,) = sink.told[0]["alerts"]
    assert alert["labels"] == {"alertname": "Theirs"}
    assert alert["generatorURL"].startswith("http")


def test_a_probe_does_not_wait_for_the_alert_manager():
    begun, ended = threading.Event(), threading.Event()
    keeper = AlertingKeeper(SimpleNamespace(configuration=SimpleNamespace(alertmanager=None)))
    keeper._manager = AlertManager(default_config(), None, ManualClock(0))

    def hold():
        with keeper._manager.look():
            begun.set()
            ended.wait(10)

    busy = threading.Thread(target=hold)
    busy.start()
    begun.wait()
    figures = keeper._health().figures
    assert busy.is_alive()
    ended.set()
    busy.join()
    assert figures == {"alerts": 0, "groups": 0, "disabled": 0}


def test_who_tells_nobody_loads_nothing_that_sends():
    code = (
        "import sys; from watchglass.alerting.configuration import default_config; "
        "from watchglass.app.senders import Senders; Senders(default_config(), 'http://localhost'); "
        "print(*sorted({'watchglass.alerting.templates', 'watchglass.alerting.notify.table'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout.split() == []
