"""Several configurations in one: the tree of each hangs below the root, behind a matcher, and its names are its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from watchglass.alerting.configuration import AlertmanagerConfig
from watchglass.alerting.inhibition import InhibitRule
from watchglass.alerting.matchers import Matchers
from watchglass.alerting.read_receivers import Receiver
from watchglass.alerting.route import Route
from watchglass.alerting.time_interval import NamedIntervals
from watchglass.model.matcher import Matcher, MatchType


@dataclass(frozen=True, slots=True)
class Part:
    """A configuration, or its inhibition alone, for the alerts of one system.

    Attributes:
        name: the value of the label by which its alerts are known; goes before the names of receivers and intervals.
        config: None where it has no routes of its own.
        inhibit_rules: in the place of the configuration's where there is none, and after them.
    """

    name: str
    config: AlertmanagerConfig | None = None
    inhibit_rules: tuple[InhibitRule, ...] = ()


def mount(base: AlertmanagerConfig, parts: Sequence[Part], label: str) -> AlertmanagerConfig:
    """The base with each part below its root, after its own routes: what they take stays theirs.

    Args:
        base: whose root takes what nobody else does.
        parts: their routes see only alerts with their name in `label`, and so do their inhibition rules.
        label: such as `system`.
    """
    root = replace(base.route, routes=list(base.route.routes))
    receivers: dict[str, Receiver] = dict(base.receivers)
    intervals = dict(base.intervals.by_name)
    rules = list(base.inhibit_rules)
    for part in parts:
        own = Matcher(label, MatchType.EQUAL, part.name)
        config = part.config
        if config is not None:
            entry = replace(config.route, matchers=Matchers.of([own]))
            root.routes.append(_moved(entry, root, len(root.routes), f"{part.name}/"))
            receivers |= {f"{part.name}/{each.name}": _renamed(each, part.name) for each in config.receivers.values()}
            intervals |= {f"{part.name}/{name}": found for name, found in config.intervals.by_name.items()}
        theirs = (*(config.inhibit_rules if config is not None else ()), *part.inhibit_rules)
        rules += [_narrowed(rule, own) for rule in theirs]
    return replace(
        base,
        route=root,
        receivers=receivers,
        inhibit_rules=tuple(rules),
        intervals=NamedIntervals(intervals),
        digest="/".join([base.digest, label, *map(_digest, parts)]),
        notices=(*base.notices, *(notice for part in parts if part.config for notice in part.config.notices)),
    )


def _digest(part: Part) -> str:
    return f"{part.name} {part.config.digest if part.config else ''} {part.inhibit_rules!r}"


def can_send(config: AlertmanagerConfig) -> bool:
    """Tell whether any receiver of a configuration has a way to be reached."""
    return any(not each.disabled for receiver in config.receivers.values() for each in receiver.integrations)


def _moved(route: Route, parent: Route, place: int, prefix: str) -> Route:
    """A route below another parent; what it has inherited stays as it was."""
    moved = replace(
        route,
        receiver=prefix + route.receiver,
        mute_times=tuple(prefix + name for name in route.mute_times),
        active_times=tuple(prefix + name for name in route.active_times),
        key=f"{parent.key}/{route.matchers}",
        id=f"{parent.id}/{route.matchers}/{place}",
        routes=[],
    )
    moved.routes.extend(_moved(child, moved, at, prefix) for at, child in enumerate(route.routes))
    return moved


def _renamed(receiver: Receiver, system: str) -> Receiver:
    name = f"{system}/{receiver.name}"
    return replace(
        receiver,
        name=name,
        shipped=True,
        integrations=tuple(replace(each, receiver=name) for each in receiver.integrations),
    )


def _narrowed(rule: InhibitRule, own: Matcher) -> InhibitRule:
    return replace(rule, source=Matchers.of([*rule.source, own]), target=Matchers.of([*rule.target, own]))
