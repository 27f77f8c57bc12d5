"""A pack of one's own: begun from the template, which is a whole pack itself (`templates/example`), or from another one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from watchglass.errors import ConfigError

TEMPLATE = Path(__file__).parent / "templates" / "example"
NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
"""What a pack may be called: its folder's name, and the beginning of its metrics'."""

_SECRETS = "secrets"  # where routes look for theirs, unless `pack.secrets` names a place


def new_pack(folder: Path) -> list[Path]:
    """Write a pack into a folder that is new or empty; the name of the folder becomes that of the pack.

    Returns:
        the files, in the order of their names.

    Raises:
        ConfigError: the name is none of a pack, the folder has something in it, or a file cannot be written.
    """
    name = _name_of(folder)
    return _write(folder, TEMPLATE, lambda text: _named(text, name))


def copied_pack(folder: Path, source: Path) -> list[Path]:
    """As `new_pack`, with the files of another pack, unchanged; secrets that lie beside them stay where they are."""
    _name_of(folder)
    return _write(folder, source, str)


def _name_of(folder: Path) -> str:
    name = folder.resolve().name
    if NAME.fullmatch(name) is None:
        raise ConfigError(
            f'a pack is called by a word such as chat_bot: letters a to z, digits and _, at most 30; not "{name}"',
            path=str(folder),
        )
    return name


def _write(folder: Path, source: Path, changed: Callable[[str], str]) -> list[Path]:
    """Write a folder's files, with their names and texts changed, into one that is new or empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError("is there already; name a new folder", path=str(folder))
    made = []
    try:
        for path in sorted(path for path in source.rglob("*") if path.is_file()):
            part = path.relative_to(source)
            if part.parts[0] == _SECRETS:
                continue
            target = folder / changed(str(part))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(changed(path.read_text(encoding="utf-8")), encoding="utf-8")
            made.append(target)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror or error}", path=str(error.filename or folder)) from None
    except UnicodeDecodeError:
        raise ConfigError("is no text, and no part of a pack", path=str(path)) from None
    return made


def _named(text: str, name: str) -> str:
    """The template's text for a pack of that name: its title, its dashboards' uids, its metrics and its job."""
    title = name.replace("_", " ").capitalize()
    text = text.replace("Example", title).replace("example-", f"{name.replace('_', '-')}-")
    return text.replace("example", name)
