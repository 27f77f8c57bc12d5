"""What a shared dashboard asks for (`__inputs`), and the library panels that it brings (`__elements`)."""

from __future__ import annotations

import re
from typing import Any

from watchglass.dashboards.normalise.loose import Json, drop, mapping, mappings, sequence, text
from watchglass.dashboards.normalise.notes import Notes

_NAME = re.compile(r"\$\{([^{}]+)\}")  # a data source called `my-prom` is `DS_MY-PROM`


def fill_inputs(board: Json, notes: Notes) -> None:
    """Put the default data source of its type in place of each input, and its value in place of a constant one."""
    sources: dict[str, str] = {}
    constants: dict[str, str] = {}
    for entry in mappings(board.get("__inputs")):
        name = text(entry.get("name"))
        if entry.get("type") == "constant":
            constants[name] = text(entry.get("value"))
        elif name:
            sources[name] = text(entry.get("pluginId"))
    drop(board, "__inputs", "__requires")
    if not sources and not constants:
        return
    filling = _Filling(sources, constants)
    for key, value in list(board.items()):
        board[key] = filling.filled(key, value)
    for name in filling.used:
        notes.translated("input", "__inputs", f"{name} is the default data source of its type")


class _Filling:
    """Replaces names of inputs throughout a document."""

    def __init__(self, sources: dict[str, str], constants: dict[str, str]) -> None:
        self._sources, self._constants = sources, constants
        self.used: list[str] = []

    def filled(self, key: str, value: Any) -> Any:
        """The value with inputs replaced."""
        if isinstance(value, str):
            return self._text(key, value) if "${" in value else value
        if isinstance(value, dict):
            return {inner: self.filled(inner, entry) for inner, entry in value.items()}
        return [self.filled(key, entry) for entry in value] if isinstance(value, list) else value

    def _text(self, key: str, value: str) -> Any:
        whole = _NAME.fullmatch(value)
        if whole and whole[1] in self._sources:
            if whole[1] not in self.used:
                self.used.append(whole[1])
            return {"type": self._sources[whole[1]], "uid": ""} if key == "datasource" else ""
        return _NAME.sub(lambda found: self._constants.get(found[1], found[0]), value)


def fill_library_panels(board: Json, panels: list[Json], notes: Notes) -> None:
    """Put the content of library panels in their places, where the document brings it along."""
    elements = board.pop("__elements", None)
    by_uid = mapping(elements) or {text(one.get("uid")): one for one in mappings(sequence(elements))}
    for panel in panels:
        uid = text(mapping(panel.get("libraryPanel")).get("uid"))
        model = mapping(mapping(by_uid.get(uid)).get("model"))
        if uid and model:
            here = {key: panel[key] for key in ("gridPos", "id", "libraryPanel") if key in panel}
            panel.update(model | here)
        elif "libraryPanel" in panel and not panel.get("targets") and not panel.get("options"):
            name = text(mapping(panel["libraryPanel"]).get("name"))[:80]
            said = f"the library panel {name!r} is not in the document; its content is unknown"
            notes.unsupported("library-panel", "panels", said)
