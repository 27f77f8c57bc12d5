"""Dashboards drawn from a server elsewhere, and what a page says when that server goes."""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager

import pytest
from e2e_server import ask, free_port, running, wait_until
from editing_support import board, post, save_all
from playwright.sync_api import expect

pytestmark = [pytest.mark.real, pytest.mark.slow]

VICTORIA_METRICS = shutil.which("victoria-metrics")
PROMETHEUS = shutil.which("prometheus")
PANELS = """() => [...document.querySelectorAll('[data-panel]')].map(panel => ({
  title: panel.querySelector('h2')?.innerText,
  state: panel.innerText.includes('No data') ? 'empty' : panel.querySelector('[role=alert]') ? 'failed'
    : panel.querySelector('[aria-label=Loading]') ? 'loading' : 'drawn',
}))"""


@contextmanager
def asking(url: str, folder, *more: str):
    """`watchglass up` that collects nothing and asks the server at `url`."""
    port = free_port()
    nothing = ("--no-host.enabled", "--no-gpu.enabled", "--no-scrape.self")
    command = ("watchglass", "up", "--data", f"{folder}/data", "--listen", f"127.0.0.1:{port}", *nothing, *more)
    log = folder / "server.log"
    with running("env", f"PROMETHEUS_URL={url}", sys.executable, "-m", *command, log=log):
        own = f"http://127.0.0.1:{port}/"
        answers = lambda: ask(f"{own}api/datasources")[0]["watchglass"]["state"] == "up"  # noqa: E731
        wait_until(answers, "an answer of the source")
        yield own


def exposition(url: str) -> str:
    """All samples of a server's last half hour, as text with timestamps."""
    query = urllib.parse.urlencode({"query": '{__name__=~".+"}[30m]'})
    lines = []
    for series in ask(f"{url}api/v1/query?{query}")["data"]["result"]:
        labels = series["metric"]
        name = labels.pop("__name__")
        text = ",".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in labels.items())
        lines += [f"{name}{{{text}}} {value} {round(seconds * 1000)}\n" for seconds, value in series["values"]]
    return "".join(lines)


@pytest.mark.skipif(VICTORIA_METRICS is None, reason="apt-get install victoria-metrics")
def test_the_shipped_dashboards_are_drawn_from_victoria_metrics(server, chromium, tmp_path):
    began_ms = int(time.time() * 1000)
    samples = f"{server.url}api/v1/query?query=count_over_time(node_load1[5m])"
    wait_until(lambda: int(ask(samples)["data"]["result"][0]["value"][1]) >= 40, "40 s of samples", 90)
    port = free_port()
    address = f"127.0.0.1:{port}"
    arguments = (f"-storageDataPath={tmp_path}/vm", f"-httpListenAddr={address}", "-retentionPeriod=100y")
    with running(VICTORIA_METRICS, *arguments):
        wait_until(lambda: urllib.request.urlopen(f"http://{address}/health", timeout=5), "VictoriaMetrics")
        text = exposition(server.url).encode()
        urllib.request.urlopen(f"http://{address}/api/v1/import/prometheus", data=text, timeout=60).close()
        urllib.request.urlopen(f"http://{address}/internal/force_flush", timeout=60).close()
        with asking(f"http://{address}", tmp_path) as url:
            hits = {hit["uid"]: hit for hit in ask(f"{url}api/search")}
            assert {"this-machine", "auto-node", "auto-chat"} <= hits.keys()
            page = chromium.new_page(viewport={"width": 1280, "height": 6000})
            span = f"from={began_ms - 60_000}&to={int(time.time() * 1000)}"
            for uid in ("this-machine", "auto-node", "auto-chat"):
                page.goto(f"{url}d/{uid}?{span}")
                page.get_by_role("button", name="Runtime and scraping").or_(
                    page.locator("[data-panel]")
                ).first.wait_for()
                for row in reversed(page.locator("h2 button[aria-expanded=false]").all()):
                    row.click()
                wait_until(lambda: not [each for each in page.evaluate(PANELS) if each["state"] == "loading"], uid)
                states = page.evaluate(PANELS)
                assert len(states) > 10
                assert [each for each in states if each["state"] != "drawn"] == [], uid
                assert page.get_by_label("Asked from Prometheus").count() == 1
            page.close()


