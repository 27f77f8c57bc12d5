"""The rules of a pack: plain Prometheus rules, where a pack has any."""

from __future__ import annotations

from pathlib import Path

from watchglass.rules.definition import GroupDefinition
from watchglass.rules.read import read_rule_file

RULES_FILE = "rules.yaml"


def read_rules(path: Path) -> tuple[GroupDefinition, ...]:
    """The groups of a file of rules; none where there is no such file.

    Raises:
        ConfigError: it is wrong; names file, line, key and what is expected.
    """
    return read_rule_file(path, legacy_names=True) if path.is_file() else ()
