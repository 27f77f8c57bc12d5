"""What a notification's templates see: Alertmanager's data, and the methods on them.

Source: prometheus/alertmanager, template/template.go (Data, Alerts, Alert, KV, Pairs) and doc/notifications.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from watchglass.gotemplate.times import Time
from watchglass.gotemplate.values import STRING, STRINGS, Function, StringList, Value, go_bytes
from watchglass.model.alert import ALERT_NAME, Alert, fingerprint
from watchglass.model.labels import Labels

FIRING, RESOLVED = "firing", "resolved"
NO_LABELS = Labels()

_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")


class Strings(StringList):
    """A list of texts that can be joined."""

    go_type: ClassVar[str] = "template.Strings"
    go_underlying: ClassVar[str] = "[]string"
    go_methods: ClassVar[Mapping[str, Function]] = {
        "Join": Function(lambda texts, separator: separator.join(texts), (STRING,)),
    }


@dataclass(frozen=True, slots=True)
class Pair:
    """A name and a value."""

    name: str
    value: str

    go_type: ClassVar[str] = "template.Pair"
    go_fields: ClassVar[Mapping[str, Callable[[Any], Value]]] = {
        "Name": lambda pair: pair.name,
        "Value": lambda pair: pair.value,
    }


class Pairs(list[Pair]):
    """Names and values, sorted by name, the alert's name first."""

    go_type: ClassVar[str] = "template.Pairs"
    go_underlying: ClassVar[str] = "[]template.Pair"

    def names(self) -> Strings:
        """The names."""
        return Strings(pair.name for pair in self)

    def values(self) -> Strings:
        """The values."""
        return Strings(pair.value for pair in self)

    def go_string(self) -> str:
        """`a=1, b=2`."""
        return ", ".join(f"{pair.name}={pair.value}" for pair in self)

    go_methods: ClassVar[Mapping[str, Function]] = {
        "Names": Function(names),
        "Values": Function(values),
        "String": Function(go_string),
    }


class KV(dict[str, str]):
    """Labels or annotations; a name that is not there has the value ""."""

    go_type: ClassVar[str] = "template.KV"
    go_underlying: ClassVar[str] = "map[string]string"
    go_zero: ClassVar[str] = ""

    def sorted_pairs(self) -> Pairs:
        """Names and values, sorted by name, the alert's name first."""
        names = sorted(self, key=lambda name: (name != ALERT_NAME, go_bytes(name)))
        return Pairs(Pair(name, self[name]) for name in names)

    def remove(self, names: Sequence[str]) -> KV:
        """All but some."""
        gone = frozenset(names)
        return KV((name, value) for name, value in self.items() if name not in gone)

    def go_string(self) -> str:
        """`a=1, b=2`."""
        return self.sorted_pairs().go_string()

    go_methods: ClassVar[Mapping[str, Function]] = {
        "SortedPairs": Function(sorted_pairs),
        "Remove": Function(remove, (STRINGS,)),
        "Names": Function(lambda kv: kv.sorted_pairs().names()),
        "Values": Function(lambda kv: kv.sorted_pairs().values()),
        "String": Function(go_string),
    }


@dataclass(frozen=True, slots=True)
class TemplateAlert:
    """One alert of a notification."""

    status: str
    labels: KV
    annotations: KV
    starts_at: Time
    ends_at: Time
    generator_url: str
    fingerprint: str

    go_type: ClassVar[str] = "template.Alert"
    go_fields: ClassVar[Mapping[str, Callable[[Any], Value]]] = {
        "Status": lambda alert: alert.status,
        "Labels": lambda alert: alert.labels,
        "Annotations": lambda alert: alert.annotations,
        "StartsAt": lambda alert: alert.starts_at,
        "EndsAt": lambda alert: alert.ends_at,
        "GeneratorURL": lambda alert: alert.generator_url,
        "Fingerprint": lambda alert: alert.fingerprint,
    }
    go_json: ClassVar[Mapping[str, str]] = {
        "Status": "status",
        "Labels": "labels",
        "Annotations": "annotations",
        "StartsAt": "startsAt",
        "EndsAt": "endsAt",
        "GeneratorURL": "generatorURL",
        "Fingerprint": "fingerprint",
    }


class TemplateAlerts(list[TemplateAlert]):
    """The alerts of a notification."""

    go_type: ClassVar[str] = "template.Alerts"
    go_underlying: ClassVar[str] = "[]template.Alert"

    def firing(self) -> list[TemplateAlert]:
        """Those that fire."""
        return _AlertList(alert for alert in self if alert.status == FIRING)

    def resolved(self) -> list[TemplateAlert]:
        """Those that have ended."""
        return _AlertList(alert for alert in self if alert.status == RESOLVED)

    go_methods: ClassVar[Mapping[str, Function]] = {"Firing": Function(firing), "Resolved": Function(resolved)}


