"""Random routing trees and labels: the receivers are those that Debian's amtool names."""

from __future__ import annotations

import random
import shutil
import subprocess
from datetime import UTC, datetime

import pytest
import yaml
from differential_histories import SERVICES, SEVERITIES, TEAMS, configuration

from watchglass.alerting.configuration import load_alertmanager_config

AMTOOL = shutil.which("amtool")
TREES, ALERTS = 40, 5


@pytest.mark.real
@pytest.mark.parametrize("part", range(4))
def test_random_alerts_go_where_amtool_says(tmp_path, part):
    if AMTOOL is None:
        pytest.skip("amtool is not installed: apt-get install prometheus-alertmanager")
    path, receivers = tmp_path / "alertmanager.yml", set()
    for seed in range(part * TREES // 4, (part + 1) * TREES // 4):
        chance = random.Random(seed)
        written = configuration(chance, "http://127.0.0.1:9/x", datetime(2026, 1, 1, tzinfo=UTC), 1)
        path.write_text(yaml.safe_dump(written))
        route = load_alertmanager_config(path).route
        for _ in range(ALERTS):
            labels = {"alertname": f"A{chance.randrange(4)}", "severity": chance.choice(SEVERITIES)}
            for name, values in (("team", TEAMS), ("service", SERVICES)):
                if chance.random() < 0.7:
                    labels[name] = chance.choice(values)
            command = [
                AMTOOL,
                "config",
                "routes",
                "test",
                f"--config.file={path}",
                *(f"{k}={v}" for k, v in labels.items()),
            ]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

            assert ",".join(each.receiver for each in route.match(labels)) == said, (seed, labels)
            receivers.add(said)
    assert len(receivers) > 2
