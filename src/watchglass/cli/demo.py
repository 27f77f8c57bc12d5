"""`watchglass demo`: the five systems simulated with their past, and a server that watches them."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from watchglass.clock import SystemClock
from watchglass.config.load import load_settings
from watchglass.config.settings import DAY_MS, Invocation, Settings
from watchglass.errors import ConfigError, WatchglassError
from watchglass.sdk.declared import pack_names
from watchglass.serve.listeners import open_listeners

if TYPE_CHECKING:
    from watchglass.app.demo import Past
    from watchglass.app.stack import Stack
    from watchglass.simulate.run import Fault

DATA, ROUTES = "data", "demo-alertmanager.yml"
_PORT = 9090
_FAULT_AFTER_S = 60

_ROUTING = """\
# Written anew by each demo. Everything is told to its own inbox, then goes on to the receivers of the packs, which need
# their secrets.
route:
  receiver: demo-inbox
  group_by: [system, alertname]
  group_wait: 5s
  group_interval: 30s
  routes:
    - receiver: demo-inbox
      continue: true
receivers:
  - name: demo-inbox
    webhook_configs:
      - url: http://{address}/
"""


@dataclass(frozen=True, slots=True)
class _Demo:
    """What is shown.

    Attributes:
        packs: names of the systems.
        folder: where everything of the demo is.
        faults: what goes wrong, by system, in the form in which it is told to the targets.
    """

    packs: tuple[str, ...]
    folder: Path
    faults: dict[str, list[Fault]]


def run(options: argparse.Namespace) -> int:
    """Show the systems until Ctrl-C."""
    from watchglass.app.demo import Past  # noqa: PLC0415 - loads the server

    demo = _demo(options)
    with _the_only(demo.folder) as lock:
        if options.fresh:
            _forget(demo.folder)
        past = Past(demo.folder, demo.packs, options.days * DAY_MS, options.seed, demo.faults)
        with _targets(demo, options.seed) as addresses:
            inbox = _route(demo, addresses)
            settings = _settings(options, demo, addresses)
            sockets = open_listeners(settings.listen, allow_anonymous=settings.web_allow_anonymous)
            url = f"http://{settings.listen[0]}"
            lock(url)
            return _serve(options.days, past, settings, sockets, (url, inbox))


def _forget(folder: Path) -> None:
    """Remove what demos have stored, and nothing else that is in the folder."""
    from watchglass.app.demo import NOTED  # noqa: PLC0415 - as above

    try:
        if (folder / DATA).is_dir():
            shutil.rmtree(folder / DATA)
        (folder / NOTED).unlink(missing_ok=True)
    except OSError as error:
        raise WatchglassError(f"{error.filename or folder} cannot be removed: {error.strerror}") from None


def _demo(options: argparse.Namespace) -> _Demo:
    from watchglass.simulate.scenarios import opening, scenario  # noqa: PLC0415 - loads NumPy

    packs = tuple(dict.fromkeys(options.packs or pack_names()))
    for name in packs:
        if name not in pack_names():
            near = get_close_matches(name, pack_names(), 1, 0.3)
            raise ConfigError(f'there is no system "{name}"' + (f'; did you mean "{near[0]}"?' if near else ""))
    now_ms = int(time.time()) * 1000
    faults: dict[str, list[Fault]] = {} if options.scenarios else opening(packs, now_ms)
    for name in options.scenarios:
        wanted = scenario(name)
        if wanted.system not in packs:
            raise ConfigError(
                f'the scenario "{name}" is of {wanted.system}, which is not shown; add --pack {wanted.system}'
            )
        faults.setdefault(wanted.system, []).append(wanted.at(now_ms + _FAULT_AFTER_S * 1000))
    return _Demo(packs, Path(options.folder).resolve(), faults)


@contextlib.contextmanager
def _the_only(folder: Path) -> Iterator[Callable[[str], None]]:
    """Hold the folder, or end with the address of the demo that holds it; gives what notes the address."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        opened = (folder / "demo.lock").open("a+")
    except OSError as error:
        raise WatchglassError(f"{error.filename} cannot be used: {error.strerror}") from None
    with opened as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            where = lock.read().strip() or "an address that it has not said yet"
            raise WatchglassError(
                f"a demo runs in {folder} already, at {where}; another one needs another --folder"
            ) from None
        lock.truncate(0)

        def note(url: str) -> None:
            lock.write(url + "\n")
            lock.flush()

        yield note


