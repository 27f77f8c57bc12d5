"""The names that judge documents are those of the browser's own tables."""

import re
from pathlib import Path

import pytest

from watchglass.dashboards import drawn

WEB = Path(__file__).parents[2] / "web" / "src"


def source(path):
    return (WEB / path).read_text()


def test_panel_types():
    table = source("panels/index.ts")
    rows = set(re.findall(r'\btype: "([\w-]+)"', table))
    aliases = {
        name for found in re.findall(r"aliases: \[([^\]]*)\]", table) for name in re.findall(r'"([^"]+)"', found)
    }

    assert rows <= drawn.PANEL_TYPES
    assert rows | aliases >= drawn.PANEL_TYPES


def test_panel_types_that_ask_nothing():
    found = set()
    for row in re.split(r'\btype: (?=")', source("panels/index.ts"))[1:]:
        if 'needs: "none"' in row.partition("load:")[0]:
            found |= set(re.findall(r'"([\w-]+)"', row.partition("needs:")[0]))

    assert found == drawn.SILENT_TYPES


def test_transformations():
    found = set()
    for path in sorted((WEB / "query/transforms").glob("*.ts")):
        for table in re.findall(
            r"_TRANSFORMS: Readonly<Record<string, Transform>> = \{(.*?)\n\};", path.read_text(), re.DOTALL
        ):
            found |= set(re.findall(r"^  (\w+)[,:(]", table, re.MULTILINE))

    assert found - {"seriesToColumns"} | {"noop"} == drawn.TRANSFORMATIONS  # an old name, which reading translates


def test_matchers_of_fields_and_frames():
    (table,) = re.findall(r"const MATCHERS: .*? = \{\n(.*?)\n\};", source("model/field.ts"), re.DOTALL)
    filters = set(re.findall(r'wanted\.id !== "(\w+)"', source("query/transforms/index.ts")))

    assert set(re.findall(r"^  (\w+)[,:]", table, re.MULTILINE)) == drawn.FIELD_MATCHERS
    assert filters == drawn.FRAME_FILTERS


def test_steps_of_times():
    (step,) = re.findall(r"const STEP = String\.raw`(.*?)`", source("model/datemath.ts"))

    assert rf"now(?:{step})*".replace(r"\/", "/") == drawn.RELATIVE_TIME.pattern


@pytest.mark.parametrize("written", ["now", "now-1M/M", "now/d+8h", "now/fQ", "1763726400000", "2026-11-21 09:30"])
def test_these_are_times(written):
    assert drawn.is_time(written)


@pytest.mark.parametrize("written", ["", "yesterday", "now-5", "now/lunch", "now/fM", "-1h"])
def test_these_are_none(written):
    assert not drawn.is_time(written)
