"""The alert manager with its real runner, notifiers and API, on a port: `differential_subject.py CONFIG FOLDER PORT [now | 0.25 BEGAN_MS]`.

Without `now`, groups live as in Alertmanager 0.25, with which it is compared: without alerts they linger, and any old alert
ends a wait.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from prometheus_client import CollectorRegistry

from watchglass.alerting.configuration import AlertmanagerConfig, load_alertmanager_config
from watchglass.alerting.dispatch import DispatchOptions
from watchglass.alerting.manager import AlertingOptions, AlertManager
from watchglass.alerting.notify.notifier import Notice, Notifier
from watchglass.alerting.read_receivers import Integration
from watchglass.alerting.runner import AlertRunner
from watchglass.app.senders import Senders
from watchglass.clock import SystemClock
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels
from watchglass.serve.health import Health
from watchglass.serve.http import build_application
from watchglass.serve.options import WebOptions
from watchglass.serve.parts import Parts
from watchglass.serve.query_pool import QueryPool
from watchglass.store.meta import MetaStore

AS_0_25 = DispatchOptions(linger_ms=30_000, hasty=True)


def integrations(config: AlertmanagerConfig) -> Iterator[Integration]:
    """All that can be sent to."""
    return (each for receiver in config.receivers.values() for each in receiver.integrations)


async def warm(notifier: Notifier, receiver: str) -> None:
    """Send something once: what a first connection takes on a busy machine is no matter of routing."""
    labels = Labels.of(history="warm")
    await notifier.notify(Notice(receiver, "warm", labels, Labels(), (Alert(labels, Labels(), 0, 0, 0),), 0))


async def main(config_file: str, folder: str, port: str, age: str = "0.25", began_ms: str = "") -> None:
    """Serve until killed."""
    clock, options, registry = SystemClock(), WebOptions(), CollectorRegistry()
    config = load_alertmanager_config(Path(config_file))
    manager = AlertManager(
        config,
        MetaStore(Path(folder)),
        clock,
        AlertingOptions(dispatch=AS_0_25 if age == "0.25" else DispatchOptions()),
    )
    if began_ms:
        manager.dispatcher._tidied_ms = int(began_ms)  # when the other began, from which its half minutes count
    senders = Senders(config, "http://watchglass.example")
    runner = AlertRunner(manager, senders.of, clock)
    parts = Parts(
        options=options, clock=clock, registry=registry, health=Health(), queries=QueryPool(options.queries, registry)
    )
    parts.alerting = manager
    if age == "0.25":
        await asyncio.gather(*(warm(senders.of(each), each.receiver) for each in integrations(config)))
    runner.start()
    server = uvicorn.Server(
        uvicorn.Config(build_application(parts), host="127.0.0.1", port=int(port), log_level="warning", lifespan="off")
    )
    await server.serve()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:6]))
