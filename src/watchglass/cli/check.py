"""`watchglass check config FILE ...`: says what is wrong with a prometheus.yml, in promtool's words where it has any."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from watchglass.config.check import check_named_files
from watchglass.config.load import SETTINGS_FILE, load_settings
from watchglass.config.prometheus import load_prometheus_config
from watchglass.config.settings import Invocation
from watchglass.errors import ConfigError


def run(options: argparse.Namespace) -> int:
    """Check every file; 1 when one is wrong."""
    return max(_check(Path(name), strict=options.strict) for name in options.files)


def _check(path: Path, *, strict: bool) -> int:
    if path.name == SETTINGS_FILE:
        return _check_settings(path)
    out = sys.stdout.write
    out(f"Checking {path}\n")
    try:
        config = load_prometheus_config(path, strict=strict)
        warnings = list(check_named_files(config))
    except ConfigError as error:
        return _failed(error)
    for warning in warnings:
        out(f"  WARNING: {warning}\n")
    for notice in config.notices:
        out(f"  NOTE: line {notice.line}: {notice.key}: {notice.message}\n")
    out(f" SUCCESS: {path} is valid prometheus config file syntax, {len(config.jobs)} scrape jobs\n")
    return 0


def _check_settings(path: Path) -> int:
    sys.stdout.write(f"Checking {path}\n")
    try:
        load_settings(Invocation(environment={}, settings_file=str(path)))
    except ConfigError as error:
        return _failed(error)
    sys.stdout.write(f" SUCCESS: {path} is a valid settings file\n")
    return 0


def _failed(error: ConfigError) -> int:
    sys.stdout.flush()
    sys.stderr.write(f"  FAILED: {error}\n")
    return 1
