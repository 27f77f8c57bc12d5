"""What concerns every test."""

import os
import re
import shutil
from pathlib import Path

import pytest
import yaml

INSTALLABLE = re.compile("apt-get install|could not import")
"""What reasons to skip say of programs and libraries that `make test` installs."""


def pytest_collection_modifyitems(items):
    """Run the browser tests last: Playwright keeps an event loop running, and no test after it could have its own."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Where everything is to be installed (`CI=true`), let a test fail that skips because something is not."""
    report = yield
    reason = (
        report.longrepr[2] if report.skipped and isinstance(report.longrepr, tuple) else ""
    )  # an expected failure has none
    if os.environ.get("CI") == "true" and INSTALLABLE.search(reason):
        report.outcome, report.longrepr = "failed", f"CI runs every test, and this one skips: {reason}"
    return report


CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--font-render-hinting=none", "--force-color-profile=srgb", "--disable-dev-shm-usage"]


@pytest.fixture(scope="session")
def chromium():
    """Debian's browser, started once for all tests: Playwright allows one event loop of its own."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="could not import playwright")
    if CHROMIUM is None:
        pytest.skip("apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


SEEDS = next(
    (path for parent in Path(__file__).resolve().parents if (path := parent / "shared/spec/seeds.yaml").is_file()), None
)
"""The contract that packs are held to, where it lies beside this checkout."""


@pytest.fixture(scope="session")
def seeds():
    """What the five systems' guides say, as data."""
    if SEEDS is None:
        pytest.skip("shared/spec/seeds.yaml is not beside this checkout: it is the contract, not a part of it")
    return yaml.safe_load(SEEDS.read_text())


@pytest.fixture(scope="session")
def guides(seeds):
    """The text of each guide, by the name of its pack."""
    folder = SEEDS.parent.parent / "seeds"
    return {row["key"]: (folder / row["file"]).read_text() for row in seeds["meta"]["seeds"]}
