"""A server whose rules fire: what it scrapes, its rules, its routes, and somebody who takes its notifications."""

from __future__ import annotations

import json
import threading
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from e2e_server import ask, wait_until, watchglass

METRICS = """\
# TYPE shop_errors_ratio gauge
shop_errors_ratio{{route="/pay"}} {errors}
shop_errors_ratio{{route="/cart"}} 0.01
# TYPE shop_queue_length gauge
shop_queue_length {queue}
# TYPE shop_free_bytes gauge
shop_free_bytes {{disk="/data"}} 2e9
"""

PROMETHEUS = """
global: {{scrape_interval: 1s, evaluation_interval: 1s, external_labels: {{region: eu}}}}
rule_files: [shop.yml, batch.yml]
scrape_configs:
  - {{job_name: shop, static_configs: [{{targets: ["127.0.0.1:{port}"]}}]}}
"""

SHOP = """
groups:
  - name: shop.errors
    rules:
      - record: shop:errors:max
        expr: max by (job) (shop_errors_ratio)
      - alert: PaymentsFail
        expr: shop_errors_ratio > 0.05
        keep_firing_for: 5m
        labels: {severity: critical, system: shop}
        annotations:
          summary: "{{ $value | humanizePercentage }} of the requests to {{ $labels.route }} fail"
          description: |
            Customers cannot pay. Look at the logs of the payment provider first,
            then at the last release.
          runbook_url: http://127.0.0.1/runbooks/payments
      - alert: QueueGrows
        expr: shop_queue_length > 10 * 10
        keep_firing_for: 5m
        labels: {severity: warning, system: shop}
        annotations: {summary: "{{ $value }} orders wait to be packed"}
      - alert: DiskFills
        expr: shop_free_bytes < 5e9
        for: 1h
        labels: {severity: warning, system: shop}
        annotations: {summary: "{{ $labels.disk }} has {{ $value | humanize1024 }}B left"}
"""

BATCH = """
groups:
  - name: batch
    rules:
      - alert: NightRunLate
        expr: vector(3) >= 3
        labels: {severity: info}
        annotations: {description: "The night run has not begun."}
      - alert: ReturnsPileUp
        expr: sum(shop_returns_waiting) > 20
        labels: {severity: warning}
      - alert: Doubled
        expr: shop_errors_ratio / on (job) shop_errors_ratio > 0
        labels: {severity: warning}
"""

ROUTES = """
route:
  receiver: everybody
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
  routes:
    - matchers: [system="shop"]
      receiver: chat
      group_by: [system, alertname]
      routes:
        - {{matchers: [severity="critical"], receiver: pager, repeat_interval: 30m}}
        - {{matchers: [severity=~"warning|info"], receiver: mail, mute_time_intervals: [weekends]}}
    - {{matchers: [severity="info"], receiver: broken, continue: true}}
    - {{matchers: [alertname="DeepFreeze"], receiver: slow, group_interval: 10m}}
    - {{matchers: [alertname="Nightly"], receiver: mail, active_time_intervals: [weekends]}}
receivers:
  - name: everybody
  - {{name: pager, webhook_configs: [{{url: "http://127.0.0.1:{port}/hook"}}]}}
  - {{name: chat, slack_configs: [{{api_url: "https://hooks.slack.com/services/YOUR/WEBHOOK/URL", channel: "#ops"}}]}}
  - {{name: mail, webhook_configs: [{{url: "http://127.0.0.1:{port}/hook", send_resolved: false}}]}}
  - {{name: slow, webhook_configs: [{{url: "http://127.0.0.1:{port}/busy"}}]}}
  - {{name: broken, webhook_configs: [{{url: "http://127.0.0.1:{port}/refused"}}]}}
inhibit_rules:
  - {{source_matchers: [severity="critical"], target_matchers: [alertname="QueueGrows"], equal: [system]}}
time_intervals: [{{name: weekends, time_intervals: [{{years: ["1990"]}}]}}]
"""


class Shop:
    """What is scraped, and who is told.

    Attributes:
        values: of the metrics.
        told: the bodies of the notifications that came.
    """

    def __init__(self) -> None:
        self.values = {"errors": 0.31, "queue": 480}
        self.told: list[dict] = []
        self.url = ""

    def silences(self) -> list[dict]:
        """Those that are not over."""
        every = ask(f"{self.url}api/v2/silences")
        return [each for each in every if each["status"]["state"] != "expired"]

    def firing(self, name: str) -> list[dict]:
        """Alerts of a name that the routing knows, and that have not ended."""
        return [each for each in ask(f"{self.url}api/v2/alerts") if each["labels"]["alertname"] == name]

    def calm(self) -> None:
        """End every silence."""
        for each in self.silences():
            request = urllib.request.Request(f"{self.url}api/v2/silence/{each['id']}", method="DELETE")
            urllib.request.urlopen(request, timeout=10).close()

    def send(self, *every: dict[str, str], ends: bool = False) -> None:
        """Send alerts of these labels, or that they have ended."""
        times = {"startsAt": "2020-01-01T00:00:00Z"} | ({"endsAt": "2020-01-02T00:00:00Z"} if ends else {})
        body = json.dumps([{"labels": labels, **times} for labels in every])
        request = urllib.request.Request(f"{self.url}api/v2/alerts", body.encode())
        request.add_header("Content-Type", "application/json")
        urllib.request.urlopen(request, timeout=30).close()

    def silence(self, matchers: dict[str, str], comment: str) -> str:
        """Make a silence of today."""
        body = {
            "matchers": [
                {"name": name, "value": value, "isRegex": False, "isEqual": True} for name, value in matchers.items()
            ],
            "startsAt": "2020-01-01T00:00:00Z",
            "endsAt": "2099-01-01T00:00:00Z",
            "createdBy": "Ada",
            "comment": comment,
        }
        request = urllib.request.Request(f"{self.url}api/v2/silences", json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["silenceID"]


def _handler(shop: Shop) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, METRICS.format(**shop.values).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/hook":
                shop.told.append(json.loads(body))
            self._answer({"/hook": 200, "/busy": 503}.get(self.path, 400), b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def shop_server(folder):
    """A server that watches the shop, once its alerts were told."""
    shop = Shop()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(shop)) as sink:
        threading.Thread(target=sink.serve_forever, daemon=True).start()
        port = sink.server_port
        (folder / "shop.yml").write_text(SHOP)
        (folder / "batch.yml").write_text(BATCH)
        (folder / "alertmanager.yml").write_text(ROUTES.format(port=port))
        settings = {
            "alertmanager": {"config": "alertmanager.yml"},
            "host": {"interval": "1s"},
            "rules": {"watch_self": False},
        }
        (folder / "watchglass.yml").write_text(json.dumps(settings))
        with watchglass(folder, PROMETHEUS.format(port=port)) as watched:
            shop.url = watched.url
            wait_until(lambda: shop.told and _has_failed(shop), "notifications, good and bad", 60)
            yield shop
        sink.shutdown()


def _has_failed(shop: Shop) -> bool:
    sent = ask(f"{shop.url}api/v1/watchglass/alerting/notifications")["data"]["notifications"]
    return any(each["status"] == "failed" for each in sent)
