"""Where the alerts of packs go: the tree of each behind its `system`, and which of its alerts inhibit which."""

from __future__ import annotations

from pathlib import Path

from watchglass.alerting.configuration import AlertmanagerConfig, load_alertmanager_config
from watchglass.alerting.mount import Part, can_send, mount
from watchglass.alerting.read_inhibition import read_inhibit_rules
from watchglass.errors import ConfigError
from watchglass.packs.asked import Enabled, Fault
from watchglass.packs.pack import ADDED, AS_WRITTEN, ROUTES_FILE, Pack
from watchglass.packs.rules import SYSTEM
from watchglass.packs.secrets import why_left_out, without_own_folder

INHIBIT_FILE = "inhibit_rules.yaml"


def with_packs(
    base: AlertmanagerConfig, enabled: Enabled, secrets: Path | None = None, *, own: bool = False
) -> tuple[AlertmanagerConfig, tuple[Fault, ...]]:
    """A configuration with the trees of the packs that are switched on, and what is wrong with those left out.

    Below somebody's own file a tree that can reach nobody is left out: its alerts go where that file sends the rest. It
    stays where a route of the file has told of every alert before, and goes on.

    Args:
        base: what takes all other alerts.
        enabled: the packs.
        secrets: the folder of the files that routes name, one folder a pack; None for the folders of the packs.
        own: the base is somebody's own file.
    """
    leaves_out = own and not _tells_all(base)
    parts: list[Part] = []
    faults: list[Fault] = []
    for pack in enabled.packs:
        try:
            part = pack_part(pack, as_written=pack.name in enabled.as_written, secrets=secrets)
        except ConfigError as error:
            faults.append(Fault(pack.name, str(error)))
            continue
        if leaves_out and part.config is not None and not can_send(part.config):
            faults.append(Fault(pack.name, why_left_out(part.config, pack, secrets)))
            part = Part(pack.name, None, (*part.config.inhibit_rules, *part.inhibit_rules))
        parts.append(part)
    return mount(base, parts, SYSTEM), tuple(faults)


def _tells_all(base: AlertmanagerConfig) -> bool:
    """Tell whether a route below the root takes every alert at any time, and leaves it to those after it as well."""
    return any(
        route.goes_on and not (*route.matchers, *route.mute_times, *route.active_times) for route in base.route.routes
    )


def pack_part(pack: Pack, *, as_written: bool = False, secrets: Path | None = None) -> Part:
    """The routes and inhibition rules of one pack.

    Raises:
        ConfigError: a file is wrong.
    """
    routes = pack.folder / AS_WRITTEN / ROUTES_FILE if as_written else pack.folder / ROUTES_FILE
    folder = secrets / pack.name if secrets is not None else pack.folder
    config = load_alertmanager_config(routes, folder=folder) if routes.is_file() else None
    if config is not None and config.templates:  # those of all packs and of the file would share their names
        raise ConfigError(
            "a pack has no files of templates; write its texts where they belong", path=str(routes), key="templates"
        )
    if config is not None and secrets is None:
        config = without_own_folder(config, pack)
    added = pack.folder / ADDED / INHIBIT_FILE
    inhibit = read_inhibit_rules(added) if not as_written and added.is_file() else ()
    return Part(pack.name, config, inhibit)