@contextmanager
def prometheus(folder, port: int):
    """Debian's Prometheus scraping itself, at a port that stays its own."""
    config = folder / "prometheus.yml"
    config.write_text(
        "global: {scrape_interval: 1s}\nscrape_configs:\n- job_name: prom\n  static_configs:\n"
        f"  - targets: ['127.0.0.1:{port}']\n"
    )
    url = f"http://127.0.0.1:{port}"
    command = (PROMETHEUS, f"--config.file={config}", f"--storage.tsdb.path={folder}/prom")
    with running(*command, f"--web.listen-address=127.0.0.1:{port}") as process:
        drawable = f"{url}/api/v1/query?query=count_over_time(up[1m])>4"
        wait_until(lambda: ask(drawable)["data"]["result"], "five scrapes")
        yield process


@pytest.mark.skipif(PROMETHEUS is None, reason="apt-get install prometheus")
@pytest.mark.parametrize(("width", "theme"), [(1280, "dark"), (390, "light")])
def test_a_page_tells_when_its_source_goes_and_goes_on_when_it_is_back(chromium, tmp_path, width, theme):
    port = free_port()
    with prometheus(tmp_path, port) as process, asking(f"http://127.0.0.1:{port}", tmp_path) as url:
        wait_until(lambda: "auto-prom" in {hit["uid"] for hit in ask(f"{url}api/search")}, "the job", 60)
        page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
        page.goto(f"{url}d/auto-prom?refresh=2s")
        page.locator("[data-panel] canvas").first.wait_for()
        notice = page.get_by_role("status").filter(has_text="has not answered since")
        assert notice.count() == 0

        process.kill()
        process.wait()
        notice.wait_for(timeout=20_000)
        assert f"http://127.0.0.1:{port}: Connection refused" in notice.inner_text()
        assert page.locator("[data-panel] canvas").count() > 0, "what is known stays on the page"
        page.reload()
        page.locator("[data-panel] [role=alert]").first.wait_for()
        said = {" ".join(text.split()) for text in page.locator("[data-panel] [role=alert]").all_inner_texts()}
        assert said == {"No answer Its source does not answer."}, "what there is to say, the notice says once"
        assert re.search(r"since \d\d:\d\d [A-Z]{2,}", notice.inner_text())
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

        with prometheus(tmp_path, port):
            notice.wait_for(state="hidden", timeout=30_000)
            page.locator("[data-panel] canvas").first.wait_for(timeout=10_000)
            wait_until(lambda: page.locator("[data-panel] [role=alert]").count() == 0, "an answer in every panel")
        page.close()


def test_a_query_an_annotation_and_a_variable_choose_among_the_sources(server, chromium, tmp_path):
    holds = {"name": "ds", "type": "datasource", "query": "prometheus"}
    jobs = {"name": "job", "type": "query", "query": "label_values(up, job)"}
    with asking(server.url.rstrip("/"), tmp_path) as url:
        lists = {"list": [{"name": "Restarts", "expr": "up == 0"}]}
        document = board("chosen", templating={"list": [holds, jobs]}, annotations=lists)
        document["panels"][0]["targets"].append({"refId": "B", "expr": "node_load5"})
        post(f"{url}api/dashboards/db", {"dashboard": document})
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{url}d/chosen?edit&editPanel=1")
        page.locator("[data-panel='1'] canvas").wait_for()
        with page.expect_request(re.compile("/uid/embedded/")):
            page.get_by_label("Data source of query B").select_option("embedded")
        page.get_by_label("Data source of query A").select_option("$ds")
        page.get_by_role("button", name="Back to the dashboard").click()
        page.get_by_role("button", name="Settings").click()
        dialog = page.get_by_role("dialog")
        for tab, entry in (("Variables", "$job"), ("Annotations", "Restarts")):
            dialog.get_by_role("tab", name=tab).click()
            dialog.get_by_role("button", name=re.compile(f"^{re.escape(entry)}")).click()
            dialog.get_by_label("Data source", exact=True).select_option("embedded")
        dialog.get_by_role("button", name="Done").click()
        save_all(page)
        page.wait_for_url(re.compile(r"/d/chosen/[\w-]+"))
        saved = ask(f"{url}api/dashboards/uid/chosen")["dashboard"]
        here = {"type": "prometheus", "uid": "embedded"}
        first = saved["panels"][0]
        assert first["datasource"]["uid"] == "-- Mixed --"
        assert [target["datasource"] for target in first["targets"]] == [{"type": "prometheus", "uid": "${ds}"}, here]
        assert saved["templating"]["list"][1]["datasource"] == here
        assert saved["annotations"]["list"][0]["datasource"] == here
        expect(page.locator("[data-panel='2'] canvas")).to_be_visible()
        page.close()
