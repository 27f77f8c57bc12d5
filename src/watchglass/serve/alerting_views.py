"""The routing as the pages show it: the tree, what a route makes of an alert, receivers, inhibition, notifications."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from watchglass.alerting.matchers import accepts_of, matcher_text
from watchglass.wire.quoting import go_quote, unquote

if TYPE_CHECKING:
    from watchglass.alerting.configuration import AlertmanagerConfig
    from watchglass.alerting.dispatch import Delivery
    from watchglass.alerting.history import Episode, Notification
    from watchglass.alerting.inhibition import Inhibition, InhibitRule
    from watchglass.alerting.manager import Trying
    from watchglass.alerting.read_receivers import Receiver
    from watchglass.alerting.route import Route
    from watchglass.alerting.suppression import Suppressor
    from watchglass.model.labels import Labels
    from watchglass.model.matcher import Matcher

Json = dict[str, Any]

NO_ROUTING: Json = {"route": None, "file": "", "receivers": [], "inhibitRules": [], "timeIntervals": [], "notices": []}

_GROUP_LABELS = re.compile(r':(\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\})\Z', re.DOTALL)
_PAIR = re.compile(r'(?:\A\{|, )(.*?)=("(?:[^"\\]|\\.)*")', re.DOTALL)


def routing_view(config: AlertmanagerConfig, now_ms: int) -> Json:
    """All of the routing."""
    mutes = {name for route in config.route.walk() for name in route.mute_times}
    names = sorted(mutes | {name for route in config.route.walk() for name in route.active_times})
    return {
        "route": _route(config.route),
        "file": shown_file(config.path),
        "receivers": [_receiver(each) for each in config.receivers.values()],
        "inhibitRules": [_inhibit_rule(each) for each in config.inhibit_rules],
        "timeIntervals": [
            {
                "name": name,
                "holds": bool(config.intervals.holding((name,), now_ms)),
                "mutes": name in mutes,
                "times": [str(each) for each in config.intervals.by_name.get(name, ())],
            }
            for name in names
        ],
        "notices": [str(each) for each in config.notices],
    }


def _route(route: Route) -> Json:
    return {
        "id": route.id,
        "receiver": route.receiver,
        "matchers": [matcher_text(each) for each in route.matchers],
        "groupBy": None if route.group_by is None else sorted(route.group_by),
        "groupWait": route.group_wait_ms,
        "groupInterval": route.group_interval_ms,
        "repeatInterval": route.repeat_interval_ms,
        "continue": route.goes_on,
        "muteTimes": list(route.mute_times),
        "activeTimes": list(route.active_times),
        "line": route.line,
        "file": shown_file(route.file),
        "routes": [_route(child) for child in route.routes],
    }


def _receiver(receiver: Receiver) -> Json:
    integrations = [
        {
            "kind": each.kind,
            "target": each.config.target(),
            "sendsResolved": each.sends_resolved,
            "disabled": each.disabled,
        }
        for each in receiver.integrations
    ]
    return {"name": receiver.name, "shipped": receiver.shipped, "integrations": integrations}


def _inhibit_rule(rule: InhibitRule) -> Json:
    return {
        "name": rule.name,
        "source": [matcher_text(each) for each in rule.source],
        "target": [matcher_text(each) for each in rule.target],
        "equal": list(rule.equal),
        "place": rule.place,
        "line": rule.line,
        "file": shown_file(rule.file),
    }


def inhibition_view(found: Inhibition) -> Json:
    """Which alert inhibits another one, and by which rule."""
    source = found.source
    return {
        "rule": _inhibit_rule(found.rule),
        "source": {"labels": dict(source.labels), "fingerprint": f"{source.fingerprint:016x}"},
    }


def shown_file(path: str) -> str:
    """A file as pages name it: one of a pack by the pack."""
    _, found, part = path.replace("\\", "/").rpartition("/watchglass/packs/")
    return f"packs/{part}" if found else path


# Trying an alert


def tried(route: Route, labels: Mapping[str, str], suppressor: Suppressor, now_ms: int) -> Json:
    """What each route makes of an alert, by its id, and the receivers that hear of it."""
    verdicts: dict[str, Json] = {}
    _try(route, labels, verdicts)
    taken = route.match(labels)
    for each in taken:
        muting, names = suppressor.muting(each, now_ms)
        if muting:
            verdicts[each.id]["why"] = f"sends nothing at this time: {muting.value} {', '.join(names)}"
    return {"verdicts": verdicts, "receivers": list(dict.fromkeys(each.receiver for each in taken))}


def _try(route: Route, labels: Mapping[str, str], verdicts: dict[str, Json]) -> bool:
    """Note what a route and those below it make of an alert; tells whether it matches."""
    missed = [each for each in route.matchers if not accepts_of(each)(labels.get(each.name, ""))]
    if missed:
        verdicts[route.id] = _verdict("unmatched", "; ".join(_miss(each, labels) for each in missed))
        for child in route.routes:
            _leave_out(child, "the route above it does not match", verdicts)
        return False
    matched, end = False, ""
    for child in route.routes:
        if end:
            _leave_out(child, end, verdicts)
        elif _try(child, labels, verdicts):
            matched = True
            end = "" if child.goes_on else f"the route to {child.receiver} before it has taken the alert"
    below = "no route below it matches" if route.routes else ""
    verdicts[route.id] = _verdict("passed") if matched else _verdict("taken", below)
    return True


def _leave_out(route: Route, why: str, verdicts: dict[str, Json]) -> None:
    for each in route.walk():
        verdicts[each.id] = _verdict("unreached", why)


def _verdict(verdict: str, why: str = "") -> Json:
    return {"verdict": verdict, "why": why}


def _miss(matcher: Matcher, labels: Mapping[str, str]) -> str:
    value = labels.get(matcher.name)
    has = f"it has no {matcher.name}" if value is None else f"its {matcher.name} is {go_quote(value)}"
    return f"{has}, asked for is {matcher_text(matcher)}"


# Notifications


def sent_view(sent: Notification) -> Json:
    """A notification that has an outcome."""
    return {
        "timeMs": sent.time_ms,
        "receiver": sent.receiver,
        "integration": sent.integration,
        "place": sent.place,
        "group": group_labels(sent.group_key),
        "groupKey": sent.group_key,
        "status": "failed" if sent.error else "sent",
        "reason": sent.reason,
        "firing": len(sent.firing),
        "resolved": len(sent.resolved),
        "attempts": sent.attempts,
        "error": sent.error,
        "tookMs": sent.took_ms,
        "nextMs": None,
        "untilMs": None,
    }


def sending_view(delivery: Delivery, trying: Trying) -> Json:
    """A notification that is under way: how many attempts have failed, why the last one did, when the next one is."""
    firing = sum(not each.is_resolved(delivery.now_ms) for each in delivery.alerts)
    return {
        "timeMs": delivery.now_ms,
        "receiver": delivery.key.receiver,
        "integration": delivery.key.integration,
        "place": delivery.key.place,
        "group": dict(delivery.group.labels),
        "groupKey": delivery.key.group_key,
        "status": "sending",
        "reason": delivery.reason.value,
        "firing": firing,
        "resolved": len(delivery.alerts) - firing,
        "attempts": trying.attempts,
        "error": trying.error,
        "tookMs": None,
        "nextMs": trying.next_ms,
        "untilMs": delivery.deadline_ms,
    }


def told_of(sent: Iterable[Notification]) -> dict[Labels, list[Notification]]:
    """The notifications that each alert was told by as firing."""
    told: dict[Labels, list[Notification]] = {}
    for each in sent:
        for labels in each.firing:
            told.setdefault(labels, []).append(each)
    return told


def episode_view(episode: Episode, sent: Iterable[Notification]) -> Json:
    """One time that an alert fired, and to whom that was told, of the notifications that told of the alert."""
    meant = [each for each in sent if _within(episode, each.time_ms)]
    told = {each.receiver for each in meant if not each.error}
    return {
        "labels": dict(episode.labels),
        "annotations": dict(episode.annotations),
        "startMs": episode.starts_ms,
        "endMs": episode.ended_ms,
        "generatorURL": episode.generator_url,
        "told": sorted(told),
        "failed": sorted({each.receiver for each in meant if each.error} - told),
    }


def _within(episode: Episode, time_ms: int) -> bool:
    return episode.starts_ms <= time_ms and (episode.ended_ms is None or time_ms <= episode.ended_ms)


def group_labels(group_key: str) -> dict[str, str]:
    """The labels at the end of a group key."""
    found = _GROUP_LABELS.search(group_key)
    return {name: unquote(value) for name, value in _PAIR.findall(found[1])} if found else {}


def tells_of(sent: Notification | Delivery, labels: Labels) -> bool:
    """Tell whether a notification is about an alert; of very many alerts only the first are known."""
    if hasattr(sent, "alerts"):
        return any(each.labels == labels for each in sent.alerts)
    return labels in sent.firing or labels in sent.resolved
