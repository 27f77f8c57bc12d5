"""`watchglass backup FOLDER`: a consistent copy of the data folder; a server that runs on it goes on meanwhile.

What a server has acknowledged is in the copy; the database's own isolation sees to that, so that nobody need be asked.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from watchglass.cli.invocation import folder_served_at, own_url, read_settings
from watchglass.config.settings import Settings
from watchglass.errors import StoreError
from watchglass.store.backup import back_up
from watchglass.store.meta import META_FILE
from watchglass.wire.units import format_size


def run(options: argparse.Namespace) -> int:
    """Copy samples, and what people saved, to a new folder."""
    settings = read_settings(options)
    folder, target = Path(settings.data).absolute(), Path(options.folder).absolute()
    source = folder / "metrics.db"
    if not source.is_file():
        raise StoreError(f"{source} does not exist: there is nothing to back up{_served_instead(settings)}")
    files = [source, *([folder / META_FILE] if (folder / META_FILE).is_file() else ())]
    for file in files:
        _copy(file, target)
    size = sum((target / file.name).stat().st_size for file in files)
    size_text = format_size(size // 1024 * 1024)
    sys.stdout.write(f"{size_text} from {folder} in {target}; run on it with `watchglass up --data {target}`\n")
    return 0


def _copy(source: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True)) as connection:
            back_up(connection, target, source.name)
    except sqlite3.Error as error:
        raise StoreError(f"{source} cannot be read: {error}") from None


def _served_instead(settings: Settings) -> str:
    """The folder that was probably meant, where none was named."""
    url = own_url(settings)
    served = "" if "data" in settings.origins else folder_served_at(url)
    return f"; the Watchglass at {url} runs on --data {served}" if served else ""
