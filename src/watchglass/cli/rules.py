"""`watchglass check rules` and `watchglass test rules`: rule files and their tests, as promtool takes them."""

from __future__ import annotations

import argparse
import logging
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from watchglass.cli.file_kind import tell_faults
from watchglass.errors import ConfigError
from watchglass.rules.definition import GroupDefinition
from watchglass.rules.read import matching_files, read_rule_file
from watchglass.rules.unit_test import run_rule_tests
from watchglass.rules.unit_test_file import RuleTests, read_rule_tests

FATAL_LINT = 3
"""The exit status where `--lint-fatal` finds something, and nothing is wrong."""


def check(options: argparse.Namespace) -> int:
    """Check every file; 1 when one is wrong, 3 when rules are there twice and that is fatal."""
    results = [_check(Path(name)) for name in options.files]
    if any(not right for right, _ in results):
        return 1
    return FATAL_LINT if options.lint_fatal and any(twice for _, twice in results) else 0


def _check(path: Path) -> tuple[bool, bool]:
    """Check one file: whether it is right, and whether a rule is in it twice."""
    sys.stdout.write(f"Checking {path}\n")
    try:
        groups = read_rule_file(path)
    except ConfigError as error:
        tell_faults(path, error, "rules")
        return False, False
    twice = _twice(groups)
    for text in twice:
        sys.stdout.write(f"  WARNING: {text}\n")
    sys.stdout.write(f" SUCCESS: {sum(len(group.rules) for group in groups)} rules found\n")
    return True, bool(twice)


def _twice(groups: Sequence[GroupDefinition]) -> list[str]:
    """Rules of one name and labels, of which one would overwrite the other."""
    found = Counter((rule.name, tuple(sorted(rule.labels.items()))) for group in groups for rule in group.rules)
    return [
        f"{name} is there {times} times" + (f" with the labels {dict(labels)}" if labels else "")
        for (name, labels), times in found.items()
        if times > 1
    ]


def run(options: argparse.Namespace) -> int:
    """Run the tests of every file; 1 when one fails."""
    pattern = re.compile("|".join(options.run) or "")
    return max(_test(Path(name), pattern) for name in options.files)


def _test(path: Path, pattern: re.Pattern[str]) -> int:
    sys.stdout.write(f"Testing {path}\n")
    try:
        tests = read_rule_tests(path)
        _warn_of_missing(tests)
        wanted = [case for case in tests.cases if pattern.search(case.name)]
        with _without_log():
            failures = list(run_rule_tests(tests, wanted))
    except ConfigError as error:
        tell_faults(path, error, "tests")
        return 1
    for failure in failures:
        sys.stdout.write(f"  FAILED: {path}:{failure.line}: {failure.text}\n")
    if not failures:
        sys.stdout.write(f" SUCCESS: {len(wanted)} tests\n")
    return int(bool(failures))


@contextmanager
def _without_log() -> Iterator[None]:
    """What rules log of their failures is in the report already."""
    logger = logging.getLogger("watchglass.rules")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _warn_of_missing(tests: RuleTests) -> None:
    for name in tests.rule_files:
        if not matching_files([name]):
            sys.stdout.write(f"  WARNING: {name} names no file\n")
