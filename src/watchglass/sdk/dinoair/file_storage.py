"""Readings as files of JSON: `running.jsonl`, and for each hour before it `raw-H.json` and `rollup-H.json`, or `.gz`.

H is the hour in UTC, such as 2026-11-22T10. Files are written whole or not at all; any tool that reads JSON reads them.
"""

from __future__ import annotations

import gzip
import json
import logging
import os
import zlib
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from watchglass.sdk.dinoair.segment import HOUR_MS, Segment
from watchglass.sdk.dinoair.segmented import SegmentedStorage, hour_of
from watchglass.sdk.dinoair.writer import WriterLock, sync_folder, write_durably

_JOURNAL = "running.jsonl"
_NAME = "%Y-%m-%dT%H"

_log = logging.getLogger("watchglass.sdk.dinoair")


class FileMetricsStorage(SegmentedStorage):
    """Keeps readings in a folder.

    Nothing is written before the first reading is stored. A folder that was written with the other value of
    `compress` stays readable.

    Args:
        storage_path: the folder.
        compress: whether hours that have ended are packed by gzip.
    """

    def __init__(self, storage_path: str | Path = "./metrics", compress: bool = True) -> None:  # noqa: FBT001, FBT002
        super().__init__()
        self._folder, self._compress = Path(storage_path), compress
        self._writer = WriterLock(self._folder / ".lock")
        self._file: IO[bytes] | None = None

    def _acquire(self) -> None:
        self._writer.acquire()
        self._file = (self._folder / _JOURNAL).open("ab")
        self._file.truncate(len(_complete(self._folder / _JOURNAL)))
        self._file.seek(0, os.SEEK_END)

    def _release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._writer.release()

    def _leave(self) -> None:
        self._release()  # copies, which the parent's do not notice

    def _lines(self) -> list[str]:
        return _complete(self._folder / _JOURNAL).decode("utf-8", "replace").splitlines()

    def _append(self, line: str) -> None:
        assert self._file is not None
        size = os.fstat(self._file.fileno()).st_size
        try:
            self._file.write(line.encode())
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError:
            self._release()
            os.truncate(self._folder / _JOURNAL, size)  # half a line would spoil the next one
            raise

    def _finish(self, hour: int, raw: Segment, rollup: Segment) -> None:
        assert self._file is not None
        self._replace("raw", hour, raw)
        self._replace("rollup", hour, rollup)
        self._file.truncate(0)
        os.fsync(self._file.fileno())

    def _replace(self, kind: str, hour: int, segment: Segment | None) -> None:
        packed, plain = self._path(kind, hour, ".json.gz"), self._path(kind, hour, ".json")
        if segment is not None:
            body = json.dumps(segment.to_document(), separators=(",", ":"), allow_nan=False).encode()
            write_durably(*((packed, gzip.compress(body, mtime=0)) if self._compress else (plain, body)))
        for path in (packed, plain):
            if segment is None or path != (packed if self._compress else plain):
                path.unlink(missing_ok=True)
        sync_folder(self._folder)

    def _load(self, kind: str, hour: int, names: Collection[str] | None = None) -> Segment | None:
        for suffix in (".json.gz", ".json"):
            path = self._path(kind, hour, suffix)
            try:
                body = path.read_bytes()
                document = json.loads(gzip.decompress(body) if suffix.endswith("gz") else body)
                return Segment.from_document(document, names)
            except FileNotFoundError:
                continue
            except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
                _log.warning("stored readings cannot be read", extra={"path": str(path), "error": str(error)})
        return None

    def _hours(self, kind: str, start_ms: int, end_ms: int) -> list[int]:
        hours = {_hour(path, kind) for path in self._folder.glob(f"{kind}-*.json*")}
        first, last = hour_of(start_ms), hour_of(end_ms)
        return sorted(hour for hour in hours if hour is not None and first <= hour <= last)

    def _path(self, kind: str, hour: int, suffix: str) -> Path:
        return self._folder / f"{kind}-{datetime.fromtimestamp(hour * HOUR_MS / 1000, UTC):{_NAME}}{suffix}"

    def _place(self) -> str:
        return str(self._folder)

    def _size_bytes(self) -> int:
        return sum(path.stat().st_size for path in self._folder.glob("*.json*"))

    def status(self) -> dict[str, Any]:
        """As of every storage of hours, and whether files are packed."""
        return {**super().status(), "compressed": self._compress}


def _complete(path: Path) -> bytes:
    """The complete lines of a file; nothing where there is none."""
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        return b""
    return body[: body.rfind(b"\n") + 1]


def _hour(path: Path, kind: str) -> int | None:
    text = path.name.removeprefix(f"{kind}-").partition(".")[0]
    try:
        return hour_of(round(datetime.strptime(text, _NAME).replace(tzinfo=UTC).timestamp() * 1000))
    except ValueError:
        return None  # not one of ours
