"""docs/packs/new.md, followed step by step by somebody who has nothing but Watchglass."""

from __future__ import annotations

import json
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from peer_servers import needs

from watchglass.errors import ConfigError
from watchglass.packs.check import check_pack
from watchglass.packs.template import copied_pack, new_pack
from watchglass.sdk.declared import pack_folder

PAGE = (Path(__file__).parents[2] / "docs/packs/new.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Newcomer:
    """Does what the page says, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.running = folder, free_port(), []
        self.url = f"http://127.0.0.1:{self.port}"

    def run(self, command: str) -> tuple[str, str]:
        """What a command prints, without the lines that the page leaves out; and why it fails."""
        parts = [part.strip() for part in command.split("&&")]
        folder = self.folder / parts[0].removeprefix("cd ") if parts[0].startswith("cd ") else self.folder
        words = shlex.split(parts[-1])
        if words[0] == "promtool":
            needs("promtool", "prometheus")
        done = subprocess.run(self.named(words), cwd=folder, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout, done.stderr

    def start(self, *words: str) -> None:
        with (self.folder / "log").open("a") as log:
            self.running.append(subprocess.Popen(self.named(words), cwd=self.folder, stdout=log, stderr=log))

    def named(self, words):
        own = {"watchglass": [sys.executable, "-m", "watchglass"], "python": [sys.executable]}
        return [*own.get(words[0], words[:1]), *words[1:]]

    def ask(self, path: str):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def newest(self, query: str) -> float:
        """The value of a query as soon as there is one."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                found = self.ask(f"/api/v1/query?query={urllib.parse.quote(query)}")["data"]["result"]
            except OSError:
                found = []
            if found:
                return float(found[0]["value"][1])
            time.sleep(0.3)
        raise AssertionError((self.folder / "log").read_text())

    def leave(self) -> None:
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait(20)


@pytest.fixture
def newcomer(tmp_path):
    made = Newcomer(tmp_path)
    yield made
    made.leave()


@pytest.mark.real
def test_the_page_can_be_followed(newcomer):
    application = free_port()
    for language, written in BLOCK.findall(PAGE):
        text = written.replace("8000", str(application))
        if language == "console":
            follow(newcomer, text, application)
        else:
            first, rest = text.split("\n", 1)
            with (newcomer.folder / first.removeprefix("# ")).open("a") as file:
                file.write(rest)
    exported = (newcomer.folder / "stack").rglob("*")
    assert {"prometheus.yml", "rules.yml", "chat-bot-overview.json"} <= {path.name for path in exported}


def follow(newcomer, text, application):
    commands = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
    for command, _, printed in (each.partition("\n") for each in commands):
        if " up " in command:
            look(newcomer, command, application)
            continue
        said, failed = newcomer.run(command)
        assert failed == "", failed
        for line in printed.splitlines():
            assert line in said.splitlines(), said


def look(newcomer, command, application):
    """The page's own step 3: the application beside, and the server that shows it."""
    newcomer.start("python", "app.py")
    pack = newcomer.folder / "chat_bot/pack.yaml"
    place = f'"localhost:{application}"], scrape_interval: 1s'
    pack.write_text(pack.read_text().replace('"localhost:8000"]', place))
    newcomer.start(*shlex.split(command), "--listen", f"127.0.0.1:{newcomer.port}")
    assert newcomer.newest('chat_bot_requests_total{job="chat_bot"}') > 0
    board = newcomer.ask("/api/dashboards/uid/chat-bot-overview")
    assert board["meta"]["folderTitle"] == "Chat bot"
    newcomer.leave()
    newcomer.running.clear()


@pytest.mark.parametrize("name", ["chat_bot", "x", "a2_b3"])
def test_a_new_pack_is_right(tmp_path, name):
    new_pack(tmp_path / name)
    found = check_pack(tmp_path / name)
    assert (found.faults, found.pack.name) == ([], name)
    assert all(metric.name.startswith(f"{name}_") for metric in found.pack.metrics)


def test_a_copy_is_the_other_pack_without_its_secrets(tmp_path):
    first, second = tmp_path / "hybrid_ai_stack", tmp_path / "mine"
    command = [sys.executable, "-m", "watchglass", "pack", "new"]
    subprocess.run([*command, first, "--from", "hybrid_ai_stack"], check=True, capture_output=True)
    (first / "secrets").mkdir()
    (first / "secrets/smtp_password").write_text("sesame")
    subprocess.run([*command, second, "--from", first], check=True, capture_output=True)

    shipped = {path.relative_to(pack_folder("hybrid_ai_stack")): path.read_text() for path in files("hybrid_ai_stack")}
    assert {path.relative_to(second): path.read_text() for path in files(second)} == shipped
    assert (check_pack(second).faults, check_pack(second).pack.name) == ([], "mine")
    (first / "picture").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="picture: is no text"):
        copied_pack(tmp_path / "third", first)


def files(pack):
    return [path for path in pack_folder(pack).rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["Chat", "chat-bot", "1st", "_a", "a" * 31])
def test_a_name_that_metrics_cannot_begin_with_is_refused(tmp_path, name):
    with pytest.raises(ConfigError, match="a pack is called by a word such as chat_bot"):
        new_pack(tmp_path / name)
    assert not (tmp_path / name).exists()


def test_a_folder_that_is_in_use_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/kept").write_text("")
    with pytest.raises(ConfigError, match="is there already"):
        new_pack(tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["kept"]
