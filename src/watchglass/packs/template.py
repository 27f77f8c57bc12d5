"""A new pack from the template, which is a whole pack itself: `templates/example`."""

from __future__ import annotations

import re
from pathlib import Path

from watchglass.errors import ConfigError

TEMPLATE = Path(__file__).parent / "templates" / "example"
NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
"""What a pack may be called: its folder's name, and the beginning of its metrics'."""


def new_pack(folder: Path) -> list[Path]:
    """Write a pack into a folder that is new or empty; the name of the folder becomes that of the pack.

    Returns:
        the files, in the order of their names.

    Raises:
        ConfigError: the name is none of a pack, the folder has something in it, or a file cannot be written.
    """
    name = folder.resolve().name
    if NAME.fullmatch(name) is None:
        raise ConfigError(
            f'a pack is called by a word such as chat_bot: letters a to z, digits and _, at most 30; not "{name}"',
            path=str(folder),
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError("is there already; name a new folder", path=str(folder))
    made = []
    try:
        for path in sorted(path for path in TEMPLATE.rglob("*") if path.is_file()):
            target = folder / _named(str(path.relative_to(TEMPLATE)), name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_named(path.read_text(encoding="utf-8"), name), encoding="utf-8")
            made.append(target)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror or error}", path=str(error.filename or folder)) from None
    return made


def _named(text: str, name: str) -> str:
    """The template's text for a pack of that name: its title, its dashboards' uids, its metrics and its job."""
    title = name.replace("_", " ").capitalize()
    text = text.replace("Example", title).replace("example-", f"{name.replace('_', '-')}-")
    return text.replace("example", name)
