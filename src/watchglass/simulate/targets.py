"""The simulated systems as programs that are scraped: played by the clock, each job behind a port of its own.

Run as a program it reads what to play from standard input as one line of JSON, answers with the addresses as another, and
ends when its input ends. Who asks for an inbox has one beside them, which takes what alerting sends.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, disable_created_metrics, make_wsgi_app

from watchglass.clock import Clock, SystemClock
from watchglass.simulate.inbox import Inbox
from watchglass.simulate.player import Player
from watchglass.simulate.run import Fault
from watchglass.simulate.systems import SYSTEMS

HOST = "127.0.0.1"
INBOX = "inbox"
"""The name among the addresses of what takes notifications; no job is called so."""
TICK_S = 0.25
"""How often events are told."""
BEGIN_S = 8.0
"""How long who asks waits for a system that is simulated first."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Server(ThreadingMixIn, WSGIServer):
    """Answers several at once, so that one who reads slowly keeps nobody waiting."""

    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that the caller knows
        """Say nothing of each scrape."""


class Targets:
    """Simulated systems that can be scraped until they are closed.

    Args:
        systems: names of packs.
        seed: what chance begins with.
        clock: when what happens.
        faults: what goes wrong, by system.
        inbox: whether there is one.
    """

    def __init__(
        self,
        systems: Sequence[str],
        seed: int,
        clock: Clock,
        faults: Mapping[str, Sequence[Fault]] | None = None,
        *,
        inbox: bool = False,
    ) -> None:
        self._clock, self._seed, self._faults = clock, seed, faults or {}
        self._servers: dict[str, WSGIServer] = {}
        self._players: dict[str, Player] = {}
        self._begun = {name: threading.Event() for name in systems}
        self._end = threading.Event()
        registries = {name: self._open(name) for name in systems}
        if inbox:
            self._listen(INBOX, Inbox(clock))
        threading.Thread(target=self._play, args=(registries,), name="simulated", daemon=True).start()

    @property
    def addresses(self) -> dict[str, str]:
        """Of each job, and of the inbox, `host:port`."""
        return {job: f"{HOST}:{server.server_port}" for job, server in self._servers.items()}

    def close(self) -> None:
        """Answer nobody any more."""
        self._end.set()
        for server in self._servers.values():
            server.shutdown()
            server.server_close()

    def _open(self, name: str) -> dict[str, CollectorRegistry]:
        """Listen for each job of a system; who asks before it is simulated waits."""
        registries = {job: CollectorRegistry() for job in SYSTEMS[name].effects}
        for job, registry in registries.items():
            answer = _ollama(registry) if job == "ollama" else make_wsgi_app(registry)
            self._listen(job, self._while_in(name, job, answer))
        return registries

    def _listen(self, name: str, application: Application) -> None:
        server = make_server(HOST, 0, application, _Server, _Silent)
        threading.Thread(target=server.serve_forever, name=name, daemon=True).start()
        self._servers[name] = server

    def _while_in(self, name: str, job: str, answer: Application) -> Application:
        """What a job answers, and an error while it is out."""

        def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
            begun = self._begun[name].wait(BEGIN_S)
            if not begun or self._players[name].is_out(job, self._clock.now_ms()):
                start("503 Service Unavailable", [("Content-Type", "text/plain")])
                return [b"out of order\n"]
            return answer(environ, start)

        return application

    def _play(self, registries: Mapping[str, Mapping[str, CollectorRegistry]]) -> None:
        for name, of_jobs in registries.items():
            faults = self._faults.get(name, ())
            self._players[name] = Player(SYSTEMS[name], of_jobs, self._seed, self._clock.now_ms(), faults)
            self._begun[name].set()
        while not self._end.wait(TICK_S):
            for player in self._players.values():
                player.advance(self._clock.now_ms())


def _ollama(registry: CollectorRegistry) -> Application:
    """Answers as Ollama does: its root says that it runs, `/api/ps` which models it holds.

    Source: Ollama, docs/api.md.
    """
    names = ("tinyllama:latest", "phi2:latest")

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/api/ps":
            loaded = int(registry.get_sample_value("ollama_models_loaded") or 0)
            body = json.dumps({"models": [{"name": name, "model": name} for name in names[:loaded]]})
        elif environ["PATH_INFO"] == "/api/tags":
            body = json.dumps({"models": [{"name": name, "model": name} for name in names]})
        else:
            start("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"Ollama is running"]
        start("200 OK", [("Content-Type", "application/json; charset=utf-8")])
        return [body.encode()]

    return application


def _asked(line: str) -> Iterator[Any]:
    asked = json.loads(line)
    yield asked["systems"]
    yield asked["seed"]
    yield {name: [Fault(*fault) for fault in faults] for name, faults in asked.get("faults", {}).items()}
    yield asked.get("inbox", False)


def main() -> None:
    """Play what standard input says until it ends."""
    disable_created_metrics()  # type: ignore[no-untyped-call]
    systems, seed, faults, inbox = _asked(sys.stdin.readline())
    targets = Targets(systems, seed, SystemClock(), faults, inbox=inbox)
    sys.stdout.write(json.dumps(targets.addresses) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    targets.close()


if __name__ == "__main__":
    main()
