"""File discovery: groups from JSON and YAML files, read again when they change.

Paths go where the configuration sends them, `..` and symbolic links too, as in Prometheus; but only regular files
are read, and only so much of them. A file that cannot be read keeps the groups it had.
Source: prometheus/prometheus, discovery/file/file.go.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace

from watchglass.collect.discovery.groups import parse_json_groups, parse_yaml_groups, whole_text
from watchglass.collect.job import TargetGroup
from watchglass.collect.regular_file import read_regular
from watchglass.errors import ConfigError
from watchglass.model.labels import Labels
from watchglass.wire.yaml import YamlLimits

FILE_PATH_LABEL = "__meta_filepath"

Signature = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Bounds on what one file discovery may read."""

    files: int = 10_000
    size_bytes: int = 16 * 1024 * 1024
    targets: int = 200_000  # in one file


@dataclass(frozen=True, slots=True)
class FileReading:
    """What one look at the files gave.

    Attributes:
        groups: by file; of a file that cannot be read, those it had before.
        errors: by file, why it cannot be read.
        modified_ms: by file, when it was last changed.
    """

    groups: dict[str, tuple[TargetGroup, ...]]
    errors: dict[str, str]
    modified_ms: dict[str, int]


EMPTY = FileReading({}, {}, {})


def list_files(patterns: Iterable[str], limits: FileLimits) -> list[str]:
    """The files that match, each once, in the order of the patterns."""
    found: dict[str, None] = {}
    for pattern in patterns:
        for path in sorted(glob.iglob(pattern)):  # noqa: PTH207 - Path.glob takes no absolute pattern
            found.setdefault(path)
    return list(found)[: limits.files]


def look(patterns: Iterable[str], limits: FileLimits) -> Signature:
    """What changes when a file appears, goes or is written; cheap, for polling."""
    seen = []
    for path in list_files(patterns, limits):
        try:
            status = os.stat(path)  # noqa: PTH116 - no Path objects while polling
            seen.append((path, status.st_mtime_ns, status.st_size, status.st_ino))
        except OSError:
            seen.append((path, 0, 0, 0))
    return tuple(seen)


def read_files(patterns: Iterable[str], limits: FileLimits, before: FileReading = EMPTY) -> FileReading:
    """Read every file that matches; a file that is gone has no groups any more."""
    groups: dict[str, tuple[TargetGroup, ...]] = {}
    errors: dict[str, str] = {}
    modified_ms: dict[str, int] = {}
    for path in list_files(patterns, limits):
        try:
            groups[path], modified_ms[path] = read_group_file(path, limits)
        except ConfigError as error:
            groups[path], errors[path] = before.groups.get(path, ()), str(error)
    return FileReading(groups, errors, modified_ms)


def read_group_file(path: str, limits: FileLimits) -> tuple[tuple[TargetGroup, ...], int]:
    """The groups of one file, and when it was changed (ms).

    Raises:
        ConfigError: it cannot be read, is no regular file, exceeds a limit or does not hold groups.
    """
    text, modified_ms = _read(path, limits)
    if path.lower().endswith(".json"):
        groups = parse_json_groups(text, path)
    else:
        groups = parse_yaml_groups(text, path, YamlLimits(limits.size_bytes))
    if sum(len(group.targets) for group in groups) > limits.targets:
        raise ConfigError(f"holds more than {limits.targets} targets", path=path)
    return tuple(_with_path(group, path) for group in groups), modified_ms


def _with_path(group: TargetGroup, path: str) -> TargetGroup:
    return replace(group, labels=Labels.of([*group.labels, (FILE_PATH_LABEL, whole_text(path))]))


def _read(path: str, limits: FileLimits) -> tuple[str, int]:
    try:
        data, status = read_regular(path, limits.size_bytes)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror or error}", path=path) from None
    try:
        return data.decode("utf-8-sig"), status.st_mtime_ns // 1_000_000
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError("is not UTF-8 text", path=path, line=line) from None
