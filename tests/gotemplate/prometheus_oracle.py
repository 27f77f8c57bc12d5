"""What Debian's promtool makes of templates of alerting rules: those of one rule's annotations, all in one run."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import yaml

from watchglass.wire.quoting import unquote

VALUE = 1234567.0
LABELS = {"instance": "web.example:9100", "job": "api", "code": "500", "odd": "<b> & 'x' \"y\""}
EXTERNAL_URL = "http://prom.example:9090/path"
EXTERNAL_LABELS = {"region": "eu"}
SERIES = [
    ({"__name__": "requests", "code": "404", "instance": "b:1"}, 2.0),
    ({"__name__": "requests", "code": "200", "instance": "a:1"}, 150.5),
    ({"__name__": "requests", "code": "500", "instance": "a:1"}, 1000000.0),
]
"""What templates can query, in the order of their values."""

_WRITTEN = re.compile(r'(t\d+)=("(?:[^"\\]|\\.)*")')
_REFUSED = re.compile(
    r'rules\.yml: group "g", rule 1, "A": annotation "(t\d+)": (.*?)(?=\nrules\.yml: |\n\n?\Z)', re.DOTALL
)


def expanded(texts: list[str], folder: Path) -> list[str | None]:
    """What becomes of each template; None of one that is not among the answers."""
    answer = _run(texts, folder)
    annotations = answer.partition("Annotations:{")[2]
    found = {name: unquote(value) for name, value in _WRITTEN.findall(annotations)}
    return [found.get(f"t{place}") for place in range(len(texts))]


def refused(texts: list[str], folder: Path) -> list[str | None]:
    """Why each template does not parse; None of one that does."""
    found = dict(_REFUSED.findall(_run(texts, folder)))
    return [found.get(f"t{place}") for place in range(len(texts))]


def _run(texts: list[str], folder: Path) -> str:
    annotations = {f"t{place}": text for place, text in enumerate(texts)}
    rule = {"alert": "A", "expr": _sample(), "annotations": annotations}
    test = {
        "interval": "1m",
        "external_labels": EXTERNAL_LABELS,
        "external_url": EXTERNAL_URL,
        "input_series": [{"series": _selector(labels), "values": f"{value:f}x5"} for labels, value in SERIES],
        "alert_rule_test": [{"eval_time": "1m", "alertname": "A", "exp_alerts": []}],
    }
    files = {"rules.yml": {"groups": [{"name": "g", "rules": [rule]}]}}
    files["test.yml"] = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": [test]}
    for name, content in files.items():
        (folder / name).write_text(yaml.safe_dump(content))
    command = ["promtool", "test", "rules", "test.yml"]
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return answer.stdout + answer.stderr


def _selector(labels: dict[str, str]) -> str:
    pairs = ",".join(f'{name}="{value}"' for name, value in labels.items() if name != "__name__")
    return f"{labels['__name__']}{{{pairs}}}"


def _sample() -> str:
    """An expression whose one sample has VALUE and LABELS."""
    expression = f"vector({VALUE:f})"
    for name, value in LABELS.items():
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        expression = f'label_replace({expression}, "{name}", "{quoted}", "", "")'
    return expression
