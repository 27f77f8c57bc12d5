"""Packs in a running server: their jobs and dashboards, one that is broken, and what a reload changes."""

import json

PACK = "title: Mine\nabout: My own.\njobs: {mine: {scrape_interval: 1s}}\n"
METRICS = "metrics:\n- {name: watchglass_x, type: gauge, unit: things, help: Things}\n"
BOARD = {"uid": "mine-main", "title": "Mine", "panels": [{"type": "stat", "targets": [{"expr": "watchglass_x"}]}]}


def write_own(folder, text=PACK):
    (folder / "own/dashboards").mkdir(parents=True, exist_ok=True)
    (folder / "own/pack.yaml").write_text(text)
    (folder / "own/metrics.yaml").write_text(METRICS)
    (folder / "own/dashboards/main.json").write_text(json.dumps(BOARD))


def test_packs_are_scraped_and_shown_without_a_prometheus_yml(launch, waiting, tmp_path):
    write_own(tmp_path)
    server = launch("--pack", "./own", "--pack", "sidepanel", "--pack", "./nothing", "--no-host.enabled")
    server.wait_ready()
    health = waiting(lambda: server.http.get("/health").json()["components"].get("packs"))
    assert (health["status"], health["packs"]) == ("degraded", 2)
    assert "nothing: there is no such folder" in health["detail"]
    assert "job mine is not scraped: say where it is with pack.targets: mine=HOST:PORT" in server.log

    hits = {hit["uid"]: hit for hit in server.http.get("/api/search").json()}
    assert hits["pack-own"]["type"] == "dash-folder"
    assert hits["mine-main"]["folderUid"] == "pack-own"
    meta = server.http.get("/api/dashboards/uid/mine-main").json()["meta"]
    assert (meta["folderTitle"], meta["canSave"]) == ("Mine", False)
    folder = server.http.get("/api/folders/pack-own").json()
    assert (folder["title"], folder["canSave"]) == ("Mine", False)
    assert server.http.get("/api/folders/pack-nothing").status_code == 404
    refused = server.http.post("/api/dashboards/db", json={"dashboard": BOARD, "overwrite": True})
    assert refused.status_code == 400


def test_a_reload_follows_the_settings_and_the_files_of_packs(launch, waiting, tmp_path):
    write_own(tmp_path)
    settings = tmp_path / "watchglass.yml"
    settings.write_text("host: {enabled: false}\n")
    server = launch().wait_ready()
    assert "mine-main" not in server.http.get("/api/search").text

    settings.write_text(
        f'packs: [./own]\npack: {{targets: ["mine=127.0.0.1:{server.port}"]}}\nhost: {{enabled: false}}\n'
    )
    server.http.post("/-/reload").raise_for_status()
    assert "mine-main" in server.http.get("/api/search").text
    waiting(lambda: server.values('up{job="mine"}') == {
        (("instance", f"127.0.0.1:{server.port}"), ("job", "mine")): 1.0
    })  # fmt: skip

    write_own(tmp_path, PACK + "strange: 1\n")
    server.http.post("/-/reload").raise_for_status()
    assert (
        'own/pack.yaml:4: unknown key "strange"' in server.http.get("/health").json()["components"]["packs"]["detail"]
    )
    assert "mine-main" not in server.http.get("/api/search").text


def test_series_beyond_a_limit_are_left_out_counted_and_shown(launch, waiting, tmp_path):
    write_own(tmp_path)
    server = launch("--pack", "./own", "--no-host.enabled", "--scrape.series-per-metric", "3")
    server.wait_ready()
    settings = tmp_path / "watchglass.yml"
    settings.write_text(f'pack: {{targets: ["mine=127.0.0.1:{server.port}"]}}\n')
    server.http.post("/-/reload").raise_for_status()
    shown = waiting(lambda: server.http.get("/api/v1/watchglass/cardinality").json()["data"]["leftOut"])
    assert (shown[0]["job"], shown[0]["value"] > 0) == ("mine", True)
    many = 'count by (__name__) ({job="mine"}) > 3'
    assert server.values(many) == {}

    def agree():
        """The counter is read at a scrape, the page now: they are equal where no series came between."""
        counted = server.values("watchglass_scrape_series_left_out_total > 0")
        shown = server.http.get("/api/v1/watchglass/cardinality").json()["data"]["leftOut"]
        return bool(counted) and next(iter(counted.values())) == sum(row["value"] for row in shown)

    assert waiting(agree)
    assert "a target has more series than its limits allow" in server.log
