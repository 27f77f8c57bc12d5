"""The tables of docs/configuration.md, from the table of settings: `python -m watchglass.config.document`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from watchglass.config.settings import FOREIGN_ENVIRONMENT, Row, rows


def settings_table() -> str:
    """Every setting as a line of a Markdown table, one table a section."""
    lines: list[str] = []
    section = None
    for row in rows():
        own = row.name.rpartition(".")[0]
        if own != section:
            section = own
            lines += _heading(own)
        lines.append(_line(row))
    return "\n".join(lines) + "\n"


def _heading(section: str) -> Iterator[str]:
    yield f"\n### {section or 'What to run'}\n"
    yield "| setting | value | default | meaning | environment | flags |"
    yield "|---|---|---|---|---|---|"


def _line(row: Row) -> str:
    default = f"`{row.default_text}`" if row.default_text not in {"", "0"} else ""
    flags = " ".join(f"`{flag}`" for flag in row.flags)
    variables = " ".join(f"`{name}`" for name in (row.env, row.variable) if name)
    kind = f"{row.kind.name}, {row.kind.bounds}" if row.kind.bounds else row.kind.name
    cells = (f"`{row.name}`", kind, default, row.help, variables, flags)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def foreign_table() -> str:
    """The variables of other programs that are accepted, as a Markdown table."""
    lines = [f"| `{name}` | {instead} |" for name, instead in FOREIGN_ENVIRONMENT.items()]
    return "\n".join(["| variable | meanwhile |", "|---|---|", *lines]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(settings_table() + "\n" + foreign_table())
