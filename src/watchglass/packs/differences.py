"""What differs between the text of a system's guide and what its pack does, and why."""

from __future__ import annotations

from dataclasses import dataclass

from watchglass.packs.pack import Pack, members
from watchglass.wire.yaml import Node, load_yaml_file

DIFFERENCES_FILE = "differences.yaml"
ABSENT = "(absent)"
"""Stands for the text of a side that has none."""

IMPACTS = ("breaks", "misleads", "edge_case", "legacy")
"""What becomes of the guide's own text, from worst to least."""

_KEYS = ("where", "as_written", "corrected", "why", "impact")


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference.

    Attributes:
        where: the file, and the place in it, as in `rules.yaml > HighErrorRate > expr`.
        as_written: the guide's own text.
        corrected: that of the pack.
        why: what is wrong with the guide's.
        impact: one of `IMPACTS`.
    """

    where: str
    as_written: str
    corrected: str
    why: str
    impact: str


def read_differences(pack: Pack) -> tuple[Difference, ...]:
    """The differences in the order of the file; none where the pack has no such file.

    Raises:
        ConfigError: it is wrong; names file, line and key.
    """
    path = pack.folder / DIFFERENCES_FILE
    if not path.is_file():
        return ()
    return tuple(_difference(node, f"[{at}]") for at, node in enumerate(load_yaml_file(path).items()))


def _difference(node: Node, at: str) -> Difference:
    given = members(node, at, _KEYS)
    for needed in _KEYS:
        if needed not in given or given[needed].is_null:
            raise node.error(f"{needed} is missing", at)
    impact = given["impact"]
    if impact.value not in IMPACTS:
        raise impact.error(f'expected {", ".join(IMPACTS[:-1])} or {IMPACTS[-1]}, got "{impact.value}"', f"{at}.impact")
    return Difference(**{key: given[key].text(f"{at}.{key}") for key in _KEYS})
