"""Random rules: what we make of them is what Debian's promtool makes of them, alert by alert and sample by sample."""

from __future__ import annotations

import subprocess

import pytest
import random_rules
import yaml
from peer_servers import needs

from watchglass.cli import main

FILES, TESTS = 20, 3


@pytest.mark.real
def test_promtool_finds_what_we_find(tmp_path):
    promtool = needs("promtool", "prometheus")
    sound, fired = 0, 0
    for seed in range(FILES):
        folder = tmp_path / str(seed)
        folder.mkdir()
        path, is_sound = random_rules.write(seed, folder, TESTS)
        said = subprocess.run([promtool, "test", "rules", str(path)], capture_output=True, text=True, check=False)
        assert (said.returncode == 0) == is_sound, f"{path}\n{said.stdout}{said.stderr}"
        sound += is_sound
        fired += sum(
            len(each.get("exp_alerts", ()))
            for test in yaml.safe_load(path.read_text())["tests"]
            for each in test["alert_rule_test"]
        )
    assert sound > FILES / 2  # most of them are no errors only
    assert fired > 10 * FILES


def test_our_own_command_agrees_with_itself(tmp_path, capsys):
    path, is_sound = random_rules.write(1, tmp_path, TESTS)
    assert main(["test", "rules", str(path)]) == (not is_sound), capsys.readouterr().out
