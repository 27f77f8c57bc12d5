"""Rules: what evaluating 1,000 of them costs, each a 5-minute rate over 100 of 10,000 series, every 15 s.

Both servers run at once, scrape the same exporter and have the same rule file, added when the windows are filled; scraping
alone is measured before, and what rules cost is the rest. The rules are of three kinds: sums of the rates are recorded, sums
are compared by alerts that stay silent, and, in the second table, each of the 100 rates is recorded: 100,000 series in all.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

from harness import Server, folder, free_port, print_table, prometheus, watchglass

HERE = Path(__file__).parent
SERIES, RULES, INTERVAL_S, GROUPS = 10_000, 1_000, 15, 20
WINDOW_S = 300
GOAL = 0.5

CONFIG = """\
global: {{scrape_interval: 15s, evaluation_interval: 15s}}
rule_files: [rules-*.yml]
scrape_configs:
- job_name: bench
  honor_labels: true
  static_configs: [{{targets: ['127.0.0.1:{port}']}}]
"""


def selector(number: int) -> str:
    """100 of the exporter's series: half of the 200 of one metric."""
    metric, half = number % 50, number // 50 % 2
    hosts = [metric + 50 * turn for turn in ((0, 1), (2, 3))[half]]
    return f'bench_{metric}{{instance=~"{"|".join(f"10[.]0[.]{host}[.]1:9100" for host in hosts)}"}}'


def rule(number: int, *, each: bool) -> str:
    """One rule in YAML: an alert every fifth."""
    rate = f"rate({selector(number)}[5m])"
    own = f"labels: {{rule: 'r{number}'}}"
    if each:
        return f"  - {{record: bench:rate, expr: '{rate}', {own}}}\n"
    if number % 5 == 0:
        return f"  - {{alert: Bench, expr: 'sum({rate}) > 1e15', for: 1m, {own}}}\n"
    return f"  - {{record: bench:rate:sum, expr: 'sum({rate})', {own}}}\n"


def rule_file(*, each: bool) -> str:
    """All rules, in groups of equal size."""
    groups = []
    for group in range(GROUPS):
        numbers = range(group * RULES // GROUPS, (group + 1) * RULES // GROUPS)
        groups.append(f"- name: g{group}\n  rules:\n" + "".join(rule(number, each=each) for number in numbers))
    return "groups:\n" + "".join(groups)


def value(server: Server, query: str) -> float:
    """The one value of a query; 0 where there is none."""
    result = json.loads(server.get("/api/v1/query?query=" + urllib.parse.quote(query)))["data"]["result"]
    return float(result[0]["value"][1]) if result else 0.0


def share(servers: list[Server], seconds: float) -> list[float]:
    """Of one processor, what each server takes for so long."""
    before = [server.cpu_seconds() for server in servers]
    began = time.monotonic()
    time.sleep(seconds)
    passed = time.monotonic() - began
    return [(server.cpu_seconds() - old) / passed for server, old in zip(servers, before, strict=True)]


def health(server: Server) -> tuple[int, int]:
    """How many rules were evaluated well, and how many were not."""
    groups = json.loads(server.get("/api/v1/rules"))["data"]["groups"]
    states = [each["health"] for group in groups for each in group["rules"]]
    return states.count("ok"), len(states) - states.count("ok")


def measure(warm_s: float, seconds: float, *, each: bool) -> list[list[object]]:
    """One table's rows."""
    port = free_port()
    exporter = subprocess.Popen([sys.executable, str(HERE / "exporter.py"), str(port), str(SERIES)])
    try:
        with folder() as path:
            config = path / "prometheus.yml"
            config.write_text(CONFIG.format(port=port))
            with prometheus(config, path / "p") as theirs, watchglass(config, path / "w") as ours:
                return compare([theirs, ours], path, warm_s, seconds, each=each)
    finally:
        exporter.terminate()
        exporter.wait()


def compare(servers: list[Server], path: Path, warm_s: float, seconds: float, *, each: bool) -> list[list[object]]:
    """Fill the windows, measure without rules, add them, measure again."""
    time.sleep(max(0.0, warm_s - seconds))
    idle = share(servers, seconds)
    (path / "rules-all.yml").write_text(rule_file(each=each))
    for server in servers:
        server.process.send_signal(signal.SIGHUP)
    time.sleep(2 * INTERVAL_S + 5)
    busy = share(servers, seconds)
    rows: list[list[object]] = []
    for server, before, after in zip(servers, idle, busy, strict=True):
        good, bad = health(server)
        recorded = value(server, 'count({__name__=~"bench:rate.*"})')
        rows.append(
            [server.name, good, bad, int(recorded), before * 100, (after - before) * 100, server.rss_bytes() / 1e6]
        )
    return rows


def run(*, quick: bool) -> None:
    """Print the tables."""
    columns = ["server", "rules ok", "not", "series recorded", "% of a core, scraping", "% of a core, rules", "RSS MB"]
    warm_s, seconds = (60.0, 30.0) if quick else (WINDOW_S + 30.0, 90.0)
    title = f"{RULES} rules every {INTERVAL_S} s, each a rate over 5 minutes of 100 of {SERIES} series"
    print_table(f"{title} (goal: {GOAL:.0%} of a core)", columns, measure(warm_s, seconds, each=False))
    if not quick:
        print_table(f"{title}, every rate recorded", columns, measure(warm_s, seconds, each=True))
