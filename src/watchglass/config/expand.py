"""`$NAME` and `${NAME}` in external labels, as Go's os.Expand reads them."""

from __future__ import annotations

from collections.abc import Mapping

_SPECIAL = frozenset("*#$@!?-0123456789")


def expand_variables(text: str, variables: Mapping[str, str]) -> tuple[str, list[str]]:
    """The text with variables put in, `$$` for a dollar; and the names of those that are empty or not set.

    Source: Go, os/env.go (Expand, getShellName); prometheus/prometheus, config/config.go (Load).
    """
    out, empty, position = [], [], 0
    while (dollar := text.find("$", position)) >= 0:
        out.append(text[position:dollar])
        name, width = _name_after(text, dollar + 1)
        position = dollar + 1 + width
        if name == "$" or not width:
            out.append("$")
        elif name:
            out.append(variables.get(name, ""))
            if not variables.get(name):
                empty.append(name)
    out.append(text[position:])
    return "".join(out), empty


def _name_after(text: str, start: int) -> tuple[str, int]:
    """The variable's name after a dollar, and how many characters it takes; an empty name is bad syntax."""
    rest = text[start:]
    if rest.startswith("{"):
        end = rest.find("}")
        return (rest[1:end], end + 1) if end > 1 else ("", 2 if end == 1 else 1)
    if rest[:1] in _SPECIAL and rest:
        return rest[0], 1
    width = 0
    while width < len(rest) and rest[width].isascii() and (rest[width].isalnum() or rest[width] == "_"):
        width += 1
    return rest[:width], width
