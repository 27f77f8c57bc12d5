"""What Debian's amtool makes of templates of notifications, with its own defaults beside them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from watchglass.alerting.template_data import KV, Data, TemplateAlert, TemplateAlerts
from watchglass.gotemplate.times import Time

DEFAULTS = "/usr/share/prometheus/alertmanager/*.tmpl"
"""Debian's Alertmanager's own."""

RFC3339 = "2006-01-02T15:04:05Z07:00"

FIRING = {
    "status": "firing",
    "labels": {"alertname": "Hot <disk>", "instance": "a:1", "severity": "critical", "team": "x y"},
    "annotations": {"summary": 'It\'s "hot" & <b>loud</b>', "url": "https://run.book/a?b=c&d=e f"},
    "startsAt": "2024-02-03T04:05:06.789Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "http://prom:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
    "fingerprint": "0123456789abcdef",
}
RESOLVED = FIRING | {
    "status": "resolved",
    "labels": {"alertname": "Hot <disk>", "instance": "b:1", "severity": "warning"},
    "annotations": {
        "description": "</script><script>alert(1)</script>",
        "slack": "<!channel> <@U1>",
        "crlf": "a\r\nBcc: x@y",
    },
    "endsAt": "2024-02-03T05:00:00+01:00",
    "fingerprint": "fedcba9876543210",
}
DOCUMENT = {
    "receiver": "team x\\.y",
    "status": "firing",
    "alerts": [FIRING, RESOLVED],
    "groupLabels": {"alertname": "Hot <disk>"},
    "commonLabels": {"alertname": "Hot <disk>", "cluster": "eu&1", "job": "api"},
    "commonAnnotations": {"runbook": "javascript:alert(1)", "about": "é ü 日本"},
    "externalURL": "http://am.example:9093/path",
}
"""The data of a notification, as amtool reads them."""


def data_of(document: dict) -> Data:
    """The same data for Watchglass."""
    return Data(
        receiver=document["receiver"],
        status=document["status"],
        alerts=TemplateAlerts(_alert(alert) for alert in document["alerts"]),
        notification_reason="",
        group_labels=KV(document["groupLabels"]),
        common_labels=KV(document["commonLabels"]),
        common_annotations=KV(document["commonAnnotations"]),
        route_labels=KV(),
        external_url=document["externalURL"],
        now_ms=1_700_000_000_000,
    )


def _alert(alert: dict) -> TemplateAlert:
    return TemplateAlert(
        status=alert["status"],
        labels=KV(alert["labels"]),
        annotations=KV(alert["annotations"]),
        starts_at=Time.parse(RFC3339, alert["startsAt"]),
        ends_at=Time.parse(RFC3339, alert["endsAt"]),
        generator_url=alert["generatorURL"],
        fingerprint=alert["fingerprint"],
    )


def rendered(text: str, folder: Path, *, html: bool = False, document: dict = DOCUMENT, files: str = DEFAULTS) -> str:
    """What amtool writes; of a template that fails, its message, after `error: `."""
    (folder / "data.json").write_text(json.dumps(document))
    command = ["amtool", "template", "render", f"--template.glob={files}", "--template.data=data.json"]
    command += [f"--template.text={text}", f"--template.type={'html' if html else 'text'}"]
    answer = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if answer.returncode:
        return f"error: {answer.stderr.decode().removeprefix('amtool: error: ').strip()}"
    return answer.stdout.decode()


def all_rendered(texts: list[str], folder: Path, *, html: bool = False, prelude: str = "") -> dict[str, str]:
    """What becomes of each template: in one run of all that define nothing and do not fail, the others one by one."""
    together = [text for text in texts if "define" not in text and "block" not in text]
    mark = "=====8<=====" if not html else "=====8=====<p>"
    whole = rendered(prelude + mark.join(together), folder, html=html)
    parts = whole.split(mark) if not whole.startswith("error: ") else []
    found = dict(zip(together, parts, strict=True)) if parts else {}
    return found | {text: rendered(prelude + text, folder, html=html) for text in texts if text not in found}
