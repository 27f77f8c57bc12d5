"""Rules about Watchglass itself: plain files that ship with it, evaluated like those of its user."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from watchglass.rules.definition import GroupDefinition
from watchglass.rules.read import read_rule_file

OWN = Path(__file__).parent / "own"
_PLACE = "watchglass/"


def own_groups(*, itself: bool = True, watchdog: bool) -> tuple[GroupDefinition, ...]:
    """The groups, with a name for their file that is the same wherever Watchglass is installed.

    Args:
        itself: with those about what goes wrong in this process.
        watchdog: with the alert that always fires, and the one about its delivery.
    """
    names = [name for name, is_wanted in (("rules.yaml", itself), ("watchdog.yaml", watchdog)) if is_wanted]
    return tuple(replace(group, file=f"{_PLACE}{name}") for name in names for group in read_rule_file(OWN / name))


def is_own(group: GroupDefinition) -> bool:
    """Tell whether a group is one of these."""
    return group.file.startswith(_PLACE)
