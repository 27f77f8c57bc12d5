"""Alerts, groups, silences and receivers as Alertmanager's API v2 shows them.

Source: prometheus/alertmanager, api/v2/{api,compat}.go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from typing import TYPE_CHECKING

from starlette.requests import Request

from watchglass.alerting.alerts import compare_labels, in_order
from watchglass.alerting.matchers import MatcherError, accepts_of, parse_matcher
from watchglass.alerting.silence import Silence
from watchglass.model.alert import Alert
from watchglass.model.matcher import Matcher, MatchType
from watchglass.regex import Predicate, RegexError, compile_anchored
from watchglass.serve.alertmanager_bodies import Json, time_text
from watchglass.serve.envelope import ApiError, encode_json

if TYPE_CHECKING:
    from watchglass.alerting.dispatch import Dispatcher
    from watchglass.alerting.group import AggregationGroup
    from watchglass.alerting.manager import AlertManager
    from watchglass.alerting.read_receivers import Receiver

_YES = frozenset({"true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled"})
_NEGATIVE = frozenset({MatchType.NOT_EQUAL, MatchType.NOT_REGEX})


class Filter(tuple[Matcher, ...]):
    """Matchers of a request; other than those of routes, one of an empty value asks whether the label is there."""

    __slots__ = ()

    def keep(self, labels: Mapping[str, str]) -> bool:
        """Tell whether a label set is asked for."""
        return all(_keeps(matcher, labels) for matcher in self)


def _keeps(matcher: Matcher, labels: Mapping[str, str]) -> bool:
    is_there = matcher.name in labels
    if not matcher.value and is_there is (matcher.type in _NEGATIVE):
        return True
    return accepts_of(matcher)(labels.get(matcher.name, ""))


def read_filter(texts: Sequence[str], name: str = "") -> Filter:
    """The matchers of a parameter.

    Raises:
        ApiError: one cannot be read.
    """
    try:
        return Filter(map(parse_matcher, texts))
    except MatcherError as error:
        raise ApiError(f"failed to parse {name} param: {error}" if name else str(error)) from None


def is_true(word: str) -> bool:
    """A parameter that is true or false, as go-openapi takes it."""
    return word.lower() in _YES


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts are asked for."""

    matchers: Filter
    receiver: Predicate | None
    receiver_labels: Filter
    active: bool
    silenced: bool
    inhibited: bool
    muted: bool

    @classmethod
    def of(cls, request: Request) -> AlertFilter:
        """What a request asks for.

        Raises:
            ApiError: a parameter is wrong.
        """
        given = request.query_params
        try:
            receiver = compile_anchored(given["receiver"]) if given.get("receiver") else None
        except RegexError as error:
            raise ApiError(f"failed to parse receiver param: error parsing regexp: {error}") from None
        shown = [is_true(given.get(name, "true")) for name in ("active", "silenced", "inhibited", "muted")]
        labels = read_filter(given.getlist("receiver_matchers"), "receiver_matchers")
        return cls(read_filter(given.getlist("filter")), receiver, labels, *shown)

    def wants_receiver(self, receivers: Mapping[str, Receiver], *names: str) -> bool:
        """Tell whether one of an alert's receivers is asked for."""
        if self.receiver is not None and not any(map(self.receiver, names)):
            return False
        return not self.receiver_labels or any(self.receiver_labels.keep(receivers[name].labels) for name in names)


@dataclass(frozen=True, slots=True)
class _Status:
    silenced_by: list[str]
    inhibited_by: list[str]

    @classmethod
    def of(cls, dispatcher: Dispatcher, alert: Alert, now_ms: int) -> _Status:
        """What keeps an alert quiet now."""
        suppressor = dispatcher.suppressor
        source = suppressor.inhibitor.inhibitor_of(alert.labels, now_ms)
        return cls(suppressor.silences.silencing(alert.labels, now_ms), [hexadecimal(source)] if source else [])

    def is_wanted(self, asked: AlertFilter) -> bool:
        is_active = not (self.silenced_by or self.inhibited_by)
        return not (
            (is_active and not asked.active)
            or (self.silenced_by and not asked.silenced)
            or (self.inhibited_by and not asked.inhibited)
        )


def hexadecimal(alert: Alert) -> str:
    """An alert's fingerprint as text."""
    return f"{alert.fingerprint:016x}"


def alert_list(manager: AlertManager, asked: AlertFilter, now_ms: int) -> list[bytes]:
    """Alerts that fire, by fingerprint; Alertmanager says what mutes them of groups alone."""
    with manager.look() as dispatcher:
        return _encoded(dispatcher, asked, now_ms, lambda alert, status, names: alert_view(alert, status, names, ()))


def routed_list(manager: AlertManager, asked: AlertFilter, now_ms: int, own_url: str) -> list[bytes]:
    """As `alert_list`, with what mutes each, and whether it is `own`: raised by a rule of this process, now or before a restart."""
    with manager.look() as dispatcher:
        muted_by = dispatcher.suppressor.muter(dispatcher.config.route, now_ms)

        def view(alert: Alert, status: _Status, receivers: Sequence[str]) -> Json:
            own = bool(own_url) and alert.generator_url.startswith(f"{own_url}/graph?")
            return alert_view(alert, status, receivers, muted_by(alert.labels)) | {"own": own}

        return _encoded(dispatcher, asked, now_ms, view)


