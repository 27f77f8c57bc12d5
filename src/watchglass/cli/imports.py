"""`watchglass import FILE ...`: takes old samples in.

A data folder has one owner: where a server runs on it, the file is sent to that server, else it is imported directly.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from watchglass.cli.client import ClientError, post_file
from watchglass.cli.invocation import folder_served_at, own_url, read_settings
from watchglass.config.settings import Settings
from watchglass.errors import ExpositionError, StoreLockedError


def run(options: argparse.Namespace) -> int:
    """Import each file, all of it or nothing; stop at the first that fails."""
    settings = read_settings(options)
    if not options.url:
        _refuse_to_guess(settings)
    for name in options.files:
        _import(Path(name), settings, options.url or "")
    return 0


def _refuse_to_guess(settings: Settings) -> None:
    """Where nobody named a folder, do not make a new one beside a server that has another: nobody would look there."""
    if "data" in settings.origins or Path(settings.data).exists():
        return
    url = own_url(settings)
    if folder := folder_served_at(url):
        raise ClientError(
            f"{Path(settings.data).absolute()} does not exist, and the Watchglass at {url} runs on {folder}: "
            f"say --url {url} to send it the samples, or --data FOLDER for a folder of their own"
        )


def _import(path: Path, settings: Settings, url: str) -> None:
    try:
        path.open("rb").close()  # before a data folder is made for it
        answer, where = _take(path, settings, url)
    except OSError as error:
        raise ClientError(f"{path} cannot be read: {error.strerror or error}") from None
    except ExpositionError as error:
        raise ClientError(f"{path}: {error}") from None
    sys.stdout.write(f"{path}: {_summary(answer)}, {where}\n")


def _take(path: Path, settings: Settings, url: str) -> tuple[dict[str, Any], str]:
    """Send or store; with the words that say where the samples went."""
    if not url:
        try:
            return _store(path, settings), f"into {Path(settings.data).absolute()}"
        except StoreLockedError as error:
            url = _owner(settings, error)
    return _send(path, url), f"sent to {url}"


def _owner(settings: Settings, error: StoreLockedError) -> str:
    """The address of the server that owns the data folder; another server must not get the samples."""
    url = own_url(settings)
    folder = folder_served_at(url)
    with suppress(OSError):
        if folder and Path(folder).samefile(settings.data):
            return url
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