class _AlertList(list[TemplateAlert]):
    go_type: ClassVar[str] = "[]template.Alert"


@dataclass(frozen=True, slots=True)
class Data:
    """What templates see as `.`.

    Attributes:
        receiver: its name, with the special characters of regular expressions escaped, as links need it.
        status: `firing` where any alert is, else `resolved`.
        alerts: of the group.
        notification_reason: why now.
        group_labels: what the alerts were grouped by.
        common_labels: that all alerts have.
        common_annotations: that all alerts have.
        route_labels: that the route carries.
        external_url: where this server is reached.
        now_ms: the time for `now` and `since`.
        route_labels_rendered: their values are no templates any more.
    """

    receiver: str
    status: str
    alerts: TemplateAlerts
    notification_reason: str
    group_labels: KV
    common_labels: KV
    common_annotations: KV
    route_labels: KV
    external_url: str
    now_ms: int
    route_labels_rendered: bool = True

    go_type: ClassVar[str] = "*template.Data"
    go_pointer: ClassVar[bool] = True
    go_fields: ClassVar[Mapping[str, Callable[[Any], Value]]] = {
        "Receiver": lambda data: data.receiver,
        "Status": lambda data: data.status,
        "Alerts": lambda data: data.alerts,
        "NotificationReason": lambda data: data.notification_reason,
        "GroupLabels": lambda data: data.group_labels,
        "CommonLabels": lambda data: data.common_labels,
        "CommonAnnotations": lambda data: data.common_annotations,
        "RouteLabels": lambda data: data.route_labels,
        "ExternalURL": lambda data: data.external_url,
    }
    go_json: ClassVar[Mapping[str, str]] = {
        "Receiver": "receiver",
        "Status": "status",
        "Alerts": "alerts",
        "NotificationReason": "notification_reason",
        "GroupLabels": "groupLabels",
        "CommonLabels": "commonLabels",
        "CommonAnnotations": "commonAnnotations",
        "RouteLabels": "routeLabels",
        "ExternalURL": "externalURL",
    }


def template_data(
    receiver: str,
    group_labels: Labels,
    alerts: Sequence[Alert],
    external_url: str,
    now_ms: int,
    *,
    route_labels: Labels = NO_LABELS,
    reason: str = "",
    route_labels_rendered: bool = True,
) -> Data:
    """The data of a notification.

    Args:
        receiver: its name.
        group_labels: what the alerts were grouped by.
        alerts: firing and resolved, in the order in which they are listed.
        external_url: where this server is reached.
        now_ms: which alerts have ended is as of this time.
        route_labels: that the route carries.
        reason: why now, in Alertmanager's words.
        route_labels_rendered: False where their values are templates yet (see Templates.route_labels).
    """
    shown = TemplateAlerts(_template_alert(alert, now_ms) for alert in alerts)
    return Data(
        receiver=_SPECIAL.sub(lambda match: "\\" + match[0], receiver),
        status=FIRING if any(alert.status == FIRING for alert in shown) else RESOLVED,
        alerts=shown,
        notification_reason=reason,
        group_labels=KV(group_labels),
        common_labels=_common(alert.labels for alert in alerts),
        common_annotations=_common(alert.annotations for alert in alerts),
        route_labels=KV(route_labels),
        external_url=external_url,
        now_ms=now_ms,
        route_labels_rendered=route_labels_rendered,
    )


def _template_alert(alert: Alert, now_ms: int) -> TemplateAlert:
    """An alert as templates see it; the end of one that fires is not told."""
    ended = alert.is_resolved(now_ms)
    return TemplateAlert(
        status=RESOLVED if ended else FIRING,
        labels=KV(alert.labels),
        annotations=KV(alert.annotations),
        starts_at=Time.of_ms(alert.starts_ms),
        ends_at=Time.of_ms(alert.ends_ms) if ended else Time.zero(),
        generator_url=alert.generator_url,
        fingerprint=f"{fingerprint(alert.labels):016x}",
    )


def _common(sets: Iterable[Labels]) -> KV:
    """The pairs that all sets have."""
    common: set[tuple[str, str]] | None = None
    for pairs in sets:
        common = set(pairs) if common is None else common & set(pairs)
    return KV(sorted(common or ()))
