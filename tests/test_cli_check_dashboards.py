"""`watchglass check FOLDER`, as a user types it."""

import json

import pytest

from watchglass.cli import main

UP = {
    "title": "Up",
    "type": "graph",
    "targets": [{"expr": "up", "legendFormat": "{{job}}"}],
    "yaxes": [{"format": "short"}],
}


@pytest.fixture
def folder(tmp_path):
    def write(name, value):
        path = tmp_path / "boards" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value))
        return path

    write("a.json", {"title": "A", "uid": "a", "panels": [UP, {"type": "text"}]})
    return tmp_path / "boards", write


def run(capsys, *arguments):
    try:
        status = main([str(each) for each in arguments])
    except SystemExit as stopped:
        status = stopped.code
    out, err = capsys.readouterr()
    return status, out.splitlines(), err


@pytest.mark.parametrize("command", [("check",), ("check", "dashboards")])
def test_a_folder_of_right_dashboards(capsys, folder, command):
    path, _ = folder
    status, lines, _ = run(capsys, *command, path)

    assert status == 0
    assert lines == [
        f"Checking {path / 'a.json'}",
        " SUCCESS: A (a) imports: 1 panel, 1 more asks no Prometheus",
        "  translated: graph 1, unit 1, layout 1",
        "1 dashboard, 1 panel, 1 right (100.0 %), 0 with notes, 0 not",
    ]


def test_everything_that_was_read_is_listed_when_asked(capsys, folder):
    path, _ = folder
    status, lines, _ = run(capsys, "check", path, "--all")

    assert status == 0
    assert lines[3] == '  panel 1 "Up": timeseries, 1 query, unit short, legend {{job}}'


def test_what_is_wrong_is_named_and_the_rest_is_checked_all_the_same(capsys, folder):
    path, write = folder
    write("b.json", "{")
    write("c.json", {"groups": []})
    write(
        "sub/d.json",
        [{"title": "D", "panels": [UP | {"targets": [{"expr": "sum("}]}, UP | {"transformations": [{"id": "x"}]}]}],
    )
    status, lines, _ = run(capsys, "check", path)

    assert status == 1
    assert "  FAILED: line 1, column 2: it is not JSON: Expecting property name enclosed in double quotes" in lines
    assert any(line.startswith("  FAILED: found rules of Prometheus; expected a Grafana dashboard") for line in lines)
    assert '  NOT RIGHT: panel 1 "Up" (timeseries): query A: 1:5: parse error: unclosed left parenthesis' in lines
    assert '  NOT RIGHT: panel 2 "Up" (timeseries): the transformation x has no effect' in lines
    assert lines[-1] == "2 dashboards, 3 panels, 1 right (33.3 %), 0 with notes, 2 not; 2 of 4 files do not import"


@pytest.mark.parametrize("flags", [[], ["--all"]])
def test_a_panel_of_a_source_that_is_not_there_is_named(capsys, folder, flags):
    path, write = folder
    logs = {"id": 7, "type": "logs", "title": "Loki logs", "datasource": {"type": "loki"}, "targets": [{"expr": "{}"}]}
    write("a.json", {"title": "A", "uid": "a", "panels": [UP, logs, {"id": 8, "type": "text", "datasource": "loki"}]})
    status, lines, _ = run(capsys, "check", path, *flags)

    assert status == 0
    assert [line for line in lines if "a Loki source" in line] == [
        '  NOTE: panel 7 "Loki logs" asks a Loki source, which is not there yet'
    ]
    assert " SUCCESS: A (a) imports: 1 panel, 2 more ask no Prometheus" in lines


def test_a_file_may_be_named_and_one_that_is_missing_fails(capsys, folder):
    path, _ = folder

    assert run(capsys, "check", path / "a.json")[0] == 0
    status, lines, _ = run(capsys, "check", path / "none.json")
    assert (status, lines[1]) == (1, f"  FAILED: no such file or folder: {path / 'none.json'}")


def test_a_folder_without_dashboards_is_not_fine(capsys, tmp_path):
    status, lines, _ = run(capsys, "check", "dashboards", tmp_path)

    assert status == 1
    assert lines == ["0 dashboards, 0 panels, 0 right, 0 with notes, 0 not; there is no JSON file"]


def test_a_folder_whose_path_looks_like_a_check_is_a_folder(capsys, folder, monkeypatch):
    path, _ = folder
    monkeypatch.chdir(path.parent)
    path.rename("dashboards")

    assert run(capsys, "check", "./dashboards") == run(capsys, "check", "dashboards", "./dashboards")


def test_a_folder_that_is_mistyped_is_missing_and_no_wrong_command(capsys, tmp_path):
    status, lines, err = run(capsys, "check", tmp_path / "nothing-here")

    assert (status, err) == (1, "")
    assert lines[1] == f"  FAILED: no such file or folder: {tmp_path / 'nothing-here'}"


@pytest.mark.parametrize("words", [["confg"], ["dashboard"], ["rule", "x"]])
def test_a_kind_that_is_mistyped_is_a_wrong_command(capsys, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    status, lines, err = run(capsys, "check", *words)

    assert (status, lines) == (2, [])
    assert "config" in err


def test_the_help_shows_that_a_folder_can_be_named(capsys):
    status, lines, _ = run(capsys, "check", "--help")

    assert status == 0
    assert lines[0] == "usage: watchglass check FOLDER..."
