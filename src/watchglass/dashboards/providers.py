"""Provider files: which folders on disk dashboards come from, in Grafana's form.

Keys that mean nothing here are passed over, as Grafana does. `$NAME` and `${NAME}` are read from the environment.
Source: Grafana, docs/administration/provisioning (dashboards); pkg/services/provisioning/dashboards/types.go.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from watchglass.errors import ConfigError
from watchglass.wire.yaml import Node, YamlLimits, load_yaml_file

INTERVAL_S = 10
MAX_FILE_BYTES = 1024 * 1024
MAX_PROVIDERS = 200
_VARIABLE = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})", re.ASCII)
_TRUE = frozenset({"true", "yes", "on", "y"})


@dataclass(frozen=True, slots=True)
class Provider:
    """A folder on disk whose dashboards are shown."""

    name: str
    path: Path
    folder: str = ""  # title of the folder that they are in
    folder_uid: str = ""
    interval_s: int = INTERVAL_S  # between two looks
    disable_deletion: bool = False  # one whose file is gone stays, as one that people save
    allow_ui_updates: bool = False
    folders_from_structure: bool = False  # they are in folders named like those on disk


def read_providers(
    provisioning: Path | None, folders: Sequence[Path], environment: Mapping[str, str] | None = None
) -> list[Provider]:
    """The providers of a file or of every file in a folder, and one for each of `folders`.

    Raises:
        ConfigError: a file is wrong, or two providers have one name; with file, line and key.
    """
    found: dict[str, Provider] = {}
    for path in _files(provisioning) if provisioning else ():
        for node, provider in _read(path, environment or os.environ):
            if provider.name in found:
                raise node.error(f'two providers are called "{provider.name}"', "name")
            found[provider.name] = provider
    for folder in folders:
        found.setdefault(str(folder), Provider(str(folder), folder, folders_from_structure=True))
    if len(found) > MAX_PROVIDERS:
        raise ConfigError(f"there are {len(found)} providers of dashboards; at most {MAX_PROVIDERS} are looked at")
    return list(found.values())


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(each for each in path.iterdir() if each.suffix in {".yml", ".yaml"} and each.is_file())


def _read(path: Path, environment: Mapping[str, str]) -> list[tuple[Node, Provider]]:
    document = load_yaml_file(path, YamlLimits(size_bytes=MAX_FILE_BYTES))
    if not document.is_mapping:  # the form before `apiVersion`
        return [(node, _provider(node, path, environment)) for node in document.items()]
    top = _members(document)
    version = top["apiVersion"].text("apiVersion") if "apiVersion" in top else "1"
    if version != "1":
        raise top["apiVersion"].error(f'expected 1, not "{version}"', "apiVersion")
    if "providers" not in top:
        raise document.error("there are no providers", "providers")
    return [(node, _provider(node, path, environment)) for node in top["providers"].items("providers")]


def _provider(node: Node, file: Path, environment: Mapping[str, str]) -> Provider:
    given = _members(node)
    options = _members(given["options"]) if "options" in given else {}
    kind = _text(given, "type", environment) or "file"
    if kind != "file":
        raise given["type"].error(f'expected file, not "{kind}"', "providers.type")
    where = _text(options, "path", environment) or _text(options, "folder", environment)
    if not where:
        raise node.error("a provider needs a path", "providers.options.path")
    from_structure = _flag(options, "foldersFromFilesStructure") or _flag(given, "foldersFromFilesStructure")
    folder, folder_uid = _text(given, "folder", environment), _text(given, "folderUid", environment)
    if from_structure and (folder or folder_uid):
        raise node.error("folder and foldersFromFilesStructure exclude each other", "providers.folder")
    return Provider(
        name=_text(given, "name", environment) or "default",
        path=file.parent / where,
        folder="" if folder.casefold() == "general" else folder,
        folder_uid=folder_uid,
        interval_s=_seconds(given),
        disable_deletion=_flag(given, "disableDeletion"),
        allow_ui_updates=_flag(given, "allowUiUpdates"),
        folders_from_structure=from_structure,
    )


def _members(node: Node) -> dict[str, Node]:
    return {name.value: value for name, value in node.pairs("providers")}


def _text(given: Mapping[str, Node], key: str, environment: Mapping[str, str]) -> str:
    """A text with the variables in it filled in; `$$` is a dollar."""
    text = given[key].text(f"providers.{key}") if key in given else ""
    return _VARIABLE.sub(lambda found: "$" if found[1] else environment.get(found[2] or found[3], ""), text)


def _flag(given: Mapping[str, Node], key: str) -> bool:
    return key in given and given[key].text(f"providers.{key}").lower() in _TRUE


def _seconds(given: Mapping[str, Node]) -> int:
    text = given["updateIntervalSeconds"].text() if "updateIntervalSeconds" in given else ""
    if text and not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise given["updateIntervalSeconds"].error(
            f'expected a number of seconds, not "{text}"', "providers.updateIntervalSeconds"
        )
    return int(text or 0) or INTERVAL_S
