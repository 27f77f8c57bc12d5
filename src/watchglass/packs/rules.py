"""The rules of a pack: its guide's, those added to them, and how both are evaluated beside those of other packs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from watchglass.errors import ConfigError
from watchglass.packs.asked import Enabled, Fault
from watchglass.packs.pack import ADDED, AS_WRITTEN, Pack
from watchglass.packs.scope import Scope, series_names
from watchglass.rules.definition import GroupDefinition, RuleDefinition
from watchglass.rules.read import read_rule_file

RULES_FILE = "rules.yaml"
SYSTEM = "system"
"""The label by which alerts of packs are told apart: several have a HighErrorRate."""

_ESCAPES = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")


class PackGroup(NamedTuple):
    """A group of rules of a pack, and whether it is an addition to the guide."""

    group: GroupDefinition
    added: bool


def read_rules(path: Path) -> tuple[GroupDefinition, ...]:
    """The groups of a file of rules; none where there is no such file.

    Raises:
        ConfigError: it is wrong; names file, line, key and what is expected.
    """
    return read_rule_file(path, legacy_names=True) if path.is_file() else ()


def pack_groups(pack: Pack, *, as_written: bool = False) -> list[PackGroup]:
    """All groups of a pack as its files have them.

    Raises:
        ConfigError: a file is wrong.
    """
    guides = pack.folder / AS_WRITTEN
    if as_written:
        return [PackGroup(group, added=False) for group in read_rules(guides / RULES_FILE)]
    guide_has_none = guides.is_dir() and not (guides / RULES_FILE).is_file()
    own = [PackGroup(group, added=guide_has_none) for group in read_rules(pack.folder / RULES_FILE)]
    return own + [PackGroup(group, added=True) for group in read_rules(pack.folder / ADDED / RULES_FILE)]


def loaded_groups(pack: Pack, *, as_written: bool = False) -> tuple[GroupDefinition, ...]:
    """The groups as they are evaluated: with the pack's `system`, on its own jobs; as written they differ in `system` alone.

    Raises:
        ConfigError: a file is wrong.
    """
    scope = Scope(series_names(pack), pack.scoped) if pack.scoped and not as_written else None
    groups = []
    for group, _ in pack_groups(pack, as_written=as_written):
        rules = (replace(rule, labels={**rule.labels, SYSTEM: pack.name}) for rule in group.rules)
        if not as_written:
            rules = (_corrected(rule, scope) for rule in rules)
        part = Path(group.file).relative_to(pack.folder).as_posix()
        groups.append(replace(group, file=f"packs/{pack.name}/{part}", rules=tuple(rules)))
    return tuple(groups)


def enabled_groups(enabled: Enabled) -> tuple[tuple[GroupDefinition, ...], tuple[Fault, ...]]:
    """The groups of all packs that are switched on; one whose rules cannot be read keeps no other from being evaluated."""
    groups: list[GroupDefinition] = []
    faults: list[Fault] = []
    for pack in enabled.packs:
        try:
            groups += loaded_groups(pack, as_written=pack.name in enabled.as_written)
        except ConfigError as error:
            faults.append(Fault(pack.name, str(error)))
    return tuple(groups), tuple(faults)


def _corrected(rule: RuleDefinition, scope: Scope | None) -> RuleDefinition:
    expr = scope.of(rule.expr) if scope else rule.expr
    return replace(rule, expr=expr, annotations=_with_description(rule.annotations))


def _with_description(annotations: Mapping[str, str]) -> dict[str, str]:
    """Without escapes of a site generator, and with the summary where receivers look for a description."""
    texts = {name: _ESCAPES.sub("", text) for name, text in annotations.items()}
    if summary := texts.get("summary"):
        texts.setdefault("description", summary)
    return texts
