"""Side by side with a real promtool: the same files are taken and refused, but for differences with a reason."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from watchglass.config.prometheus import load_prometheus_config
from watchglass.errors import ConfigError

HERE = Path(__file__).parent
FILES = sorted([*(HERE / "good").glob("*.yml"), *(HERE / "bad").glob("*.yml")])


def accepted_by_promtool():
    names = [str(path) for path in FILES]
    done = subprocess.run(
        ["promtool", "check", "config", "--syntax-only", *names],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60,
    )  # fmt: skip
    verdicts = re.split(r"^Checking ", done.stdout, flags=re.MULTILINE)[1:]
    assert len(verdicts) == len(FILES)
    return {Path(text.splitlines()[0].strip()).stem for text in verdicts if " SUCCESS: " in text}


def accepted_here():
    accepted = set()
    for path in FILES:
        try:
            load_prometheus_config(path, environment={})
        except ConfigError:
            continue
        accepted.add(path.stem)
    return accepted


@pytest.mark.real
def test_promtool_agrees():
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed: apt-get install prometheus")
    known = yaml.safe_load((HERE / "promtool_differences.yml").read_text())
    theirs, ours = accepted_by_promtool(), accepted_here()

    assert ours - theirs == set(known["accepted_here"])
    assert theirs - ours == set(known["refused_here"])
