"""Target groups as text: one shape in `static_configs`, YAML files and JSON files.

Source: prometheus/prometheus, discovery/targetgroup/targetgroup.go.
"""

from __future__ import annotations

import json
from typing import Any

from watchglass.collect.job import TargetGroup
from watchglass.errors import ConfigError
from watchglass.model.labels import Labels
from watchglass.wire.yaml import Node, YamlLimits, parse_yaml, unknown_key

ADDRESS = "__address__"
_KEYS = ("targets", "labels")


def parse_group(node: Node, key: str = "", source: str = "") -> TargetGroup:
    """Read one group.

    Raises:
        ConfigError: it is not a mapping of `targets` and `labels`.
    """
    found = {}
    for name, value in node.pairs(key):
        if name.value not in _KEYS:
            raise name.error(unknown_key(name.value, _KEYS), key)
        found[name.value] = value
    targets, labels = found.get("targets"), found.get("labels")
    addresses = [item.text(f"{key}.targets") for item in targets.items(f"{key}.targets")] if targets else []
    return TargetGroup(source, _targets(addresses), _labels(labels, f"{key}.labels"))


def _targets(addresses: list[str]) -> tuple[Labels, ...]:
    return tuple(Labels.of({ADDRESS: address}) for address in addresses)


def _labels(node: Node | None, key: str) -> Labels:
    pairs = node.pairs(key) if node else []
    for name, _ in pairs:
        if not name.value:
            raise name.error('"" is not a valid label name', key)
    return Labels.of((name.value, value.text(key)) for name, value in pairs)


def parse_yaml_groups(text: str, path: str, limits: YamlLimits) -> list[TargetGroup]:
    """Read the groups of a YAML file; their source is `PATH:INDEX`.

    Raises:
        ConfigError: it is not a list of groups.
    """
    groups = []
    for index, item in enumerate(parse_yaml(text, path, limits).items()):
        if item.is_null:
            raise item.error("nil target group item found", f"[{index}]")
        groups.append(parse_group(item, f"[{index}]", f"{path}:{index}"))
    return groups


def parse_json_groups(text: str, path: str) -> list[TargetGroup]:
    """Read the groups of a JSON file; their source is `PATH:INDEX`.

    Raises:
        ConfigError: it is not a list of groups.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError(f"is not JSON: {error.msg}", path=path, line=error.lineno) from None
    except RecursionError:
        raise ConfigError("is nested too deeply", path=path) from None
    except ValueError:  # Python refuses to read such a number
        raise ConfigError("holds a number of thousands of digits", path=path) from None
    if document is not None and not isinstance(document, list):
        raise ConfigError("expected a list of target groups", path=path)
    return [_json_group(item, path, index) for index, item in enumerate(document or ())]


def _json_group(item: Any, path: str, index: int) -> TargetGroup:
    key = f"[{index}]"
    if not isinstance(item, dict):
        what = "nil target group item found" if item is None else "expected a target group"
        raise ConfigError(what, path=path, key=key)
    for name in item.keys() - set(_KEYS):
        raise ConfigError(unknown_key(name, _KEYS), path=path, key=key)
    targets, labels = item.get("targets") or [], item.get("labels") or {}
    if not isinstance(targets, list) or not all(isinstance(target, str) for target in targets):
        raise ConfigError("expected a list of texts", path=path, key=f"{key}.targets")
    if not isinstance(labels, dict) or not all(isinstance(value, str) for value in labels.values()):
        raise ConfigError("expected a mapping of texts", path=path, key=f"{key}.labels")
    if "" in labels:
        raise ConfigError('"" is not a valid label name', path=path, key=f"{key}.labels")
    pairs = [(whole_text(name), whole_text(value)) for name, value in labels.items()]
    return TargetGroup(f"{path}:{index}", _targets([whole_text(target) for target in targets]), Labels.of(pairs))


def whole_text(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair, which JSON can spell and UTF-8 cannot."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
