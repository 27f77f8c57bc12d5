"""The distribution, as its users install it: the light SDK and the whole server, each in an empty environment."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NOT_OURS = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence.pth")
MEGABYTE = 1_000_000

pytestmark = pytest.mark.slow


def run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, timeout=600)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", folder, ROOT)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("watchglass-*.whl"))


def environment(folder: Path, requirement: str) -> Path:
    venv.create(folder, with_pip=True)
    installed = run(folder / "bin/python", "-m", "pip", "install", "--quiet", requirement)
    assert installed.returncode == 0, installed.stderr
    return folder / "bin"


@pytest.fixture(scope="module")
def bare(wheel, tmp_path_factory):
    return environment(tmp_path_factory.mktemp("bare"), str(wheel))


@pytest.fixture(scope="module")
def server(wheel, tmp_path_factory):
    return environment(tmp_path_factory.mktemp("server"), f"{wheel}[server]")


def installed(folder: Path) -> list[Path]:
    packages = next(folder.parent.glob("lib/python*/site-packages"))
    return [path for path in packages.iterdir() if not path.name.startswith(NOT_OURS)]


def size_bytes(paths: list[Path]) -> int:
    files = (file for path in paths for file in ([path] if path.is_file() else path.rglob("*")))
    return sum(file.stat().st_blocks * 512 for file in files)


def test_the_wheel_holds_licence_ui_and_dashboards(wheel):
    names = zipfile.ZipFile(wheel).namelist()

    assert "watchglass/serve/static/index.html" in names
    assert "watchglass/dashboards/builtin/this-machine.json" in names
    assert {"watchglass/rules/own/rules.yaml", "watchglass/rules/own/watchdog.yaml"} <= set(names)
    assert "watchglass/py.typed" in names
    packs = ROOT / "src/watchglass/packs"
    data = [path for path in packs.rglob("*") if path.suffix in {".json", ".md", ".yaml", ".yml"}]
    assert {f"watchglass/packs/{path.relative_to(packs)}" for path in data} <= set(names)
    assert len(data) > 60
    assert [name for name in names if name.endswith("licenses/LICENSE")] != []


def test_the_bare_distribution_is_light(bare):
    """Two requirements: the client library, 0.7 MB, and PyYAML, 3.3 MB; the rest is Watchglass, in blocks of the disk.

    Its 13.7 MB are code (4.4), the bytecode that pip makes of it (7.2), the UI (0.9, packed), packs, dashboards and
    templates (0.8) and folders (0.4). The server's code comes along, unused: it is one distribution.
    """
    paths = installed(bare)

    assert size_bytes(paths) <= 18 * MEGABYTE
    assert len([path for path in paths if path.suffix == ".dist-info"]) == 3


def test_the_wheel_has_each_file_once_and_nothing_of_the_development(wheel):
    with zipfile.ZipFile(wheel) as archive:
        infos = [info for info in archive.infolist() if info.file_size > 1000]
    twice = Counter((info.CRC, info.file_size) for info in infos)
    names = {info.filename for info in infos}

    assert [info.filename for info in infos if twice[info.CRC, info.file_size] > 1] == []
    assert [name for name in names if name.endswith((".map", ".pyc", ".ts", ".tsx")) or "/tests/" in name] == []
    assert [name for name in names if f"{name}.gz" in names] == [], "what is packed is not there unpacked, too"


def test_the_bare_distribution_says_what_a_server_command_needs(bare):
    up = run(bare / "watchglass", "up")

    assert up.returncode == 1
    assert up.stderr == 'This command needs the server: install "watchglass[server]".\n'


def test_the_sdk_works_bare_and_imports_no_server(bare):
    script = (
        "import sys; from watchglass.sdk.host.collector import HostCollector; "
        "names = {family.name for family in HostCollector().collect()}; "
        "assert 'node_load1' in names, names; "
        "assert not {'numpy', 'starlette', 'uvicorn', 'yaml'} & set(sys.modules)"
    )

    assert run(bare / "python", "-c", script).stderr == ""


def test_a_packs_metrics_are_made_bare(bare):
    script = (
        "import sys; from prometheus_client import CollectorRegistry; "
        "from watchglass.sdk.pack_metrics import PackMetrics; from watchglass.sdk import asgi, timing, wsgi; "
        "assert len(PackMetrics('sidepanel', CollectorRegistry())) == 21; "
        "assert not {'numpy', 'starlette', 'uvicorn'} & set(sys.modules)"
    )

    assert run(bare / "python", "-c", script).stderr == ""
    listed = run(bare / "watchglass", "pack", "list")
    assert (listed.returncode, listed.stdout.count("\n")) == (0, 6)


def test_a_pack_is_begun_and_told_from_its_guide_bare(bare, tmp_path):
    assert run(bare / "watchglass", "pack", "new", str(tmp_path / "mine")).returncode == 0
    assert (tmp_path / "mine/dashboards/mine-overview.json").is_file()
    assert "7 differences" in run(bare / "watchglass", "pack", "diff", "sidepanel").stdout
    checked = run(bare / "watchglass", "pack", "check", str(tmp_path / "mine"))
    assert (checked.returncode, checked.stderr) == (1, 'This command needs the server: install "watchglass[server]".\n')


def test_all_of_the_sdk_is_there_bare_and_asks_for_no_library_of_the_applications(bare):
    script = (
        "import pkgutil, sys, importlib, watchglass.sdk as sdk; "
        "names = [each.name for each in pkgutil.iter_modules(sdk.__path__) if not each.ispkg]; "
        "[importlib.import_module('watchglass.sdk.' + name) for name in names]; "
        "from watchglass.sdk.database_metrics import DatabaseMetrics; DatabaseMetrics(); "
        "from watchglass.sdk.redis_metrics import RedisMetrics; RedisMetrics(); "
        "from watchglass.sdk.process_metrics import ProcessMetrics; ProcessMetrics(); "
        "from watchglass.sdk.endpoint import Endpoint; "
        "assert b'process_heap_bytes' in Endpoint(environ={'PROMETHEUS_ENABLED': 'true'}).answer('')[0]; "
        "assert not {'numpy', 'starlette', 'uvicorn', 'redis', 'sqlalchemy', 'gunicorn'} & set(sys.modules)"
    )

    assert run(bare / "python", "-c", script).stderr == ""


def test_dinoairs_library_works_bare_and_brings_its_page(bare, tmp_path):
    script = (
        "import os, sys; os.chdir(sys.argv[1]); "
        "from watchglass.sdk.dinoair.http import answer; "
        "from watchglass.sdk.dinoair.metrics_service import get_metrics_service, start_metrics_service; "
        "start_metrics_service(); service = get_metrics_service(); "
        "assert [answer(service, 'GET', path, '').status for path in ('/monitoring', '/api/metrics')] == [200, 200]; "
        "service.stop(); assert not {'numpy', 'starlette', 'uvicorn', 'prometheus_client'} & set(sys.modules)"
    )

    assert run(bare / "python", "-c", script, tmp_path).stderr == ""
    assert (tmp_path / "metrics/running.jsonl").exists()


def test_the_whole_server_keeps_its_budget(server):
    paths = installed(server)

    assert size_bytes(paths) <= 200 * MEGABYTE
    assert len([path for path in paths if path.suffix == ".dist-info"]) <= 35


def test_the_installed_command_tells_its_version(server):
    version = run(server / "watchglass", "--version")

    assert version.returncode == 0
    assert version.stdout.startswith("watchglass 0.1.0")
