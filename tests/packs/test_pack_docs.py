"""docs/packs: the tables are those of the packs' files, and each pack that ships has its page and its README."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from watchglass.packs.pack import read_pack
from watchglass.sdk.declared import pack_folder, pack_names

ROOT = Path(__file__).parents[2]


def script():
    spec = importlib.util.spec_from_file_location("pack_docs", ROOT / "scripts/pack_docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", pack_names())
def test_tables_are_as_the_files_have_them(name):
    text = (ROOT / f"docs/packs/{name}.md").read_text()
    assert script().rewritten(text, read_pack(name)) == text, "python scripts/pack_docs.py"


def test_keys_are_as_the_schemas_have_them():
    text = (ROOT / "docs/formats/packs.md").read_text()
    assert script().with_keys(text) == text, "python scripts/pack_docs.py"


@pytest.mark.parametrize("name", pack_names())
def test_a_page_has_all_that_there_is(name):
    text = (ROOT / f"docs/packs/{name}.md").read_text()
    there = {"jobs", "metrics", "dashboards", "rules", "differences"}
    there |= {part for part in ("board", "snapshots") if (pack_folder(name) / f"{part}.yaml").is_file()}
    assert {part for part in script().TABLES if f"<!-- {part} -->" in text} == there


@pytest.mark.parametrize("name", pack_names())
def test_a_pack_says_what_it_is_and_where_its_secrets_are(name):
    text = (pack_folder(name) / "README.md").read_text()
    assert read_pack(name).title in text
    assert f"docs/packs/{name}.md" in text
    routes = pack_folder(name) / "routes.yaml"
    secrets = [word for word in (routes.read_text() if routes.is_file() else "").split() if word.startswith("secrets/")]
    assert [secret for secret in secrets if secret not in text] == []
