"""`watchglass view`: pictures of text, at every width, once and live."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from view_support import NOW_MS, Sidepanel, board, serving

from watchglass.cli.client import ClientError
from watchglass.cli.terminal.asking import PanelData, Picture, take_picture
from watchglass.cli.terminal.fields import Series
from watchglass.cli.terminal.lines import render, width_of
from watchglass.cli.terminal.page import draw_page
from watchglass.cli.terminal.times import Range
from watchglass.cli.view import choose

GOLDEN = Path(__file__).parent / "golden"
VIEWS = ("system-overview", "venice-api", "session-analytics")


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("view", VIEWS)
def test_the_guides_views_are_drawn_as_they_were(view, width):
    """With GOLDEN=write in the environment the pictures are written anew; look at them before they are committed."""
    picture = take_picture(Sidepanel(), board(f"sidepanel-{view}"), NOW_MS)
    lines = render(draw_page(picture, width - 1), color=False, unicode=True)
    assert {width_of(line) for line in lines} == {width - 1}
    path = GOLDEN / f"{view}-{width}.txt"
    if os.environ.get("GOLDEN") == "write":
        path.write_text("\n".join(lines) + "\n")
    assert lines == path.read_text().splitlines()


def picture_of(panel, *series, error=""):
    place = {"x": 0, "y": 0, "w": 24, "h": 8}
    shown = {"id": 1, "title": "P", "gridPos": place, "fieldConfig": {"defaults": {}, "overrides": []}} | panel
    data = PanelData(series, error, Range(0, 3_600_000))
    return Picture({"title": "T", "panels": [shown]}, {1: data}, Range(0, 3_600_000))


def drawn(panel, *series, error="", width=60, color=False, unicode=True):
    lines = render(draw_page(picture_of(panel, *series, error=error), width), color=color, unicode=unicode)
    return [line.strip("│ ") for line in lines[5:-3]]


def one(name, value, **labels):
    return Series(name, "A", [3_600_000], [value], labels)


def test_a_gauge_shows_where_between_its_limits_a_value_is():
    defaults = {"unit": "percent", "min": 0, "max": 100}
    lines = drawn({"type": "gauge", "fieldConfig": {"defaults": defaults}}, one("x", 50.0), width=40)
    assert lines[1] == "50%"
    assert lines[2] == "0% ██████████░░░░░░░░░░ 100%"


def test_a_pie_is_a_list_of_shares():
    lines = drawn({"type": "piechart"}, one("a", 1.0), one("b", 3.0))
    assert [" ".join(line.split()) for line in lines if "%" in line] == [
        "b ██████████████████████░░░░░░░░ 75%", "a ████████░░░░░░░░░░░░░░░░░░░░░░ 25%",
    ]  # fmt: skip


def test_several_series_are_a_line_each_with_their_last_values():
    series = [
        Series(name, "A", [0, 1_800_000, 3_600_000], values) for name, values in (("a", [1, 2, 3]), ("b", [9, 5, 1]))
    ]
    lines = drawn({"type": "timeseries"}, *series, width=40)
    assert lines[1].split()[0] == "b"
    assert lines[1].endswith(" 1")
    assert lines[2].startswith("a ")
    assert lines[2].endswith(" 3")


def test_a_table_has_a_row_for_each_label_set_and_a_column_for_each_query():
    rename = {"id": "organize", "options": {"renameByName": {"Value #A": "Cost"}}}
    panel = {"type": "table", "transformations": [rename]}
    lines = drawn(panel, one("a", 1.0, model="a"), one("b", 22.0, model="b"))
    assert [line.split() for line in lines[1:4]] == [["model", "Cost"], ["a", "1"], ["b", "22"]]


def test_buckets_become_a_histogram():
    series = [one(le, value, le=le) for le, value in (("0.1", 2.0), ("1", 6.0), ("+Inf", 6.0))]
    lines = drawn({"type": "histogram", "fieldConfig": {"defaults": {"unit": "s"}}}, *series)
    assert [line.split()[-1] for line in lines[1:4]] == ["2", "4", "0"]
    assert lines[1].startswith("≤ 100 ms")


def test_a_heatmap_is_darkest_where_most_is():
    times = [0, 1_800_000, 3_600_000]
    series = [Series(le, "A", times, values, {"le": le}) for le, values in (("1", [0, 0, 8]), ("2", [4, 0, 8]))]
    lines = drawn({"type": "heatmap"}, *series, width=30)
    assert "█" in lines[2]
    assert "█" not in lines[1]


@pytest.mark.parametrize(
    ("panel", "said"),
    [
        ({"type": "timeseries"}, "no data"),
        ({"type": "stat"}, "no data"),
        ({"type": "news"}, "a news is not drawn here"),
        ({"type": "text", "options": {"content": "hello there"}}, "hello there"),
    ],
)
def test_what_has_nothing_to_draw_says_so(panel, said):
    assert said in "\n".join(drawn(panel))


def test_a_panel_that_cannot_be_asked_says_why():
    assert "the query timed out" in "\n".join(drawn({"type": "stat"}, error="the query timed out"))


STEPS = {"steps": [{"color": "green", "value": None}, {"color": "red", "value": 10}]}


def test_colours_follow_thresholds_and_mappings():
    limits = {"color": {"mode": "thresholds"}, "thresholds": STEPS}
    assert "\x1b[31m12\x1b[0m" in "\n".join(
        drawn({"type": "stat", "fieldConfig": {"defaults": limits}}, one("x", 12.0), color=True)
    )
    mapped = {"mappings": [{"type": "value", "options": {"1": {"text": "UP", "color": "green"}}}]}
    assert "\x1b[32mUP\x1b[0m" in "\n".join(
        drawn({"type": "stat", "fieldConfig": {"defaults": mapped}}, one("x", 1.0), color=True)
    )


def test_without_block_characters_everything_is_ascii():
    picture = take_picture(Sidepanel(), board("sidepanel-venice-api"), NOW_MS)
    lines = render(draw_page(picture, 79), color=False, unicode=False)
    assert all(line.isascii() for line in lines)
    assert "?" not in "".join(lines)
    assert lines[0] == "+" + "-" * 77 + "+"


def test_wide_characters_keep_the_frame_straight():
    lines = render(
        draw_page(picture_of({"type": "stat", "title": "東京の温度計測パネル"}, one("x", 1.0)), 40),
        color=False,
        unicode=True,
    )
    assert {width_of(line) for line in lines} == {40}


BOARDS = [{"uid": "x-main", "title": "Main Page"}, {"uid": "x-other", "title": "Other"}]


@pytest.mark.parametrize(
    ("wanted", "at"), [(None, 0), ("2", 1), ("x-other", 1), ("other", 1), ("main page", 0), ("Main", 0)]
)
def test_a_dashboard_is_meant_by_number_uid_or_title(wanted, at):
    assert choose(BOARDS, wanted) == at


def test_one_that_is_not_there_is_answered_with_those_that_are():
    with pytest.raises(ClientError, match="1: Main Page; 2: Other"):
        choose(BOARDS, "3")


def view(*arguments, **environment):
    names = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", ""), "COLUMNS": "80"}
    command = [sys.executable, "-m", "watchglass", "view", *arguments]
    return subprocess.run(command, env=names | environment, capture_output=True, timeout=30, check=False)


def test_once_prints_as_wide_as_it_is_told():
    with serving() as url:
        done = view("sidepanel", "--url", url, PYTHONUTF8="1", COLUMNS="60")
        assert done.returncode == 0, done.stderr
        lines = done.stdout.decode().splitlines()
        assert lines[0] == "┌" + "─" * 57 + "┐"
        assert "SYSTEM OVERVIEW" in lines[1]
        plain = view("sidepanel", "2", "--url", url, "--once", PYTHONIOENCODING="ascii")
        assert plain.stdout.decode("ascii").startswith("+---")
        assert "VENICE API" in plain.stdout.decode("ascii")


def test_what_cannot_be_shown_is_said_with_the_way_out():
    with serving() as url:
        for name, said in (
            ("fluxai", "start it with `watchglass up --pack fluxai`"),
            ("sidepanle", "there is neither a pack nor a dashboard called sidepanle; did you mean sidepanel?"),
        ):
            done = view(name, "--url", url)
            assert done.returncode == 1
            assert said in done.stderr.decode()


class Terminal:
    """`watchglass view` on a terminal of its own."""

    def __init__(self, url, columns):
        self.master, slave = pty.openpty()
        self.resize(columns)
        names = {**os.environ, "PYTHONUTF8": "1", "TERM": "xterm-256color", "NO_COLOR": "1"}
        names.pop("COLUMNS", None)
        names.pop("LINES", None)
        command = [sys.executable, "-m", "watchglass", "view", "sidepanel", "--url", url]
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=names, start_new_session=True
        )
        os.close(slave)
        self.seen = ""

    def resize(self, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))

    def wait_for(self, text):
        """Read until a text comes; what came before it is forgotten."""
        deadline = time.monotonic() + 20
        while text not in self.seen:
            assert time.monotonic() < deadline, f"{text!r} did not come in {self.seen[-3000:]!r}"
            if select.select([self.master], [], [], 0.2)[0]:
                self.seen += os.read(self.master, 65536).decode(errors="ignore")
        self.seen = self.seen.partition(text)[2]

    def press(self, key):
        os.write(self.master, key.encode())

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        os.close(self.master)


@pytest.mark.slow
def test_live_it_follows_keys_and_the_terminals_width():
    with serving() as url:
        terminal = Terminal(url, 80)
        try:
            terminal.wait_for("┌" + "─" * 77 + "┐")
            terminal.wait_for("SYSTEM OVERVIEW")
            terminal.resize(100)
            terminal.process.send_signal(signal.SIGWINCH)
            terminal.wait_for("┌" + "─" * 97 + "┐")
            terminal.press("2")
            terminal.wait_for("VENICE API")
            terminal.press("\x1b[C")
            terminal.wait_for("SESSION ANALYTICS")
            terminal.wait_for("q quits")
            terminal.wait_for("SESSION ANALYTICS")  # a second later it is asked and drawn again
            terminal.press("q")
            terminal.wait_for("\x1b[?1049l")
            assert terminal.process.wait(10) == 0
        finally:
            terminal.close()


@pytest.mark.parametrize(
    ("now", "asked"),
    [
        ((2026, 6, 20, 12), [("06-14 00:00", "06-20 00:00", 24)]),
        (
            (2026, 3, 31, 12),
            [
                ("03-25 00:00", "03-28 00:00", 24),
                ("03-29 00:00", "03-29 00:00", 23),
                ("03-30 00:00", "03-31 00:00", 24),
            ],
        ),
        ((2026, 10, 25, 12), [("10-19 00:00", "10-24 00:00", 24), ("10-25 00:00", "10-25 00:00", 25)]),
    ],
)
def test_days_are_asked_for_as_long_as_they_are(now, asked):
    """In the zone of the dashboard, also where the clock is changed among them."""
    zone, seen = ZoneInfo("Europe/Berlin"), []

    class Noting(Sidepanel):
        def ask(self, source, endpoint, parameters):
            if endpoint == "query_range":
                when = [
                    datetime.fromtimestamp(float(parameters[name]), zone).strftime("%m-%d %H:%M")
                    for name in ("start", "end")
                ]
                seen.append((*when, int(parameters["step"]) // 3600))
                assert f"[{parameters['step']}s] offset -{parameters['step']}s" in parameters["query"]
            return super().ask(source, endpoint, parameters)

    week = board("sidepanel-session-analytics") | {"timezone": "Europe/Berlin"}
    week["panels"] = week["panels"][:1]
    take_picture(Noting(), week, int(datetime(*now, tzinfo=zone).timestamp() * 1000))
    assert [(start, end, hours) for start, end, hours in seen] == [(a, b, h) for a, b, h in asked]
