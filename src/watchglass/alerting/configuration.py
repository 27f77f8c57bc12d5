"""An alertmanager.yml as it is in force: the routing tree, inhibition, time intervals and receivers.

Every key of Alertmanager 0.34 is known; what has no effect here is told in `notices`.
Source: prometheus/alertmanager, config/config.go.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from watchglass.alerting.inhibition import InhibitRule
from watchglass.alerting.notify.globals import Global, read_global
from watchglass.alerting.read_inhibition import inhibit_rules
from watchglass.alerting.read_names import declared_names, is_misspelled
from watchglass.alerting.read_receivers import Receiver, receiver_list, shown_addresses
from watchglass.alerting.read_routes import read_route
from watchglass.alerting.route import Route
from watchglass.alerting.time_interval import NamedIntervals, TimeInterval, named_intervals
from watchglass.errors import ConfigError
from watchglass.wire.faults import Faults
from watchglass.wire.redact import render
from watchglass.wire.schema import Context, Notice, Section, anything, paths, read_section
from watchglass.wire.yaml import Node, YamlLimits, load_yaml_file, parse_yaml

if TYPE_CHECKING:
    from watchglass.alerting.watchdog import Watchdog


class Disabled(NamedTuple):
    """An integration that sends nothing, and why; one that is shipped is missed by nobody before it is given its secrets."""

    receiver: str
    integration: str
    why: str
    shipped: bool = False


@dataclass(frozen=True, slots=True)
class AlertmanagerConfig:
    """One alertmanager.yml.

    Attributes:
        route: the root of the routing tree.
        receivers: by name, in the order of the file.
        inhibit_rules: which alerts silence which others.
        intervals: the named time intervals.
        templates: files of templates, as patterns of paths.
        global_: the `global` section.
        notices: what is accepted and has no effect.
        text: the file as it may be shown.
        path: the file.
        digest: the same where nothing has changed, secrets included.
        watchdog: where the alert goes that always fires; None where it goes nowhere of its own.
    """

    route: Route
    receivers: Mapping[str, Receiver]
    inhibit_rules: tuple[InhibitRule, ...] = ()
    intervals: NamedIntervals = field(default_factory=lambda: NamedIntervals({}))
    templates: tuple[str, ...] = ()
    global_: Global = field(default_factory=Global)
    notices: tuple[Notice, ...] = ()
    text: str = ""
    path: str = ""
    digest: str = ""
    watchdog: Watchdog | None = None

    @property
    def disabled(self) -> list[Disabled]:
        """Integrations that send nothing, because a secret is missing or because there is no such sender here."""
        return [
            Disabled(receiver.name, each.name, each.disabled, receiver.shipped)
            for receiver in self.receivers.values()
            for each in receiver.integrations
            if each.disabled
        ]


def is_same(one: AlertmanagerConfig, other: AlertmanagerConfig) -> bool:
    """Tell whether two readings of a file mean the same."""
    return one.digest == other.digest and one.disabled == other.disabled


def check_templates(config: AlertmanagerConfig) -> None:
    """See that the files of templates can be used.

    Raises:
        ConfigError: one cannot be read, or does not parse.
    """
    from watchglass.alerting.templates import Templates  # noqa: PLC0415 - most readers of a configuration send nothing

    Templates().load(config.templates, Path())


def load_alertmanager_config(
    path: Path, limits: YamlLimits | None = None, *, folder: Path | None = None
) -> AlertmanagerConfig:
    """Read an alertmanager.yml.

    Args:
        path: the file.
        limits: of its size.
        folder: where relative paths in it start, if not beside it.

    Raises:
        ConfigError: it is wrong; several faults at once where there are several.
    """
    return _read(load_yaml_file(path, limits or YamlLimits()), Context(folder or path.parent, variables=os.environ))


def parse_alertmanager_config(text: str, path: str = "") -> AlertmanagerConfig:
    """Read the text of one; relative paths are meant from the working folder.

    Raises:
        ConfigError: as for `load_alertmanager_config`.
    """
    return _read(parse_yaml(text, path), Context(variables=os.environ))


DEFAULT = """\
route: {receiver: default, group_by: [system, alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 4h}
receivers: [{name: default}]
"""
"""In force where there are rules and no alertmanager.yml: alerts can be seen and silenced, and nobody is told."""


def default_config() -> AlertmanagerConfig:
    """The configuration where there is no file."""
    return parse_alertmanager_config(DEFAULT, "built-in")


TOP = {
    "global": read_global,
    "route": anything,
    "inhibit_rules": inhibit_rules,
    "receivers": anything,
    "templates": paths,
    "mute_time_intervals": named_intervals("mute time interval"),
    "time_intervals": named_intervals("time interval"),
    "tracing": anything,
    "event_recorder": anything,
}
_INTERVAL_LISTS = {"mute_time_intervals": "mute time interval", "time_intervals": "time interval"}
_WITHOUT_EFFECT = {
    "tracing": "spans of notifications are not sent anywhere",
    "event_recorder": "events are not recorded anywhere",
}


def _read(root: Node, context: Context) -> AlertmanagerConfig:
    faults, read = Faults(), Section(root, "")
    with faults.kept():
        read = read_section(root, "", context, TOP)
    nodes = {key.value: value for key, value in root.pairs() if not value.is_null} if root.is_mapping else {}
    receivers: tuple[Receiver, ...] = ()
    with faults.kept():
        receivers = receiver_list(nodes.get("receivers"), read.get("global", Global()), context)
    intervals = _intervals(read, faults)
    route: Route | None = None
    with faults.kept():
        if "route" in nodes:
            known_receivers = declared_names(root, TOP, "receivers")
            route = read_route(nodes["route"], known_receivers, declared_names(root, TOP, *_INTERVAL_LISTS), context)
        elif not is_misspelled(root, TOP, "route"):
            raise root.error("no route provided in config", "route")
    faults.check()
    assert route is not None
    for key, why in _WITHOUT_EFFECT.items():
        if key in nodes:
            context.notice(nodes[key], key, why)
            context.secrets.append(nodes[key])
    return AlertmanagerConfig(
        route=route,
        receivers={each.name: each for each in receivers},
        inhibit_rules=read.get("inhibit_rules", ()),
        intervals=NamedIntervals(intervals),
        templates=read.get("templates", ()),
        global_=read.get("global", Global()),
        notices=tuple(context.notices),
        text=render(root, context.secrets, shown_addresses(nodes.get("receivers"))),
        path=root.path,
        digest=sha256(render(root, ()).encode("utf-8", "surrogatepass")).hexdigest(),
    )


def _intervals(read: Section, faults: Faults) -> dict[str, tuple[TimeInterval, ...]]:
    """The intervals of both lists, which share their names."""
    found: dict[str, tuple[TimeInterval, ...]] = {}
    for key, what in _INTERVAL_LISTS.items():
        for name, parts in read.get(key, ()):
            if name in found:
                faults.add(_not_unique(read, key, what, name))
            found[name] = parts
    return found


def _not_unique(read: Section, key: str, what: str, name: str) -> ConfigError:
    return read.error(f'{what} "{name}" is not unique', key)
