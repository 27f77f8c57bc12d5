"""How much a browser loads: figures of the built files, so that growth is a decision."""

from __future__ import annotations

import gzip
import re

import pytest
from e2e_server import STATIC

KB = 1024
ASSETS = STATIC / "assets"


def content(name: str) -> bytes:
    packed = ASSETS / f"{name}.gz"
    return gzip.decompress(packed.read_bytes()) if packed.exists() else (ASSETS / name).read_bytes()


def packed_size(name: str) -> int:
    return len(gzip.compress(content(name), 9))


def names(pattern: str) -> list[str]:
    found = {path.name.removesuffix(".gz") for path in ASSETS.iterdir()}
    return sorted(name for name in found if re.fullmatch(pattern, name))


@pytest.fixture(scope="module")
def initial() -> list[str]:
    """What index.html itself names."""
    if not (STATIC / "index.html").is_file():
        pytest.fail("the UI is not built: run `npm ci && npm run build` in web/")
    return re.findall(r'"\./assets/([^"]+\.(?:js|css))"', (STATIC / "index.html").read_text())


def with_imports(name: str) -> set[str]:
    """A script, and all that it imports at once."""
    found, waiting = set(), {name}
    while waiting:
        found |= waiting
        texts = [content(each).decode() for each in waiting]
        waiting = {each for text in texts for each in re.findall(r'(?:from|import)"\./([\w.-]+\.js)"', text)} - found
    return found


def test_a_dashboard_page_loads_at_most_140_kb(initial):
    (timeseries,) = names(r"timeseries-.*\.js")
    scripts = {each for name in [*initial, timeseries] if name.endswith(".js") for each in with_imports(name)}
    styles = {name for name in initial if name.endswith(".css")}

    assert any("u-over" in content(name).decode() for name in scripts)
    assert sum(map(packed_size, scripts | styles)) <= 140 * KB


def test_files_are_few(initial):
    """Each takes a block of the disk and a request, however small it is."""
    assert len(initial) <= 5  # the frame, and what draws charts; of each a style sheet
    assert len(list(ASSETS.iterdir())) <= 90


def test_the_query_editor_is_at_most_150_kb_and_every_other_chunk_40(initial):
    (editor,) = names(r"PromEditor-.*\.js")
    later = [name for name in names(r".*\.(js|css)") if name not in [*initial, editor]]

    assert packed_size(editor) <= 150 * KB
    assert {name: packed_size(name) for name in later if packed_size(name) > 40 * KB} == {}


def test_fonts_of_the_first_load_are_at_most_50_kb():
    assert sum((ASSETS / name).stat().st_size for name in names(r"inter-.*\.woff2")) <= 50 * KB


def test_text_files_lie_there_packed_and_once():
    unpacked = [name for name in names(r".*\.(js|css)") if len(content(name)) >= KB]

    assert unpacked
    for name in unpacked:
        assert (ASSETS / f"{name}.gz").is_file()
        assert not (ASSETS / name).exists()


def test_nothing_is_loaded_from_elsewhere_nor_inlined():
    """The Content-Security-Policy refuses both; a build that needs them must not pass."""
    page = (STATIC / "index.html").read_text()

    assert not re.search(r"https?:|//", page.removeprefix("<!doctype html>"))
    assert not re.search(r"<style|style=|<script>", page)
    for name in names(r".*\.css"):
        assert not re.search(r"url\((?!\./)", content(name).decode()), name
