"""Reading the receivers of an alertmanager.yml; each kind of entry is read by its own row in `notify.table`.

Source: prometheus/alertmanager, config/config.go (Receiver).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from watchglass.alerting.notify.globals import Global
from watchglass.alerting.notify.integration import IntegrationConfig
from watchglass.wire.faults import Faults
from watchglass.wire.redact import SECRET
from watchglass.wire.schema import Context, Section, Table, TemplateText, join, read_section, string_map, text
from watchglass.wire.yaml import Node

if TYPE_CHECKING:
    from watchglass.alerting.notify.table import Receiver as Kind


@dataclass(frozen=True, slots=True)
class Integration:
    """One way to reach a receiver.

    Attributes:
        receiver: whose.
        kind: such as `slack`.
        place: among those of its kind, from 0.
        sends_resolved: whether it hears that alerts have ended.
        config: how it is reached.
        disabled: why nothing is sent; empty where it is.
        line: where it stands.
        templates: its own texts that are templates.
    """

    receiver: str
    kind: str
    place: int
    sends_resolved: bool
    config: IntegrationConfig
    disabled: str = ""
    line: int = 0
    templates: tuple[TemplateText, ...] = ()

    @property
    def name(self) -> str:
        """As Alertmanager names it: `slack[0]`."""
        return f"{self.kind}[{self.place}]"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody to notify, in one way or several.

    Attributes:
        name: unique in its file.
        integrations: the ways.
        labels: of the receiver itself.
        shipped: it comes with a part, such as a pack, and not from somebody's own file.
    """

    name: str
    integrations: tuple[Integration, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    shipped: bool = False


def shown_addresses(node: Node | None) -> dict[int, str]:
    """Addresses of webhooks as they may be shown, by the `id` of their nodes: scheme and host, so that they stay URLs.

    Older versions of amtool refuse a configuration where anything else stands.
    """
    entries = [
        entry
        for receiver in (node.items() if node is not None else ())
        for kind, entries in receiver.pairs()
        if kind.value == "webhook_configs"
        for entry in entries.items()
    ]
    urls = [value for entry in entries for name, value in entry.pairs() if name.value == "url"]
    return {id(url): _shown(url.value) for url in urls}


def _shown(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return SECRET
    is_plain = parts.scheme in {"http", "https"} and host and "{{" not in parts.netloc
    return f"{parts.scheme}://{host}/{SECRET}" if is_plain else SECRET


def receiver_list(node: Node | None, global_: Global, context: Context) -> tuple[Receiver, ...]:
    """All receivers.

    Raises:
        ConfigError: one is wrong, or two share a name.
    """
    faults, found = Faults(), dict[str, Receiver]()
    for at, item in enumerate(node.items("receivers") if node is not None else ()):
        with faults.kept():
            receiver = _receiver(item, f"receivers[{at}]", global_, context)
            if receiver.name in found:
                raise item.error(f'notification config name "{receiver.name}" is not unique', f"receivers[{at}].name")
            found[receiver.name] = receiver
    faults.check()
    return tuple(found.values())


def _as_node(node: Node, key: str, context: Context) -> Node:
    del key, context
    return node


_TABLE: Table = {"name": text, "labels": string_map}


def _receiver(node: Node, key: str, global_: Global, context: Context) -> Receiver:
    kinds = _kinds(node)
    read = read_section(node, key, context, {**_TABLE, **dict.fromkeys(kinds, _as_node)})
    name = read.get("name")
    if not name:
        raise read.error("missing name in receiver")
    labels = dict(read.get("labels", {}))
    if labels.setdefault("name", name) != name:
        raise read.error(f'receiver label "name" must match receiver name "{name}", got "{labels["name"]}"', "labels")
    return Receiver(name, _integrations(read, kinds, global_, context), labels)


def _kinds(node: Node) -> Mapping[str, Kind]:
    """The kinds of entries; none where the receiver has no entry, so that what sends is not loaded for it."""
    if node.is_mapping and all(name.value in _TABLE for name, _ in node.pairs()):
        return {}
    from watchglass.alerting.notify.table import RECEIVERS  # noqa: PLC0415 - many servers tell nobody

    return RECEIVERS


def _integrations(
    read: Section, kinds: Mapping[str, Kind], global_: Global, context: Context
) -> tuple[Integration, ...]:
    faults, found = Faults(), list[Integration]()
    name = read.get("name")
    for kind, row in kinds.items():
        entries = read.get(kind)
        for at, item in enumerate(entries.items(join(read.key, kind)) if entries is not None else ()):
            place = f"{read.key}.{kind}[{at}]"
            with faults.kept():
                if item.is_null:
                    raise item.error(f"missing {kind.removesuffix('_configs')} config", place)
                context.templates.clear()
                config = row.read(item, place, context, global_)
                disabled, texts = config.disabled(), tuple(context.templates)
                found.append(
                    Integration(name, config.kind, at, config.send_resolved, config, disabled, item.line, texts)
                )
    faults.check()
    return tuple(found)
