"""`watchglass check`: files are told apart by what they hold, and a check that was meant for another file names its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from watchglass.cli import main

FILES = {
    "prometheus.yml": "scrape_configs: [{job_name: a, static_configs: [{targets: ['a:1']}]}]\n",
    "alertmanager.yml": "route: {receiver: a}\nreceivers: [{name: a}]\n",
    "rules.yml": "groups: [{name: g, rules: [{record: a:b, expr: up}]}]\n",
    "tests.yml": "rule_files: [rules.yml]\nevaluation_interval: 1m\ntests: []\n",
    "board.json": '{"title": "Board", "panels": []}',
    "watchglass.yml": "web: {listen: ['127.0.0.1:9091']}\n",
    "other.yml": "colour: blue\n",
    "broken.yml": "a: [\n",
}
COMMANDS = {
    "prometheus.yml": "check config",
    "alertmanager.yml": "check routes",
    "rules.yml": "check rules",
    "tests.yml": "test rules",
    "board.json": "check dashboards",
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys, *words):
    try:
        status = main(list(words))
    except SystemExit as left:
        status = left.code
    told = capsys.readouterr()
    return status, told.out.splitlines(), told.err


@pytest.mark.parametrize("given", COMMANDS)
@pytest.mark.parametrize("command", COMMANDS.values())
def test_the_check_of_another_file_names_the_one_that_fits(capsys, given, command):
    status, lines, _ = run(capsys, *command.split(), given)

    if COMMANDS[given] == command:
        assert not any("this looks like" in line for line in lines)
    else:
        failed = [line for line in lines if "FAILED" in line]
        assert status == 1
        assert len(failed) == 1
        assert "this looks like " in failed[0]
        assert failed[0].endswith(f": `watchglass {COMMANDS[given]} {given}`")


@pytest.mark.parametrize("words", [["show", "rules.yml"], ["test", "rules.yml", "job=a"]])
def test_routes_of_another_file_are_not_looked_for(capsys, words):
    status, lines, err = run(capsys, "routes", *words)

    assert (status, lines) == (1, [])
    assert err == "watchglass: rules.yml: this looks like a file of rules: `watchglass check rules rules.yml`\n"


@pytest.mark.parametrize(
    ("setting", "given", "said"),
    [
        ("config", "alertmanager.yml", "an alertmanager.yml: `watchglass check routes {}`"),
        ("alertmanager.config", "rules.yml", "a file of rules: `watchglass check rules {}`"),
    ],
)
def test_a_server_is_not_started_on_a_file_of_another_kind(folder, setting, given, said):
    words = ["up", f"--{setting}={given}", "--listen=127.0.0.1:0", "--data=data"]
    command = [sys.executable, "-m", "watchglass", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    path = folder / given
    assert (done.returncode, done.stderr) == (
        1,
        f"watchglass: {path}: {setting}: this looks like {said.format(path)}\n",
    )


def test_files_without_a_check_are_told_apart(capsys):
    status, lines, _ = run(capsys, "check", "prometheus.yml", "alertmanager.yml", "rules.yml", "board.json")

    assert status == 0
    assert [line for line in lines if line.startswith("Checking")] == [
        f"Checking {name}" for name in ("prometheus.yml", "alertmanager.yml", "rules.yml", "board.json")
    ]
    assert sum("SUCCESS" in line for line in lines) == 4


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tests.yml", "this looks like a file of rule tests: `watchglass test rules tests.yml`"),
        ("other.yml", "what it is cannot be told from its keys"),
        ("broken.yml", "is not YAML"),
        ("missing.yml", "cannot be read: No such file or directory"),
    ],
)
def test_a_file_without_a_check_of_its_own_fails_and_the_others_are_checked(capsys, name, said):
    status, lines, _ = run(capsys, "check", name, "watchglass.yml")

    assert (status, said in lines[1]) == (1, True)
    assert lines[-1] == " SUCCESS: watchglass.yml is a valid settings file"


def test_a_word_that_is_neither_a_check_nor_a_file_names_the_checks(capsys):
    status, lines, err = run(capsys, "check", "all")

    assert (status, lines) == (2, [])
    assert all(each in err for each in ("all", "config", "dashboards", "rules", "routes", "files"))
