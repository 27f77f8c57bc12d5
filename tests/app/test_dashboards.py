"""Saved dashboards in a real process: the guides' own commands, folders on disk, restarts, backups and a broken file."""

import json
import re
import shutil
import signal
import subprocess
import sys
import threading

import httpx
import pytest

SIDEPANEL = """\
apiVersion: 1
providers:
  - name: 'Sidepanel'
    folder: 'Sidepanel'
    type: file
    updateIntervalSeconds: 1
    options:
      path: boards
"""
BOARD = {"uid": "chat", "title": "Chat app", "panels": [{"type": "stat", "targets": [{"expr": "up"}]}]}


def save(server, board=None, **envelope):
    answer = server.http.post("/api/dashboards/db", json={"dashboard": board or BOARD, **envelope})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_commands_of_the_guide_run_unchanged(launch, tmp_path):
    server = launch().wait_ready()
    host = f"http://admin:admin@localhost:{server.port}"
    folder = tmp_path / "monitoring/grafana"
    folder.mkdir(parents=True)
    (folder / "hybrid-ai-stack-dashboard.json").write_text(
        json.dumps({"dashboard": BOARD, "overwrite": True}, indent=2)
    )

    command = f"""\
curl -s -X POST {host}/api/dashboards/db \\
  -H "Content-Type: application/json" \\
  -d @monitoring/grafana/hybrid-ai-stack-dashboard.json
curl {host}/api/dashboards/export > dashboards-backup.json
"""
    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True)

    assert json.loads(done.stdout)["status"] == "success"
    exported = json.loads((tmp_path / "dashboards-backup.json").read_text())
    assert [item["dashboard"] for item in exported["dashboards"]] == [BOARD]


def test_what_was_saved_is_there_after_kill_9_and_in_a_backup(launch, tmp_path):
    server = launch().wait_ready()
    save(server)
    server.http.post("/api/annotations", json={"text": "deployed"})
    server.stop(signal.SIGKILL)

    server = launch().wait_ready()
    assert server.http.get("/api/dashboards/uid/chat").json()["dashboard"]["title"] == "Chat app"
    command = [sys.executable, "-m", "watchglass", "backup", "copy", "--data", "data"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert re.match(r"\d+KB from ", done.stdout)
    server.stop()

    copy = launch("--data", str(tmp_path / "copy")).wait_ready()
    assert copy.http.get("/api/v1/watchglass/dashboards/chat/original").json() == BOARD
    assert [event["text"] for event in copy.http.get("/api/annotations").json()] == ["deployed"]


def test_folders_on_disk_are_followed_and_what_is_broken_is_named(launch, tmp_path, waiting):
    boards = tmp_path / "provisioning/boards"
    boards.mkdir(parents=True)
    (boards.parent / "sidepanel.yml").write_text(SIDEPANEL)
    (boards / "overview.json").write_text(json.dumps({"dashboard": {"title": "Sidepanel Overview", "uid": "side"}}))
    server = launch("--dashboards.provisioning", "provisioning").wait_ready()

    def title():
        return server.http.get("/api/dashboards/uid/side").json().get("dashboard", {}).get("title")

    waiting(lambda: title() == "Sidepanel Overview")
    (hit,) = server.http.get("/api/search", params={"dashboardUIDs": "side"}).json()
    assert (hit["folderTitle"], hit["provisioned"]) == ("Sidepanel", True)
    (boards / "overview.json").write_text(json.dumps({"title": "Changed", "uid": "side"}))
    waiting(lambda: title() == "Changed")
    (boards / "overview.json").write_text("{")
    health = lambda: server.http.get("/health").json()["components"]["dashboards"]  # noqa: E731
    waiting(lambda: health()["status"] == "degraded")
    assert "overview.json: bad request data: it is not JSON" in health()["detail"]
    assert title() == "Changed"
    waiting(lambda: "a dashboard on disk is not taken" in server.log)
    assert 'watchglass_dashboards{origin="provisioned"} 1.0' in server.http.get("/metrics").text


def test_plain_folders_take_effect_with_a_reload(launch, tmp_path, waiting):
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain/a.json").write_text('{"title": "A", "uid": "a"}')
    settings = tmp_path / "watchglass.yml"
    settings.write_text("log:\n  level: info\n")
    server = launch().wait_ready()
    assert server.http.get("/api/dashboards/uid/a").status_code == 404

    settings.write_text("dashboards:\n  folders: [plain]\n")
    assert server.http.post("/-/reload").status_code == 200
    assert server.http.get("/api/dashboards/uid/a").status_code == 200
    assert "takes effect after a restart" not in server.log


def test_a_broken_file_of_what_was_saved_stops_nothing_else(launch, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/meta.db").write_bytes(b"this is no database" * 500)
    server = launch().wait_ready()

    components = server.http.get("/health").json()["components"]
    assert (components["dashboards"]["status"], components["store"]["status"]) == ("failed", "ok")
    assert "meta.db is damaged" in components["dashboards"]["detail"]
    assert server.http.get("/api/dashboards/uid/this-machine").status_code == 200
    answer = server.http.post("/api/dashboards/db", json=BOARD)
    assert (answer.status_code, "meta.db is damaged" in answer.json()["message"]) == (500, True)


def test_twenty_megabytes_are_refused_and_the_setting_is_named(launch):
    server = launch().wait_ready()
    body = json.dumps(BOARD | {"pad": "x" * 20_000_000})

    answer = server.http.post("/api/dashboards/db", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, "dashboards.size_limit" in answer.json()["message"]) == (413, True)
    raised = launch("--dashboards.size-limit", "32MB", "--data", "other").wait_ready()
    assert (
        raised.http.post("/api/dashboards/db", content=body, headers={"Content-Type": "application/json"}).status_code
        == 200
    )


def test_many_who_save_at_once_lose_nothing(launch):
    server = launch().wait_ready()
    save(server)
    outcomes = []

    def edit(name):
        with httpx.Client(base_url=server.url, timeout=20) as http:
            while True:
                board = http.get("/api/dashboards/uid/chat").json()["dashboard"]
                board["tags"] = [*board.get("tags", []), name]
                answer = http.post("/api/dashboards/db", json={"dashboard": board})
                outcomes.append(answer.status_code)
                if answer.status_code == 200:
                    return

    threads = [threading.Thread(target=edit, args=(f"t{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    board = server.http.get("/api/dashboards/uid/chat").json()["dashboard"]

    assert sorted(board["tags"]) == [f"t{number}" for number in range(8)]
    assert board["version"] == 9
    assert set(outcomes) <= {200, 412}
