"""An exporter of N series for the ingest benchmark: `python benchmarks/exporter.py PORT SERIES`.

The mix is that of the storage benchmark: busy counters, idle counters, gauges with two decimals, floats, buckets and
constants, with six labels each. Bodies are made ahead and served in turn, so that the exporter itself costs little.
"""

from __future__ import annotations

import http.server
import random
import sys

BODIES = 12


def label_text(number: int) -> str:
    """Six labels, as a gateway's series have them."""
    return (
        f'instance="10.0.{number % 200}.1:9100",job="gateway",model="model-{number % 17}",'
        f'method="POST",path="/v1/chat/{number % 31}",shard="{number}"'
    )


def body(series: int, turn: int) -> bytes:
    """The exposition of one turn."""
    lines = []
    values = random.Random(turn)
    for number in range(series):
        kind = number % 20
        if kind < 8:
            value: float = 1000 * number + turn * (number % 97)
        elif kind < 11:
            value = round(50 + 40 * values.random(), 2)
        elif kind < 12:
            value = values.random()
        else:
            value = number
        lines.append(f"bench_{number % 50}{{{label_text(number)}}} {value!r}")
    return ("\n".join(lines) + "\n").encode()


def main() -> None:
    """Serve until ended."""
    port, series = int(sys.argv[1]), int(sys.argv[2])
    bodies = [body(series, turn) for turn in range(BODIES)] if series else [b""]
    served = 0

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            nonlocal served
            content = bodies[served % len(bodies)]
            served += 1
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main()
