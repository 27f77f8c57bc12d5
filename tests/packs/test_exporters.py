"""The Awareness Network with Debian's Redis, PostgreSQL and exporters: what its dashboard draws of them."""

from __future__ import annotations

import json
import os
import re
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from peer_servers import Redis, exporter, free_port, is_ready, listens, postgres, running, wait_until

redis = pytest.importorskip("redis", reason="could not import redis")
pytest.importorskip("sqlalchemy", reason="could not import sqlalchemy")
pytest.importorskip("psycopg", reason="could not import psycopg")

pytestmark = [pytest.mark.real, pytest.mark.slow]

HERE = Path(__file__).parent
GUIDE = (HERE.parents[1] / "src/watchglass/packs/awareness_network/as_written/prometheus.yml").read_text()
UID = "awareness-main"
ROWS = ("Database", "Redis", "System")


class Server:
    """`watchglass up` on the guide's scrape file."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, **parameters: str):
        query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        with urllib.request.urlopen(f"{self.url}{path}{query}", timeout=20) as answer:
            return json.load(answer)

    def values(self, expression: str) -> dict[tuple[tuple[str, str], ...], float]:
        """Values by their labels, less the name."""
        result = self.ask("/api/v1/query", query=expression)["data"]["result"]
        return {
            tuple(sorted((key, value) for key, value in row["metric"].items() if key != "__name__")): float(
                row["value"][1]
            )
            for row in result
        }

    def panels(self) -> dict[tuple[str, str], str]:
        """The expressions of the dashboard, as it is drawn, by row and title."""
        found, row = {}, ""
        for panel in self.ask(f"/api/dashboards/uid/{UID}")["dashboard"]["panels"]:
            row = panel["title"] if panel["type"] == "row" else row
            for each in [panel, *panel.get("panels", [])]:
                for target in each.get("targets", []):
                    found[row, each["title"]] = target["expr"].replace("$__range", "5m")
        return found


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    server = Redis(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory, cache):
    """Everything that the guide's scrape file names, at addresses of our own, and Watchglass watching it.

    Beside it a Hybrid AI Stack, whose gateway counts under the very same names.
    """
    folder, port = tmp_path_factory.mktemp("exporters"), free_port()
    app, gateway = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    with (
        postgres() as database,
        exporter("prometheus-redis-exporter", environ={"REDIS_ADDR": cache.url}) as of_redis,
        exporter(
            "prometheus-postgres-exporter", environ={"DATA_SOURCE_NAME": database.url() + "?sslmode=disable"}
        ) as of_postgres,
        exporter("prometheus-node-exporter", "--log.level=error") as of_host,
    ):
        environ = {"REDIS_URL": cache.url, "DATABASE_URL": database.url("+psycopg"), "PROMETHEUS_ENABLED": "true"}
        places = {"5000": app, "9100": of_host, "9187": of_postgres, "9121": of_redis}
        config = folder / "prometheus.yml"
        scraped = re.sub(r"localhost:(\d+)", lambda match: places[match[1]], GUIDE)
        config.write_text(re.sub(r"scrape_interval: \d+s", "scrape_interval: 1s", scraped))
        command = [
            sys.executable, "-m", "watchglass", "up", "--config", str(config), "--data", str(folder / "data"),
            "--listen", f"127.0.0.1:{port}", "--pack", "awareness_network",
            "--pack", "hybrid_ai_stack", "--pack.targets", f"api-gateway={gateway}",
        ]  # fmt: skip
        with (
            running(application(app), env=os.environ | environ),
            running(
                application(gateway), env=os.environ | environ | {"DATABASE_URL": f"sqlite:///{folder}/gateway.db"}
            ),
            running(command, cwd=folder),
        ):
            wait_until(lambda: is_ready(port) and reachable(app) and reachable(gateway), "a start")
            visit((app, gateway), seconds=4)
            server = Server(f"http://127.0.0.1:{port}")
            wait_until(lambda: len(server.values("rate(redis_commands_total[1m])")) > 3, "a second scrape")
            yield server


def application(address: str) -> list[str]:
    return [sys.executable, str(HERE / "awareness_app.py"), address.rpartition(":")[2]]


def reachable(address: str) -> bool:
    return listens(int(address.rpartition(":")[2]))


def visit(addresses: tuple[str, ...], seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for address in addresses:
            with urllib.request.urlopen(f"http://{address}/home", timeout=20) as answer:
                answer.read()
        time.sleep(0.02)


def test_all_of_the_guides_jobs_are_up(server):
    up = {dict(labels)["job"]: value for labels, value in server.values("up").items()}
    assert {job: up[job] for job in up if job not in {"node", "ollama", "watchglass"}} == {
        "api-gateway": 1, "awareness-network": 1, "node-exporter": 1, "postgres-exporter": 1, "redis-exporter": 1,
    }  # fmt: skip


def test_memory_of_redis_is_what_redis_says(server, cache):
    expression = server.panels()["Redis", "Memory Usage"]
    ((labels, value),) = server.values(expression).items()
    with redis.Redis.from_url(cache.url) as client:
        used = client.info("memory")["used_memory"]

    assert dict(labels)["job"] == "redis-exporter"
    assert value == pytest.approx(used, rel=0.2)


def test_the_applications_commands_are_not_mixed_with_the_exporters(server):
    both = server.values("count by (job) (redis_commands_total)")
    drawn = server.values(server.panels()["Redis", "Command Rate"])

    assert {dict(labels)["job"] for labels in both} == {"api-gateway", "awareness-network", "redis-exporter"}
    assert {dict(labels)["command"] for labels in drawn} == {"get", "set"}
    mixed = server.values("sum by (command) (rate(redis_commands_total[5m]))")
    assert len(mixed) == len(drawn) + 1, "what the guide asks has the exporter's commands in a series without the label"


def test_two_systems_with_the_same_names_are_not_mixed(server):
    for name in ("http_requests_total", "db_query_total", "redis_connected", "process_heap_bytes"):
        jobs = {dict(labels)["job"] for labels in server.values(f"count by (job) ({name})")}
        assert {"api-gateway", "awareness-network"} <= jobs, name
    drawn = {place: server.values(expression) for place, expression in server.panels().items()}

    seen = {dict(labels).get("job") for values in drawn.values() for labels in values}
    assert seen == {None, "awareness-network", "redis-exporter"}  # None where a panel adds up
    ((_, rate),) = server.values('sum(rate(redis_commands_total{job="awareness-network"}[5m]))').items()
    assert sum(drawn["Redis", "Command Rate"].values()) == pytest.approx(rate, rel=0.3)


def test_panels_of_database_redis_and_process_are_filled(server):
    drawn = {place: server.values(expression) for place, expression in server.panels().items() if place[0] in ROWS}
    empty = {title for (_, title), values in drawn.items() if not values}

    # No statement has failed, and this application has no event loop.
    assert empty == {"DB Errors", "Event Loop Lag"}
    assert all(value >= 0 for values in drawn.values() for value in values.values())
    assert set(drawn["Database", "Connection Pool"].values()) <= {0, 1}
    assert list(drawn["Redis", "Connected"].values()) == [1]
    assert 0.5 < next(iter(drawn["Redis", "Cache Hit Rate"].values())) < 1
    for title in ("Memory Usage", "Heap Usage", "CPU Usage"):
        assert {dict(labels).get("job") for labels in drawn["System", title]} == {"awareness-network"}, title


def test_postgres_and_host_are_there_to_be_asked(server):
    assert list(server.values("pg_up").values()) == [1]
    assert server.values('node_memory_MemAvailable_bytes{job="node-exporter"}')
