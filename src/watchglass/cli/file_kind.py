"""Which file this is, by the keys at its top: so that the right check is run, or named where another one was asked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from watchglass.config.load import SETTINGS_FILE
from watchglass.errors import ConfigError
from watchglass.wire.faults import faults_of
from watchglass.wire.yaml import Node, load_yaml_file

_MARKS = {
    "config": {"scrape_configs", "scrape_config_files", "rule_files", "alerting", "remote_write", "remote_read", "storage"},
    "routes": {"route", "receivers", "inhibit_rules", "templates", "time_intervals", "mute_time_intervals"},
    "rules": {"groups"},
    "tests": {"tests", "evaluation_interval", "rule_files"},
    "dashboards": {"panels", "dashboard", "elements", "schemaVersion", "templating"},
}  # fmt: skip
_NAMES = {
    "config": "a prometheus.yml",
    "routes": "an alertmanager.yml",
    "rules": "a file of rules",
    "tests": "a file of rule tests",
    "dashboards": "a dashboard",
}


class FileKind(NamedTuple):
    """One kind of file.

    Attributes:
        check: the word after `watchglass check`; `tests` for those of `watchglass test rules`.
        name: in words, with its article.
    """

    check: str
    name: str

    @property
    def command(self) -> str:
        """The command that looks at such a file."""
        return "watchglass test rules" if self.check == "tests" else f"watchglass check {self.check}"


def kind_of(path: Path) -> FileKind | None:
    """What a file looks like; None where that cannot be told.

    Raises:
        ConfigError: it cannot be read, or is no YAML.
    """
    if path.suffix == ".json" or path.is_dir():
        return FileKind("dashboards", _NAMES["dashboards"])
    if path.name == SETTINGS_FILE:
        return FileKind("config", f"a {SETTINGS_FILE}")
    return _by_keys(load_yaml_file(path))


def _by_keys(root: Node) -> FileKind | None:
    keys = {key.value for key, _ in root.pairs()} if root.is_mapping else set()
    check = max(_MARKS, key=lambda each: len(_MARKS[each] & keys))
    return FileKind(check, _NAMES[check]) if _MARKS[check] & keys else None


def tell_faults(path: Path, error: ConfigError, check: str) -> None:
    """Write what is wrong with a file; one that looks like another kind has no faults but that.

    Args:
        path: the file.
        error: why it was refused.
        check: which check it was given to.
    """
    if hint := other_kind(path, check):
        sys.stdout.write(f"  FAILED: {path}: {hint}\n")
        return
    for fault in sorted(faults_of(error), key=lambda fault: (fault.path, fault.line)):
        sys.stdout.write(f"  FAILED: {fault}\n")


def other_kind(path: Path, check: str) -> str:
    """What to say where a file looks like another kind than that of a check; empty where it does not."""
    try:
        kind = kind_of(path)
    except ConfigError:
        return ""
    if kind is None or kind.check == check:
        return ""
    return f"this looks like {kind.name}: `{kind.command} {path}`"