def _encoded(
    dispatcher: Dispatcher,
    asked: AlertFilter,
    now_ms: int,
    view: Callable[[Alert, _Status, Sequence[str]], Json],
) -> list[bytes]:
    """Each alert is written at once, for very many would fill the memory as objects."""
    found: list[tuple[str, bytes]] = []
    for alert in dispatcher.state.alerts:
        labels = dict(alert.labels)
        if alert.ends_ms < now_ms or not asked.matchers.keep(labels):
            continue
        receivers = [route.receiver for route in dispatcher.config.route.match(labels)]
        status = _Status.of(dispatcher, alert, now_ms)
        if asked.wants_receiver(dispatcher.config.receivers, *receivers) and status.is_wanted(asked):
            found.append((hexadecimal(alert), encode_json(view(alert, status, receivers))))
    return [text for _, text in sorted(found)]


def alert_groups(manager: AlertManager, asked: AlertFilter, now_ms: int) -> list[bytes]:
    """Groups, by labels and then by receiver, with the alerts of each that fire."""
    with manager.look() as dispatcher:
        found = [
            (group, alerts)
            for group in dispatcher.groups.values()
            if asked.wants_receiver(dispatcher.config.receivers, group.route.receiver)
            and (alerts := _wanted(dispatcher, group, asked, now_ms))
        ]
    found.sort(key=lambda pair: (_BY_LABELS(pair[0].labels), pair[0].route.receiver))
    receivers: dict[int, list[str]] = {}
    for group, alerts in found:
        for alert, _ in alerts:
            receivers.setdefault(alert.fingerprint, []).append(group.route.receiver)
    return [
        encode_json(
            _group_view(group, alerts, receivers)
            | {"routeLabels": dict(manager.route_labels(group, [alert for alert, _ in alerts], now_ms))}
        )
        for group, alerts in found
        if asked.muted or not group.muted_by
    ]


_BY_LABELS = cmp_to_key(compare_labels)
_Alerts = list[tuple[Alert, _Status]]


def _wanted(dispatcher: Dispatcher, group: AggregationGroup, asked: AlertFilter, now_ms: int) -> _Alerts:
    found = []
    for alert in in_order(group.alerts.values()):
        if alert.ends_ms >= now_ms and asked.matchers.keep(dict(alert.labels)):
            status = _Status.of(dispatcher, alert, now_ms)
            if status.is_wanted(asked):
                found.append((alert, status))
    return found


def _group_view(group: AggregationGroup, alerts: _Alerts, receivers: Mapping[int, Sequence[str]]) -> Json:
    return {
        "alerts": [
            alert_view(alert, status, sorted(receivers[alert.fingerprint]), group.muted_by) for alert, status in alerts
        ],
        "labels": dict(group.labels),
        "receiver": {"name": group.route.receiver},
    }


def alert_view(alert: Alert, status: _Status, receivers: Sequence[str], muted_by: Sequence[str]) -> Json:
    """One alert."""
    is_suppressed = bool(status.silenced_by or status.inhibited_by or muted_by)
    view = {
        "annotations": dict(alert.annotations),
        "endsAt": time_text(alert.ends_ms),
        "fingerprint": hexadecimal(alert),
        "receivers": [{"name": name} for name in receivers],
        "startsAt": time_text(alert.starts_ms),
        "status": {
            "inhibitedBy": status.inhibited_by,
            "mutedBy": list(muted_by),
            "silencedBy": status.silenced_by,
            "state": "suppressed" if is_suppressed else "active",
        },
        "updatedAt": time_text(alert.updated_ms),
        "labels": dict(alert.labels),
    }
    return view | ({"generatorURL": alert.generator_url} if alert.generator_url else {})


def silence_view(silence: Silence, now_ms: int) -> Json:
    """One silence."""
    view = {
        "id": silence.id,
        "status": {"state": silence.state(now_ms).value},
        "updatedAt": time_text(silence.updated_ms),
        "comment": silence.comment,
        "createdBy": silence.created_by,
        "endsAt": time_text(silence.ends_ms),
        "matchers": [
            {
                "isEqual": each.type not in _NEGATIVE,
                "isRegex": each.type in {MatchType.REGEX, MatchType.NOT_REGEX},
                "name": each.name,
                "value": each.value,
            }
            for each in silence.matchers
        ],
        "startsAt": time_text(silence.starts_ms),
    }
    return view | ({"annotations": dict(silence.annotations)} if silence.annotations else {})


def silence_matches(silence: Silence, asked: Filter) -> bool:
    """Tell whether a silence has all the matchers that are asked for."""
    return all(matcher in silence.matchers for matcher in asked)


def receiver_view(receiver: Receiver) -> Json:
    """One receiver."""
    return {"name": receiver.name, "labels": dict(receiver.labels)}
