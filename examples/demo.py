"""`make demo`: the chat app under load, and Watchglass watching it and this machine.

Everything runs on loopback without root. Ctrl-C ends all that was started.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHAT_APP = HERE / "chat_app"
DEFAULT_PORT = 9090
STOP_TIMEOUT_S = 6

PROMETHEUS_YML = """\
global:
  scrape_interval: 5s

scrape_configs:
  - job_name: chat-app
    static_configs:
      - targets: ["127.0.0.1:{port}"]
"""


def port_is_free(port: int) -> bool:
    """Tell whether nobody listens on loopback port `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def choose_port() -> int:
    """9090, or a free port and a word about it."""
    if port_is_free(DEFAULT_PORT):
        return DEFAULT_PORT
    port = free_port()
    print(f"Port {DEFAULT_PORT} is busy; using {port} instead.")
    return port


def start(*command: str, log: Path) -> subprocess.Popen[bytes]:
    """Run Python with `command` in a process group of its own, so that Ctrl-C reaches only us."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, *command], stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True
        )


@contextlib.contextmanager
def the_only_demo(folder: Path, url: str) -> Iterator[None]:
    """Hold the folder, or end with the address of the demo that holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "demo.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            sys.exit(f"A demo runs here already, at {lock.read().strip() or 'an address that it has not said yet'}.")
        lock.truncate(0)
        lock.write(url + "\n")
        lock.flush()
        yield


def wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Poll `url` until it answers 200; end the demo with the log's last lines if the process dies."""
    for _ in range(600):
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    sys.exit(f"{url} did not answer. The end of {log}:\n" + "".join(log.read_text().splitlines(keepends=True)[-20:]))


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """End every process, the last started first."""
    for process in reversed(processes):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    for process in processes:
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def open_browser(url: str) -> None:
    """Open the default browser, where there is a screen to open it on."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform == "darwin":
        webbrowser.open(url)


def run(folder: Path, *, browser: bool) -> None:
    """Start the three processes, say where to look, and wait for Ctrl-C."""
    port = choose_port()
    with the_only_demo(folder, f"http://127.0.0.1:{port}"):
        run_on(port, folder, browser=browser)


def run_on(port: int, folder: Path, *, browser: bool) -> None:
    """`run`, once port and folder are ours."""
    app_port = free_port()
    config, log = folder / "prometheus.yml", folder / "demo.log"
    config.write_text(PROMETHEUS_YML.format(port=app_port))
    log.write_bytes(b"")
    url = f"http://127.0.0.1:{port}"
    processes: list[subprocess.Popen[bytes]] = []
    try:
        chat_app = f"http://127.0.0.1:{app_port}"
        processes.append(start(str(CHAT_APP / "app.py"), "--port", str(app_port), log=log))
        wait_until_ready(f"{chat_app}/metrics", processes[-1], log)
        processes.append(start(str(CHAT_APP / "load.py"), "--url", chat_app, log=log))
        flags = (f"--config={config}", f"--data={folder / 'data'}", f"--listen=127.0.0.1:{port}")
        processes.append(start("-m", "watchglass", "up", *flags, log=log))
        wait_until_ready(f"{url}/-/ready", processes[-1], log)
        print(f"\n  This machine   {url}/d/this-machine\n  The chat app   {url}/d/auto-chat-app")
        print("\n  A day of the chat app's load takes ten minutes, its night included.")
        print(f"  Logs are in {log}. Ctrl-C ends the demo.\n", flush=True)
        if browser:
            open_browser(url)
        watch(processes, log)
    finally:
        stop(processes)
        print("Stopped.")


def watch(processes: list[subprocess.Popen[bytes]], log: Path) -> None:
    """Return only when a process ends by itself, which is a fault."""
    while True:
        for process in processes:
            if process.poll() is not None:
                sys.exit(f"{' '.join(map(str, process.args[1:3]))} ended; see {log}")  # type: ignore[index]
        time.sleep(0.5)


def main() -> None:
    """Parse the command line and run until Ctrl-C, SIGTERM, or the terminal closes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("demo-data"), help="where data and logs go")
    parser.add_argument("--fresh", action="store_true", help="forget the data of earlier demos")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    arguments = parser.parse_args()
    if arguments.fresh:
        shutil.rmtree(arguments.folder, ignore_errors=True)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        run(arguments.folder, browser=not arguments.no_browser)


if __name__ == "__main__":
    main()
