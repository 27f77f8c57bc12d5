"""`make demo`: from one command to five systems with a past, and nothing left running after Ctrl-C."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import psutil
import pytest

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-m", "watchglass", "demo", "--no-browser"]


AS_IN_A_TERMINAL = ["env", "--default-signal=INT"]
"""What a shell starts in the background ignores Ctrl-C until it has a handler."""


class Demo:
    """A demo that runs."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [*AS_IN_A_TERMINAL, *COMMAND, *map(str, options)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.printed = ""
        self.url = self.read_until(r"Watchglass +(http://\S+)")

    def read_until(self, pattern):
        """What the pattern's group found in what is printed next."""
        for line in self.process.stdout:
            self.printed += line
            if found := re.search(pattern, line):
                return found[1]
        raise AssertionError(self.printed)

    def newest(self, query):
        """The value of a query's only series; None where there is none."""
        asked = f"{self.url}/api/v1/query?query={urllib.parse.quote(query)}"
        with urllib.request.urlopen(asked, timeout=20) as response:
            result = json.load(response)["data"]["result"]
        return float(result[0]["value"][1]) if result else None

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.printed += self.process.communicate(timeout=20)[0]


@pytest.fixture
def demo(tmp_path):
    started = []

    def start(*options):
        started.append(Demo("--folder", tmp_path / "demo", *options))
        return started[-1]

    yield start
    for each in started:
        each.end()


def wait_for(condition, timeout_s=60):
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if (seen := condition()) is not None:
            return seen
        time.sleep(0.5)
    raise AssertionError("it did not happen in time")


DAY = 'sum(increase(sidepanel_requests_total{job="sidepanel"}[1d]))'
ALL_OF_IT = r"All of it is there(.*)"


def test_the_demo_has_a_past_goes_on_live_and_ends_without_a_trace(demo):
    shown = demo("--days", 3)
    children = psutil.Process(shown.process.pid).children(recursive=True)
    shown.read_until(ALL_OF_IT)
    for start in re.findall(r"http://\S+/d/(\S+)", shown.printed):
        with urllib.request.urlopen(f"{shown.url}/api/dashboards/uid/{start}", timeout=10) as response:
            assert json.load(response)["dashboard"]["title"]
    assert shown.printed.count("/d/") == 5
    assert shown.newest(DAY) > 50_000
    assert shown.newest("count(up == 1)") == shown.newest("count(up)") >= 10
    live = "time() - max(timestamp(sidepanel_requests_total))"
    assert wait_for(lambda: shown.newest(f"{live} < 20")) < 20

    shown.process.send_signal(signal.SIGINT)
    shown.process.wait(timeout=15)
    gone, alive = psutil.wait_procs(children, timeout=5)
    assert gone
    assert alive == []


def test_a_later_demo_goes_on_where_the_first_one_ended_even_when_killed_midway(demo):
    first = demo("--pack", "sidepanel", "--days", 20)
    time.sleep(2)
    first.process.kill()
    first.process.wait()
    second = demo("--pack", "sidepanel", "--days", 20)
    second.read_until(ALL_OF_IT)
    gaps = "max_over_time(absent_over_time(up{job='sidepanel'}[5m])[19d:5m])"
    assert second.newest(gaps) is None
    assert second.newest("count_over_time(up{job='sidepanel'}[19d])") > 19 * 1400


def test_a_later_demo_adds_what_happened_meanwhile_and_no_counter_leaps(demo):
    first = demo("--pack", "fluxai", "--days", 1)
    first.read_until(ALL_OF_IT)
    time.sleep(20)  # a scrape or two of the live system
    first.end()
    second = demo("--pack", "fluxai", "--days", 1)
    second.read_until(ALL_OF_IT)
    time.sleep(20)
    hour = second.newest("sum(increase(fluxai_requests_total[1h]))")
    hour_before = second.newest("sum(increase(fluxai_requests_total[1h] offset 1h))")
    assert hour < 4 * hour_before


def test_what_is_played_is_noted_from_the_start_so_that_no_past_is_written_over_it(demo, tmp_path):
    shown = demo("--pack", "sidepanel", "--days", 365)
    shown.read_until("days of their past are being written(.*)")
    noted = wait_for(lambda: _noted(tmp_path / "demo/demo.json"), 5)
    shown.end()
    assert "All of it" not in shown.printed
    assert max(end_ms for _, end_ms in noted["sidepanel"]) > time.time() * 1000


