"""`watchglass check`: what is wrong with a prometheus.yml, in promtool's words where it has any, dashboards or routes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from watchglass.cli import check_dashboards
from watchglass.cli.file_kind import tell_faults
from watchglass.config.check import check_named_files
from watchglass.config.load import SETTINGS_FILE, load_settings
from watchglass.config.prometheus import load_prometheus_config
from watchglass.config.settings import Invocation
from watchglass.errors import ConfigError


def run(options: argparse.Namespace) -> int:
    """Check every file; 1 when one is wrong."""
    if options.what == "dashboards":
        return check_dashboards.run(options)
    if options.what == "rules":
        from watchglass.cli import rules  # noqa: PLC0415 - only then

        return rules.check(options)
    if options.what == "routes":
        from watchglass.cli import routes  # noqa: PLC0415 - only then

        return routes.check(options.files)
    if options.what == "files":
        from watchglass.cli import check_files  # noqa: PLC0415 - it uses this module

        return check_files.run(options)
    return max(_check(Path(name), strict=options.strict) for name in options.files)


def _check(path: Path, *, strict: bool) -> int:
    """Check one file, and report on one stream what was found: an order that nothing can mix up."""
    say = sys.stdout.write
    say(f"Checking {path}\n")
    try:
        valid = _settings(path) if path.name == SETTINGS_FILE else _prometheus(path, strict=strict)
    except ConfigError as error:
        tell_faults(path, error, "config")
        return 1
    say(f" SUCCESS: {path} is {valid}\n")
    return 0


def _prometheus(path: Path, *, strict: bool) -> str:
    config = load_prometheus_config(path, strict=strict)
    for notice in config.notices:
        sys.stdout.write(f"  NOTE: {notice}\n")
    for warning in check_named_files(config):
        sys.stdout.write(f"  WARNING: {warning}\n")
    return f"valid prometheus config file syntax, {len(config.jobs)} scrape jobs"


def _settings(path: Path) -> str:
    load_settings(Invocation(environment={}, settings_file=str(path)))
    return "a valid settings file"
