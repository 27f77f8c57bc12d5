"""The guide's import paths, after one call; and an application that has a package `lib` of its own."""

from __future__ import annotations

import subprocess
import sys

IMPORTS = """
import lib.metrics.metrics_service as service
from lib.metrics.metrics_collector import MetricsConfig, MetricsCollector
from lib.metrics.custom_metrics import CustomMetricsRegistry
from lib.metrics.metrics_storage import MetricsStorage, FileMetricsStorage, SQLiteMetricsStorage
from lib.metrics.metrics_exporter import MetricsExporter
from lib.metrics.dashboard_data import DashboardDataProvider
from lib.metrics import metrics_service
import watchglass.sdk.dinoair.metrics_service as ours
assert service is ours is metrics_service
"""


def run(program: str, folder, code: int = 0) -> str:
    ran = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == code, ran.stderr
    return ran.stdout + ran.stderr


def test_nothing_is_there_without_the_call(tmp_path):
    assert "No module named 'lib'" in run("import watchglass.sdk.dinoair, lib.metrics", tmp_path, 1)


def test_one_call_makes_the_paths_work_and_a_second_is_harmless(tmp_path):
    call = "from watchglass.sdk.dinoair import install_lib_metrics; install_lib_metrics(); install_lib_metrics()"
    run(call + IMPORTS, tmp_path)


def test_a_package_of_the_applications_own_stays_what_it_is(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/__init__.py").write_text("answer = 42")
    (tmp_path / "lib/other.py").write_text("answer = 43")
    call = "from watchglass.sdk.dinoair import install_lib_metrics; install_lib_metrics()"
    run(call + IMPORTS + "import lib, lib.other; assert (lib.answer, lib.other.answer) == (42, 43)", tmp_path)


def test_metrics_of_the_applications_own_are_not_replaced(tmp_path):
    (tmp_path / "lib/metrics").mkdir(parents=True)
    (tmp_path / "lib/__init__.py").write_text("")
    (tmp_path / "lib/metrics/__init__.py").write_text("")
    call = "from watchglass.sdk.dinoair import install_lib_metrics; install_lib_metrics()"
    assert "lib.metrics exists already; import watchglass.sdk.dinoair instead" in run(call, tmp_path, 1)
