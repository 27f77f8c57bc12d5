"""Comment lines that say something: `# HELP`, `# TYPE`, `# UNIT` and `# EOF`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from watchglass.errors import ExpositionError
from watchglass.model.metadata import Metadata, MetricType
from watchglass.wire.series import show, unescape

_NAME_AND_TEXT = re.compile(rb'(?:([a-zA-Z_:][a-zA-Z0-9_:]*)|"((?:[^"\\]|\\.)*)")(.*)', re.DOTALL)
_HELP_ESCAPE = re.compile(r"\\([\\n])")
_STRICT_HELP_ESCAPE = re.compile(r'\\([\\n"])')


class Comment(NamedTuple):
    """One comment that says something about a family, or that the body ends here (`EOF`)."""

    kind: str  # HELP, TYPE, UNIT or EOF
    family: str = ""
    text: str = ""
    type: MetricType = MetricType.UNKNOWN

    def applied_to(self, metadata: Metadata) -> Metadata:
        """What is known of the family once this has been said."""
        if self.kind == "HELP":
            return metadata._replace(help=self.text)
        if self.kind == "UNIT":
            return metadata._replace(unit=self.text)
        return metadata._replace(type=self.type)


def parse_comment(kind: bytes, rest: bytes, types: Mapping[str, MetricType], *, strict: bool = False) -> Comment:
    r"""Read what stands behind `# KIND `.

    Args:
        kind: HELP, TYPE or UNIT.
        rest: what stands behind it.
        types: the words for types in this format.
        strict: as OpenMetrics has it: a space follows the family's name even when no text does, and `\"` is an escape.

    Raises:
        ExpositionError: no family name, a type that is not in `types`, a text that is not UTF-8, a foreign unit.
    """
    match = _NAME_AND_TEXT.fullmatch(rest)
    if not match:
        raise ExpositionError(f"expected a metric name after # {kind.decode()}, found {show(rest)}")
    if strict and not match[3].startswith(b" "):
        raise ExpositionError(f"expected one space and a text after the metric name, found {show(match[3])}")
    family = unescape(match[1] if match[1] is not None else match[2], "metric name")
    text = _decode(match[3][1:], kind)
    if kind == b"TYPE":
        return Comment("TYPE", family, text, _type(text, types))
    if kind == b"UNIT":
        _check_unit(family, text)
        return Comment("UNIT", family, text)
    escape = _STRICT_HELP_ESCAPE if strict else _HELP_ESCAPE
    return Comment("HELP", family, escape.sub(lambda found: {"n": "\n"}.get(found[1], found[1]), text))


def _decode(raw: bytes, kind: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise ExpositionError(f"the text of # {kind.decode()} is not valid UTF-8") from None


def _type(text: str, types: Mapping[str, MetricType]) -> MetricType:
    try:
        return types[text]
    except KeyError:
        raise ExpositionError(f"{text[:40]!r} is not a metric type; expected one of {', '.join(types)}") from None


def _check_unit(family: str, unit: str) -> None:
    if unit and not family.endswith("_" + unit):
        raise ExpositionError(f"the unit {unit[:40]!r} is not the end of the metric name {family[:100]!r}")
