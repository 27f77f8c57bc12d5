"""`watchglass routes` and `watchglass check routes`: an alertmanager.yml checked, its tree drawn, and asked where alerts go."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from watchglass.alerting.configuration import AlertmanagerConfig, check_templates, load_alertmanager_config
from watchglass.alerting.notify.rehearsal import rehearse
from watchglass.alerting.route import Route
from watchglass.alerting.templates import Templates
from watchglass.errors import ConfigError
from watchglass.model.duration import format_duration
from watchglass.wire.faults import faults_of

_ROOT = "default-route"


def run(options: argparse.Namespace) -> int:
    """Show the tree, or say where an alert goes; 1 where that is not what was expected."""
    config = load_alertmanager_config(Path(options.file))
    if options.what == "show":
        sys.stdout.write("Routing tree:\n.\n" + "".join(_drawn(config.route, "", is_last=True)))
        return 0
    return _test(config, options)


def check(names: list[str]) -> int:
    """Check every file; 1 when one is wrong."""
    return max(_check(Path(name)) for name in names)


def _check(path: Path) -> int:
    say = sys.stdout.write
    say(f"Checking {path}\n")
    try:
        config = load_alertmanager_config(path)
        check_templates(config)
    except ConfigError as error:
        for fault in sorted(faults_of(error), key=lambda fault: (fault.path, fault.line)):
            say(f"  FAILED: {fault}\n")
        return 1
    try:
        warnings = list(_warnings(config))
    except ConfigError as error:
        say(f"  FAILED: {error}\n")
        return 1
    for notice in config.notices:
        say(f"  NOTE: {notice}\n")
    for warning in warnings:
        say(f"  WARNING: {warning}\n")
    routes = sum(1 for _ in config.route.walk())
    found = f"{routes} routes, {len(config.receivers)} receivers, {len(config.inhibit_rules)} inhibition rules"
    say(f" SUCCESS: {path} is a valid alertmanager config, {found}\n")
    return 0


def _warnings(config: AlertmanagerConfig) -> Iterator[str]:
    """What keeps receivers from hearing of an alert; raises ConfigError where a file of templates is wrong."""
    templates = Templates()
    templates.load(config.templates, Path())
    for receiver in config.receivers.values():
        for each in receiver.integrations:
            who = f"receiver {receiver.name}: {each.name}"
            if each.disabled:
                yield f"{who} sends nothing: {each.disabled}"
            elif fault := rehearse(receiver.name, each.config, templates):
                yield f"{who} can make no message of a sample alert: {fault}"


def _test(config: AlertmanagerConfig, options: argparse.Namespace) -> int:
    labels = dict(_pair(word) for word in options.labels)
    found = config.route.match(labels)
    for route in found:
        by = "all labels" if route.group_by is None else ", ".join(sorted(route.group_by)) or "nothing"
        sys.stdout.write(f"{route.receiver}  by {route.id}  grouped by {by}\n")
    receivers = ",".join(route.receiver for route in found)
    if options.verify is not None and receivers != options.verify:
        sys.stdout.write(f"WARNING: expected {options.verify}, not {receivers}\n")
        return 1
    return 0


def _pair(word: str) -> tuple[str, str]:
    name, sign, value = word.partition("=")
    if not name or not sign:
        raise ConfigError(f'expected LABEL=VALUE, not "{word}"')
    return name, value


def _drawn(route: Route, indent: str, *, is_last: bool) -> Iterator[str]:
    """A route and all below, a line each."""
    own = str(route.matchers) if route.matchers or route.id != "{}" else _ROOT
    goes_on = "  continue: true" if route.goes_on else ""
    yield f"{indent}{'└── ' if is_last else '├── '}{own}{goes_on}  receiver: {route.receiver}  {_timing(route)}\n"
    below = indent + ("    " if is_last else "│   ")
    for at, child in enumerate(route.routes):
        yield from _drawn(child, below, is_last=at == len(route.routes) - 1)


def _timing(route: Route) -> str:
    by = "..." if route.group_by is None else ", ".join(sorted(route.group_by))
    waits = (route.group_wait_ms, route.group_interval_ms, route.repeat_interval_ms)
    muted = f"  muted: {', '.join(route.mute_times)}" if route.mute_times else ""
    active = f"  active: {', '.join(route.active_times)}" if route.active_times else ""
    return f"group_by: [{by}]  {' / '.join(map(format_duration, waits))}{muted}{active}"
