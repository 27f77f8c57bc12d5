"""`watchglass import FILE ...`: takes old samples in.

A data folder has one owner: where a server runs on it, the file is sent to that server, else it is imported directly.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from watchglass.cli.client import ClientError, get_data, post_file
from watchglass.cli.invocation import own_url, read_settings
from watchglass.config.settings import Settings
from watchglass.errors import ExpositionError, StoreLockedError


def run(options: argparse.Namespace) -> int:
    """Import each file, all of it or nothing; stop at the first that fails."""
    settings = read_settings(options)
    for name in options.files:
        _import(Path(name), settings, options.url)
    return 0


def _import(path: Path, settings: Settings, url: str) -> None:
    try:
        if url:
            answer = _send(path, url)
        else:
            try:
                answer = _store(path, settings)
            except StoreLockedError as error:
                answer = _send(path, _owner(settings, error))
    except OSError as error:
        raise ClientError(f"{path} cannot be read: {error.strerror or error}") from None
    except ExpositionError as error:
        raise ClientError(f"{path}: {error}") from None
    sys.stdout.write(f"{path}: {_summary(answer)}\n")


def _owner(settings: Settings, error: StoreLockedError) -> str:
    """The address of the server that owns the data folder; another server must not get the samples."""
    url = own_url(settings)
    try:
        folder = get_data(url, "/api/v1/status/flags").get("data")
        if folder and Path(folder).samefile(settings.data):
            return url
    except (ClientError, OSError):
        pass  # no server of ours there
    raise ClientError(f"{error}, which does not answer at {url}; say with --url where it does")


def _send(path: Path, url: str) -> dict[str, Any]:
    with path.open("rb") as body:
        answer: dict[str, Any] = post_file(url, "/api/v1/import", body, path.stat().st_size)
        return answer


def _store(path: Path, settings: Settings) -> dict[str, Any]:
    """Import into the data folder itself, which nobody else owns."""
    from watchglass.app.configuration import load_configuration  # noqa: PLC0415 - the server's weight, only where needed
    from watchglass.app.importing import import_openmetrics  # noqa: PLC0415
    from watchglass.app.options import store_options  # noqa: PLC0415
    from watchglass.store.metrics import MetricStore  # noqa: PLC0415

    store = MetricStore(settings.data, store_options(load_configuration(settings)))
    try:
        result = import_openmetrics(store, str(path))
    finally:
        store.close()
    return {
        "series": result.series, "samples": result.samples, "firstTimeMs": result.first_ms, "lastTimeMs": result.last_ms,
    }  # fmt: skip


def _summary(answer: dict[str, Any]) -> str:
    text = f"{answer['samples']} samples of {answer['series']} series"
    first, last = answer.get("firstTimeMs"), answer.get("lastTimeMs")
    return text if first is None or last is None else f"{text}, {_time(first)} to {_time(last)}"


def _time(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
