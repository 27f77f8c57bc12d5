"""`watchglass import FILE ...`: takes samples in, old ones or counts of something exported.

A data folder has one owner: where a server runs on it, the file is sent to that server, else it is imported directly.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from watchglass.cli.client import ClientError, post_file
from watchglass.cli.invocation import folder_served_at, own_url, read_settings
from watchglass.clock import SystemClock
from watchglass.config.settings import Settings
from watchglass.errors import ExpositionError, StoreLockedError
from watchglass.wire.content_type import Format
from watchglass.wire.format_text import format_families
from watchglass.wire.taskwarrior import task_families

_MAX_EXPORT_BYTES = 256 << 20
"""How large an export of Taskwarrior may be; it is read as a whole."""


def run(options: argparse.Namespace) -> int:
    """Import each file, all of it or nothing; stop at the first that fails."""
    settings = read_settings(options)
    if options.time is not None and options.format == "openmetrics":
        raise ClientError("--time is for --format taskwarrior; samples of OpenMetrics have their own")
    if not options.url:
        _refuse_to_guess(settings)
    for name in options.files:
        with ExitStack() as stack:
            try:
                path = _as_openmetrics(name, options, stack)
            except OSError as error:
                raise ClientError(f"{name} cannot be read: {error.strerror or error}") from None
            except ExpositionError as error:
                raise ClientError(f"{name}: {error}") from None
            _import(name, path, settings, options.url or "")
    return 0


def _as_openmetrics(name: str, options: argparse.Namespace, stack: ExitStack) -> Path:
    """A file of timestamped OpenMetrics: the one named, or a temporary one with what was read elsewhere."""
    if name != "-" and options.format == "openmetrics":
        return Path(name)
    source = sys.stdin.buffer if name == "-" else stack.enter_context(Path(name).open("rb"))  # noqa: SIM115 - the stack closes both
    made = stack.enter_context(NamedTemporaryFile(suffix=".om"))  # noqa: SIM115
    if options.format == "openmetrics":
        shutil.copyfileobj(source, made)
    else:
        now_ms = SystemClock().now_ms() if options.time is None else _ms(options.time)
        text = source.read(_MAX_EXPORT_BYTES + 1)
        if len(text) > _MAX_EXPORT_BYTES:
            raise ExpositionError(f"it is larger than {_MAX_EXPORT_BYTES >> 20} MB")
        made.write(format_families(task_families(text, now_ms), Format.OPENMETRICS))
    made.flush()
    return Path(made.name)


def _ms(time: str) -> int:
    """A time as it is typed, seconds since 1970 or a date, in milliseconds.

    Raises:
        ClientError: there is no such time.
    """
    try:
        is_date = "T" in time
        return round((datetime.fromisoformat(time).timestamp() if is_date else float(time)) * 1000)
    except (ValueError, OverflowError):
        raise ClientError(f"--time: there is no time such as {time}") from None


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


def _import(name: str, path: Path, settings: Settings, url: str) -> None:
    try:
        path.open("rb").close()  # before a data folder is made for it
        answer, where = _take(path, settings, url)
    except OSError as error:
        raise ClientError(f"{name} cannot be read: {error.strerror or error}") from None
    except ExpositionError as error:
        raise ClientError(f"{name}: {error}") from None
    sys.stdout.write(f"{name}: {_summary(answer)}, {where}\n")


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
