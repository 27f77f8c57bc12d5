"""`watchglass check config FILE ...`: says what is wrong with a prometheus.yml, in promtool's words where it has any."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from watchglass.config.check import check_named_files
from watchglass.config.prometheus import load_prometheus_config
from watchglass.errors import ConfigError


def run(options: argparse.Namespace) -> int:
    """Check every file; 1 when one is wrong."""
    return max(_check(Path(name), strict=options.strict) for name in options.files)


def _check(path: Path, *, strict: bool) -> int:
    out = sys.stdout.write
    out(f"Checking {path}\n")
    try:
        config = load_prometheus_config(path, strict=strict)
        warnings = list(check_named_files(config))
    except ConfigError as error:
        sys.stdout.flush()
        sys.stderr.write(f"  FAILED: {error}\n")
        return 1
    for warning in warnings:
        out(f"  WARNING: {warning}\n")
    for notice in config.notices:
        out(f"  NOTE: line {notice.line}: {notice.key}: {notice.message}\n")
    out(f" SUCCESS: {path} is valid prometheus config file syntax, {len(config.jobs)} scrape jobs\n")
    return 0