@contextlib.contextmanager
def _targets(demo: _Demo, seed: int) -> Iterator[dict[str, str]]:
    """The simulated systems, as a process of their own that ends with this one; gives the address of each job, and of the inbox."""
    with (demo.folder / "targets.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "watchglass.simulate.targets"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the server, which ends them
        )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        faults = {name: [[f.kind, f.start_ms, f.end_ms] for f in told] for name, told in demo.faults.items()}
        asked = {"systems": demo.packs, "seed": seed, "faults": faults, "inbox": True}
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise WatchglassError(f"the simulated systems did not start; see {demo.folder / 'targets.log'}")
        yield json.loads(line)
    finally:
        process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(3)
        process.kill()
        process.wait()


def _route(demo: _Demo, addresses: dict[str, str]) -> str:
    """Have every alert told to the inbox, which is no job; gives its address."""
    from watchglass.simulate.targets import INBOX  # noqa: PLC0415 - loads NumPy

    address = addresses.pop(INBOX)
    try:
        (demo.folder / ROUTES).write_text(_ROUTING.format(address=address), encoding="utf-8")
    except OSError as error:
        raise WatchglassError(f"{demo.folder / ROUTES} cannot be written: {error.strerror}") from None
    return f"http://{address}"


def _settings(options: argparse.Namespace, demo: _Demo, addresses: dict[str, str]) -> Settings:
    from watchglass.simulate.systems import SYSTEMS  # noqa: PLC0415 - loads NumPy

    guides = {job: target for name in demo.packs for job, target in SYSTEMS[name].targets.items()}
    flags: dict[str, Sequence[str]] = {
        "data": [str(demo.folder / DATA)],
        "alertmanager.config": [str(demo.folder / ROUTES)],
        "packs": list(demo.packs),
        "pack.targets": [f"{job}={guides[job]}={address}" for job, address in addresses.items()],
        "retention.time": [f"{max(options.days, 30) + 1}d"],
        "log.level": ["warning"],
        **options.flags,
    }
    if "web.listen" not in flags:
        flags["web.listen"] = [f"127.0.0.1:{_port()}"]
    if not options.no_browser and (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform == "darwin"
    ):
        flags["open"] = ["true"]
    return load_settings(Invocation(flags, options.flag_names, environment={}, folder=demo.folder))


def _port() -> int:
    """9090, or a free port and a word about it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", _PORT))
        except OSError:
            probe.bind(("127.0.0.1", 0))
            _say(f"Port {_PORT} is busy; using {probe.getsockname()[1]} instead.")
        return int(probe.getsockname()[1])


def _serve(days: int, past: Past, settings: Settings, sockets: list[socket.socket], where: tuple[str, str]) -> int:
    from watchglass.app.run import run as run_server  # noqa: PLC0415 - loads the server

    url, inbox = where
    began_ms = SystemClock().now_ms()  # the targets run, and are not scraped yet

    async def beside(stack: Stack) -> None:
        for pack in stack.configuration.packs.packs:
            _say(f"  {pack.title:<18} {url}/d/{pack.start}")
        _say(f"  {'Alerts':<18} {url}/alerts")
        _say(f"  {'Inbox':<18} {inbox}, which is told of them")
        _say(
            f"\n  {days} {'day' if days == 1 else 'days'} of their past are being written, the newest first. Ctrl-C ends the demo."
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(past.follow(stack.parts.clock, began_ms))
            await _write(past, stack, began_ms)

    _say(f"\n  Watchglass         {url}")
    try:
        return run_server(settings, sockets=sockets, beside=beside)
    finally:
        _say("Stopped.")


async def _write(past: Past, stack: Stack, now_ms: int) -> None:
    assert stack.store is not None
    try:
        samples = await past.write(stack.store, now_ms)
    except WatchglassError as error:
        _say(f"  Not all of their past is there: {error}\n")
        return
    _say(f"  All of it is there: {samples:,} samples.\n" if samples else "  All of it is there.\n")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
