"""docs/configuration.md says what the table of settings says."""

from pathlib import Path

from watchglass.config.document import foreign_table, settings_table
from watchglass.config.settings import rows

DOCS = (Path(__file__).parents[2] / "docs/configuration.md").read_text()


def test_the_documentation_holds_the_tables():
    assert settings_table() in DOCS, "put in the output of `python -m watchglass.config.document`"
    assert foreign_table() in DOCS, "put in the output of `python -m watchglass.config.document`"


def test_the_table_holds_every_setting():
    for row in rows():
        assert f"| `{row.name}` |" in settings_table()
