"""`watchglass routes` and `watchglass check routes`: an alertmanager.yml checked, its tree drawn, and asked where alerts go."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from watchglass.alerting.configuration import AlertmanagerConfig, check_templates, load_alertmanager_config
from watchglass.alerting.notify.rehearsal import failing_field, rehearse
from watchglass.alerting.route import Route
from watchglass.alerting.suppression import Suppression, muting
from watchglass.alerting.template_faults import template_faults
from watchglass.alerting.templates import Templates
from watchglass.cli.file_kind import other_kind, tell_faults
from watchglass.clock import SystemClock
from watchglass.errors import ConfigError
from watchglass.model.duration import format_duration
from watchglass.wire.faults import Faults

_ROOT = "default-route"


def run(options: argparse.Namespace) -> int:
    """Show the tree, or say where an alert goes; 1 where that is not what was expected."""
    config = _load(Path(options.file))
    if options.what == "show":
        sys.stdout.write("Routing tree:\n.\n" + "".join(_drawn(config.route, "", is_last=True)))
        return 0
    return _test(config, options)


def _load(path: Path) -> AlertmanagerConfig:
    try:
        return load_alertmanager_config(path)
    except ConfigError:
        if hint := other_kind(path, "routes"):
            raise ConfigError(hint, path=str(path)) from None
        raise


def check(names: list[str]) -> int:
    """Check every file; 1 when one is wrong."""
    return max(_check(Path(name)) for name in names)


def _check(path: Path) -> int:
    say = sys.stdout.write
    say(f"Checking {path}\n")
    try:
        config = load_alertmanager_config(path)
        check_templates(config)
        _check_fields(config)
    except ConfigError as error:
        tell_faults(path, error, "routes")
        return 1
    for notice in config.notices:
        say(f"  NOTE: {notice}\n")
    for warning in _warnings(config):
        say(f"  WARNING: {warning}\n")
    routes = sum(1 for _ in config.route.walk())
    found = f"{routes} routes, {len(config.receivers)} receivers, {len(config.inhibit_rules)} inhibition rules"
    say(f" SUCCESS: {path} is a valid alertmanager config, {found}\n")
    return 0


def _check_fields(config: AlertmanagerConfig) -> None:
    faults = Faults()
    for each in template_faults(config):
        faults.add(each.error)
    faults.check()


def _warnings(config: AlertmanagerConfig) -> Iterator[str]:
    """What keeps receivers from hearing of an alert."""
    templates = Templates()
    templates.load(config.templates, Path())
    for receiver in config.receivers.values():
        for each in receiver.integrations:
            who = f"receiver {receiver.name}: {each.name}"
            if each.disabled:
                yield f"{who} sends nothing: {each.disabled}"
            elif fault := rehearse(receiver.name, each.config, templates):
                field = failing_field(receiver.name, each.templates, templates)
                place = f"{field.path}:{field.line}: {field.key}" if field else f"{config.path}:{each.line}"
                yield f"{place}: {who} can make no message of a sample alert: {fault}"


def _test(config: AlertmanagerConfig, options: argparse.Namespace) -> int:
    labels = dict(_pair(word) for word in options.labels)
    found = config.route.match(labels)
    ways = dict(_ways(config.route, ""))
    now_ms = SystemClock().now_ms()
    for route in found:
        by = "all labels" if route.group_by is None else ", ".join(sorted(route.group_by)) or "nothing"
        place = f"{route.file}:{route.line} {ways[route.id]}"
        sys.stdout.write(f"{route.receiver}  by {place}  grouped by {by}{_muted(config, route, now_ms)}\n")
    receivers = ",".join(route.receiver for route in found)
    if options.verify is not None and receivers != options.verify:
        sys.stdout.write(f"WARNING: expected {options.verify}, not {receivers}\n")
        return 1
    return 0


def _ways(route: Route, above: str) -> Iterator[tuple[str, str]]:
    """The matchers on the way from the root to each route, by its id."""
    yield route.id, above or _ROOT
    for child in route.routes:
        yield from _ways(child, f"{above} > {child.matchers}" if above else str(child.matchers))


def _muted(config: AlertmanagerConfig, route: Route, now_ms: int) -> str:
    why, names = muting(route, config.intervals, now_ms)
    outside = "outside of " if why is Suppression.ACTIVE_TIME else ""
    return f"  sends nothing now: {outside}{why} {', '.join(names)}" if why else ""


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