def _noted(file):
    return json.loads(file.read_text())["written"] if file.exists() else None


def test_fresh_forgets_what_demos_have_stored_alone_and_never_that_of_one_that_runs(demo, tmp_path):
    mine = tmp_path / "demo" / "thesis.txt"
    mine.parent.mkdir()
    mine.write_text("years of work")
    first = demo("--pack", "sidepanel", "--days", 1)
    first.read_until(ALL_OF_IT)
    again = [*COMMAND, "--pack", "sidepanel", "--days", "1", "--folder", str(mine.parent)]
    second = subprocess.run([*again, "--fresh"], capture_output=True, text=True, check=False)
    assert (
        f"a demo runs in {tmp_path / 'demo'} already, at {first.url}; another one needs another --folder"
        in second.stderr
    )
    assert first.newest(DAY) > 50_000
    first.end()
    assert mine.read_text() == "years of work"
    other = subprocess.run([*again, "--seed", "2"], capture_output=True, text=True, check=False)
    assert "holds the past of --seed 1; --fresh forgets it" in other.stderr
    fresh = demo("--pack", "sidepanel", "--days", 1, "--seed", 2, "--fresh")
    assert re.search(r"\d", fresh.read_until(ALL_OF_IT))
    assert mine.read_text() == "years of work"


def test_a_busy_port_is_said_and_another_is_taken(demo):
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind(("127.0.0.1", 9090))
            holder.listen()
        except OSError:
            """Somebody holds it already, which serves as well."""
        shown = demo("--pack", "sidepanel", "--days", 1)
    assert "Port 9090 is busy" in shown.printed
    assert not shown.url.endswith(":9090")


def test_two_demos_do_not_share_a_folder(demo, tmp_path):
    first = demo("--pack", "sidepanel", "--days", 1)
    second = subprocess.run([*COMMAND, "--folder", tmp_path / "demo"], capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert (
        f"a demo runs in {tmp_path / 'demo'} already, at {first.url}; another one needs another --folder"
        in second.stderr
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--pack", "sidepannel"], 'there is no system "sidepannel"; did you mean "sidepanel"?'),
        (["--scenario", "sidepanel-error"], 'there is no scenario "sidepanel-error"; did you mean "sidepanel-errors"?'),
        (["--pack", "fluxai", "--scenario", "dinoair-cpu"], "is of dinoair, which is not shown; add --pack dinoair"),
        (["--days", "0"], 'expected a number of days from 1 to 365, not "0"'),
        (["--seed", "-1"], 'expected a whole number from 0 on, of at most 18 digits, not "-1"'),
        (["--folder", "/dev/null"], "/dev/null cannot be used: File exists"),
    ],
)
def test_what_cannot_be_shown_is_refused(options, said, tmp_path):
    ended = subprocess.run([*COMMAND, "--folder", tmp_path, *options], capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert said in ended.stderr


def test_alerts_fire_and_the_inbox_of_the_demo_is_told(demo):
    shown = demo("--pack", "dinoair", "--days", 1)
    inbox = shown.read_until(r"Inbox +(http://[\d.:]+)")

    def told():
        with urllib.request.urlopen(inbox, timeout=10) as response:
            text = response.read().decode()
        return text if "DinoAirHighCPU" in text else None

    assert re.search(r"firing +warning +dinoair +DinoAirHighCPU", wait_for(told, 150))
    with urllib.request.urlopen(f"{shown.url}/health", timeout=10) as response:
        assert json.load(response)["components"]["alerting"]["status"] == "ok"


def test_a_scenario_takes_the_place_of_what_goes_wrong_at_the_start(demo, tmp_path):
    shown = demo("--pack", "dinoair", "--days", 1, "--scenario", "dinoair-errors")
    shown.read_until(ALL_OF_IT)
    assert shown.newest("max(max_over_time(dinoair_cpu_usage_percent[5m]))") < 90
    assert (tmp_path / "demo/demo-alertmanager.yml").exists()
