"""Keys: a name, or a name with labels as the text format writes them: `hits_total`, `runs_total{kind="nightly"}`."""

from __future__ import annotations

import re

from watchglass.model.labels import escape

LONGEST_VALUE = 200
"""Characters of a label value; what is longer is cut."""

Labels = tuple[tuple[str, str], ...]

_WITH_LABELS = re.compile(r"([^{]*)\{(.*)\}", re.DOTALL)
_PAIR = re.compile(r'\s*([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"\s*(?:,|$)')
_ESCAPED = re.compile(r"\\(.)")
_NO_NAME = re.compile(r"[^a-zA-Z0-9_:]")


def parse_key(key: str) -> tuple[str, Labels]:
    """The name and the labels of a key, sorted; characters that no name may have become underscores.

    Raises:
        ValueError: the part in braces is no list of labels.
    """
    match = _WITH_LABELS.fullmatch(key)
    if match is None:
        return _NO_NAME.sub("_", key), ()
    pairs, place = {}, 0
    while place < len(match[2]):
        pair = _PAIR.match(match[2], place)
        if pair is None:
            raise ValueError(f'"{key}": expected label="value" after the name, in braces')
        pairs[pair[1]] = _ESCAPED.sub(lambda found: {"n": "\n"}.get(found[1], found[1]), pair[2])[:LONGEST_VALUE]
        place = pair.end()
    return _NO_NAME.sub("_", match[1]), tuple(sorted(pairs.items()))


def write_key(name: str, labels: Labels = ()) -> str:
    """A key as text."""
    if not labels:
        return name
    pairs = ",".join(f'{label}="{escape(value)}"' for label, value in labels)
    return f"{name}{{{pairs}}}"
