"""Rules of packs: how they are read, and what promtool says of those that ship."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from peer_servers import needs

from watchglass.packs.rules import read_rules
from watchglass.sdk.declared import pack_folder, pack_names

RULED = [name for name in pack_names() if (pack_folder(name) / "rules.yaml").is_file()]
ROUTED = [name for name in pack_names() if (pack_folder(name) / "routes.yaml").is_file()]


def tool(name):
    return needs(name, "prometheus prometheus-alertmanager")


def ask(*command, cwd=None):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.real
@pytest.mark.parametrize("folder", [*map(pack_folder, RULED), *(pack_folder(name) / "added" for name in pack_names())])
def test_promtool_takes_the_rules_and_their_tests(folder):
    rules = ask(tool("promtool"), "check", "rules", "rules.yaml", cwd=folder)
    assert (rules.returncode, "SUCCESS" in rules.stdout) == (0, True), rules.stderr
    tests = ask(tool("promtool"), "test", "rules", "rules_test.yaml", cwd=folder)
    assert (tests.returncode, tests.stdout.strip().endswith("SUCCESS")) == (0, True), tests.stdout + tests.stderr


@pytest.mark.real
@pytest.mark.parametrize("pack", ["sidepanel", "hybrid_ai_stack", "awareness_network"])
def test_the_guides_own_rules_fail_tests_of_ours(pack, tmp_path):
    """Else they would need no correction, or the tests would not tell."""
    folder = pack_folder(pack)
    shutil.copy(folder / "rules_test.yaml", tmp_path)
    shutil.copy(folder / "as_written/rules.yaml", tmp_path)
    assert ask(tool("promtool"), "test", "rules", "rules_test.yaml", cwd=tmp_path).returncode == 1


@pytest.mark.real
@pytest.mark.parametrize("pack", ROUTED)
def test_amtool_takes_the_routes(pack):
    said = ask(tool("amtool"), "check-config", str(pack_folder(pack) / "routes.yaml"))
    assert said.returncode == 0, said.stderr


def test_a_pack_may_have_no_rules(tmp_path):
    assert read_rules(tmp_path / "rules.yaml") == ()
