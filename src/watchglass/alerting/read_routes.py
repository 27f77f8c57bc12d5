"""Reading the routing tree of an alertmanager.yml; what a route inherits is settled here, once.

Source: prometheus/alertmanager, config/config.go (Route), dispatch/route.go (newRoute).
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from watchglass.alerting.read_matchers import all_matchers, equal_map, matcher_list, regex_map
from watchglass.alerting.route import Route
from watchglass.errors import ConfigError
from watchglass.model.labels import Labels
from watchglass.wire.faults import Faults
from watchglass.wire.schema import Context, Section, boolean, duration, labels, list_of, read_section, text
from watchglass.wire.yaml import Node

MAX_DEPTH = 40
MAX_ROUTES = 10_000

_ALL = "..."


def _strictly(node: Node, key: str, context: Context) -> tuple[str, ...]:
    return tuple(list_of(text)(node, key, context))


def _routes(node: Node, key: str, context: Context) -> list[Node]:
    del context
    return node.items(key)


ROUTE = {
    "receiver": text,
    "group_by": _strictly,
    "match": equal_map,
    "match_re": regex_map,
    "matchers": matcher_list,
    "mute_time_intervals": _strictly,
    "active_time_intervals": _strictly,
    "continue": boolean,
    "routes": _routes,
    "group_wait": duration,
    "group_interval": duration,
    "repeat_interval": duration,
    "labels": labels,
}
_MATCHING = ("match", "match_re", "matchers")


@dataclass(slots=True)
class _Reader:
    """What the routes of one tree are checked against."""

    receivers: AbstractSet[str] | None
    intervals: AbstractSet[str] | None
    context: Context
    faults: Faults
    count: int = 0

    def route(self, node: Node, key: str, parent: Route | None, place: int = 0) -> Route | None:
        """One route and all below; `place` is that among its siblings. None where nothing below can be read."""
        self.count += 1
        if self.count > MAX_ROUTES or key.count(".") > MAX_DEPTH:
            raise node.error(
                f"there are more than {MAX_ROUTES} routes, or they are nested deeper than {MAX_DEPTH}", key
            )
        try:
            read = read_section(node, key, self.context, ROUTE)
        except ConfigError as error:
            self.faults.add(error)
            return None
        checks = [_check_timers, _check_grouping, self._check_names]
        for check in checks if parent else [_check_root, *checks]:
            with self.faults.kept():
                check(read)
        route = _resolved(read, parent, place)
        for at, item in enumerate(read.get("routes", ())):
            if (child := self.route(item, f"{key}.routes[{at}]", route, at)) is not None:
                route.routes.append(child)
        return route

    def _check_names(self, read: Section) -> None:
        receiver = read.get("receiver")
        if receiver and self.receivers is not None and receiver not in self.receivers:
            raise read.error(
                f'undefined receiver "{receiver}" used in route{_near(receiver, self.receivers)}', "receiver"
            )
        for name in ("active_time_intervals", "mute_time_intervals"):
            for interval in read.get(name, ()):
                if self.intervals is not None and interval not in self.intervals:
                    near = _near(interval, self.intervals)
                    raise read.error(f'undefined time interval "{interval}" used in route{near}', name)


def read_route(
    node: Node, receivers: AbstractSet[str] | None, intervals: AbstractSet[str] | None, context: Context
) -> Route:
    """The tree below the key `route`.

    Args:
        node: its value.
        receivers: the names that routes may use; None where they cannot be told, and none is missed.
        intervals: likewise those of time intervals.
        context: of the file.

    Raises:
        ConfigError: it is wrong.
    """
    faults = Faults()
    root = _Reader(receivers, intervals, context, faults).route(node, "route", None)
    faults.check()
    assert root is not None
    return root


def _near(name: str, known: AbstractSet[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only of use where something is wrong

    near = get_close_matches(name, known, 1)
    return f'; did you mean "{near[0]}"?' if near else ""


def _check_root(read: Section) -> None:
    if not read.get("receiver"):
        raise read.error("root route must specify a default receiver")
    if read.non_empty(*_MATCHING):
        raise read.error("root route must not have any matchers", read.non_empty(*_MATCHING)[0])
    for name, what in (("mute_time_intervals", "mute"), ("active_time_intervals", "active")):
        if read.get(name):
            raise read.error(f"root route must not have any {what} time intervals", name)
    if read.get("continue"):
        raise read.error("cannot have continue in root route", "continue")


def _check_timers(read: Section) -> None:
    for name in ("group_interval", "repeat_interval"):
        if read.get(name, 1) == 0:
            raise read.error(f"{name} cannot be zero", name)


def _check_grouping(read: Section) -> None:
    names = [name for name in read.get("group_by", ()) if name != _ALL]
    if "" in names:
        raise read.error('invalid label name "" in group_by list', "group_by")
    if names and _ALL in read.get("group_by", ()):
        raise read.error("cannot have wildcard group_by (`...`) and other labels at the same time", "group_by")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise read.error(f'duplicated label "{twice}" in group_by', "group_by")


def _resolved(read: Section, parent: Route | None, place: int) -> Route:
    """A route with what it inherits; its children are still to come."""
    matchers = all_matchers(read, *_MATCHING)
    above = parent or Route("")
    return Route(
        receiver=read.get("receiver") or above.receiver,
        matchers=matchers,
        group_by=_grouping(read.values, above),
        group_wait_ms=read.get("group_wait", above.group_wait_ms),
        group_interval_ms=read.get("group_interval", above.group_interval_ms),
        repeat_interval_ms=read.get("repeat_interval", above.repeat_interval_ms),
        mute_times=read.get("mute_time_intervals", ()),
        active_times=read.get("active_time_intervals", ()),
        labels=Labels.of([*above.labels, *read.get("labels", ())]),
        goes_on=read.get("continue", False),
        key=f"{above.key}/{matchers}" if parent else str(matchers),
        id=f"{above.id}/{matchers}/{place}" if parent else str(matchers),
        line=read.node.line,
        file=read.node.path,
    )


def _grouping(given: Mapping[str, Any], above: Route) -> frozenset[str] | None:
    if "group_by" not in given:
        return above.group_by
    return None if _ALL in given["group_by"] else frozenset(given["group_by"])
