"""A server that knows Sidepanel on a quiet Sunday: the same numbers every time, in this process or over HTTP."""

from __future__ import annotations

import json
import math
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from watchglass.dashboards.normalise.document import normalise
from watchglass.packs.boards import board_files
from watchglass.packs.pack import read_pack

NOW_MS = 1_795_359_600_000  # 2026-11-22T15:00:00Z
HOUR_S = 3600


def day(low, high, at_hour=15):
    """A number that goes from low to high and back once a day."""

    def value(time_s):
        share = (1 + math.cos((time_s / HOUR_S - at_hour) / 12 * math.pi)) / 2
        return low + (high - low) * share

    return value


def balance(time_s):
    """Full at midnight, and then used up."""
    return 92 - 5.2 * (time_s / HOUR_S % 24) / 1.6


ANSWERS = [
    (r"^clamp_min\(2", [({}, lambda _: 2)]),
    (r"^avg_over_time\(up.* 100$", [({}, lambda _: 99.95)]),
    (r"^avg_over_time\(up", [({}, lambda _: 86_355)]),
    (r'status="error"\}\[24h\]', [({}, lambda _: 3)]),
    (r"^max_over_time\(sum\(sidepanel_ws", [({}, lambda _: 23)]),
    (r"^avg_over_time\(sum\(sidepanel_ws", [({}, lambda _: 12)]),
    (r"ws_active_connections", [({}, day(2, 23))]),
    (r"^max_over_time\(\(sum\(rate", [({}, lambda _: 320)]),
    (r"requests_total\[24h\]\)\) / 1440", [({}, lambda _: 180)]),
    (r"requests_total\[5m\]\)\) \* 60", [({}, day(20, 320))]),
    (r"balance_diem\[1h\]", [({}, lambda _: 5.2)]),
    (r"balance_diem", [({}, balance)]),
    (r"reset_timestamp", [({}, lambda _: 4 * HOUR_S + 23 * 60)]),
    (r"^histogram_quantile\(0.50", [({}, lambda _: 120)]),
    (r"^histogram_quantile\(0.95", [({}, lambda _: 350)]),
    (r"^histogram_quantile\(0.99", [({}, lambda _: 890)]),
    (r'type="prompt"', [({}, lambda _: 45_231)]),
    (r'type="completion"', [({}, lambda _: 23_456)]),
    (r"tokens_total\[", [({}, lambda _: 68_687)]),
    (r"cost_usd_total\[5400.s", [({}, lambda _: 0.045)]),
    (r"cost_usd_total\[57", [({}, lambda _: 0.312)]),
    (r"cost_usd_total", [({}, lambda _: 1.24)]),
    (r"created_total\[86400s\]", [({}, lambda time_s: [12, 8, 14, 18, 11, 3, 5][int(time_s // 86400 + 3) % 7])]),
    (
        r"^topk",
        [({"model": m}, lambda _, v=v: v) for m, v in (("llama-3.3-70b", 65), ("qwen-2.5-72b", 20), ("r1", 15))],
    ),
    (r"created_total", [({}, lambda _: 71)]),
    (r"session_duration_seconds", [({}, lambda _: 23)]),
    (r"session_messages", [({}, lambda _: 12)]),
    (r"session_tokens", [({}, lambda _: 8500)]),
    (r"sessions_active", [({}, lambda _: 3)]),
]


def answer(endpoint, parameters):
    """What the server says to a query."""
    found = next((series for pattern, series in ANSWERS if re.search(pattern, parameters["query"])), [])
    if endpoint == "query":
        time_s = float(parameters["time"])
        rows = [{"metric": labels, "value": [time_s, f"{value(time_s)}"]} for labels, value in found]
        return {"resultType": "vector", "result": rows}
    start_s, end_s, step_s = (float(parameters[name]) for name in ("start", "end", "step"))
    times = [start_s + step_s * at for at in range(int((end_s - start_s) // step_s) + 1)]
    rows = [{"metric": labels, "values": [[at, f"{value(at)}"] for at in times]} for labels, value in found]
    return {"resultType": "matrix", "result": rows}


class Sidepanel:
    """The server in this process."""

    url = "http://there"

    def ask(self, source, endpoint, parameters):
        assert source == "default"
        return answer(endpoint, parameters)


def board(uid):
    """A dashboard of the pack as the server gives it, in UTC."""
    files = {each.uid: each.path for each in board_files(read_pack("sidepanel"))}
    return normalise(json.loads(files[uid].read_text())).dashboard | {"timezone": "utc"}


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        path = urlsplit(self.path).path
        if path == "/api/v1/packs":
            files = board_files(read_pack("sidepanel"))
            boards = [{"uid": each.uid, "title": each.title} for each in files]
            packs = [
                {"name": "sidepanel", "enabled": True, "dashboards": boards},
                {"name": "fluxai", "enabled": False, "dashboards": []},
            ]
            return self._send({"status": "success", "data": {"packs": packs}})
        uid = path.rpartition("/")[2]
        known = {each.uid for each in board_files(read_pack("sidepanel"))}
        if uid not in known:
            return self._send({"message": "Dashboard not found"}, 404)
        return self._send({"dashboard": board(uid) | {"refresh": "1s"}})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        parameters = {name: values[0] for name, values in parse_qs(body).items()}
        self._send({"status": "success", "data": answer(self.path.rpartition("/")[2], parameters)})

    def _send(self, content, status=200):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving():
    """The server over HTTP; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
