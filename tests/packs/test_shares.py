"""Shares of local and cloud requests, and where they went, by Debian's promtool: also where one side had none."""

from __future__ import annotations

import json
import subprocess

import pytest
import yaml
from peer_servers import needs

from watchglass.sdk.declared import pack_folder

BOARD = json.loads((pack_folder("hybrid_ai_stack") / "dashboards/hybrid-guide.json").read_text())
PANELS = {panel["title"]: panel for panel in BOARD["panels"] if panel["type"] != "row"}
SERIES = 'api_gateway_requests_total{{model="{}", backend="{}", status="success", complexity="{}"}}'
LOCAL = SERIES.format("phi2", "local", "low"), "0+3x120"
CLOUD = SERIES.format("claude-sonnet", "cloud", "high"), "0+1x120"


def expression(title, query=0):
    return PANELS[title]["targets"][query]["expr"].replace("$__range", "1h")


def check(tmp_path, series, *wanted):
    """Judge expressions at two hours: each with its samples, as labels and value."""
    promtool = needs("promtool", "prometheus")
    asked = [
        {
            "expr": expr,
            "eval_time": "2h",
            "exp_samples": [{"labels": labels, "value": value} for labels, value in samples],
        }
        for expr, samples in wanted
    ]
    inputs = [{"series": name, "values": values} for name, values in series]
    case = {"interval": "1m", "input_series": inputs, "promql_expr_test": asked}
    (tmp_path / "test.yaml").write_text(yaml.safe_dump({"rule_files": [], "tests": [case]}))
    done = subprocess.run(
        [promtool, "test", "rules", "test.yaml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.real
@pytest.mark.parametrize(("series", "local", "cloud"), [([LOCAL, CLOUD], 0.75, 0.25), ([LOCAL], 1, 0), ([CLOUD], 0, 1)])
def test_shares_of_local_and_cloud(tmp_path, series, local, cloud):
    check(
        tmp_path,
        series,
        (expression("Local share"), [("{}", local)]),
        (expression("Cloud share"), [("{}", cloud)]),
    )


@pytest.mark.real
def test_the_split_by_model_backend_and_complexity(tmp_path):
    labels = (
        '{backend="local", complexity="low", model="phi2"}',
        '{backend="cloud", complexity="high", model="claude-sonnet"}',
    )
    check(
        tmp_path,
        [LOCAL, CLOUD],
        (expression("Routing split"), list(zip(labels, (180, 60), strict=True))),
        (expression("Routing split", 1), list(zip(labels, (0.75, 0.25), strict=True))),
    )


@pytest.mark.real
def test_without_requests_there_is_no_share(tmp_path):
    check(tmp_path, [("up", "1x120")], (expression("Local share"), []), (expression("Cloud share"), []))
