"""Rules, alerts and the Alertmanagers elsewhere that hear of them, as Prometheus 3's API has them.

Source: prometheus/prometheus, web/api/v1/api.go (rules, alerts, alertmanagers).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher
from watchglass.promql.sample_text import format_exponent
from watchglass.regex import accepts_of
from watchglass.rules.alert_state import ActiveAlert
from watchglass.rules.alerting import AlertingRule
from watchglass.rules.group import Group
from watchglass.rules.rule import Rule
from watchglass.serve.answer import parse_selectors
from watchglass.serve.envelope import success
from watchglass.serve.params import Params, first, go_integer, invalid, read_params
from watchglass.serve.parts import Parts
from watchglass.serve.table import Endpoint

_BOOLEANS = {"": False, "1": True, "t": True, "true": True, "0": False, "f": False, "false": False}
_MAX_GROUPS = 2**31 - 1
_AT_ONCE = 1000  # alerts that are written on the loop, in some milliseconds
_NEVER = "0001-01-01T00:00:00Z"

Json = dict[str, Any]


class RulesApi:
    """`/api/v1/rules`, `alerts` and `alertmanagers`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            Endpoint("/api/v1/rules", self.rules, "Rule groups, with the state of each rule and its alerts."),
            Endpoint("/api/v1/alerts", self.alerts, "Pending and firing alerts."),
            Endpoint("/api/v1/alertmanagers", self.alertmanagers, "Alertmanagers elsewhere that are told of alerts."),
        ]

    async def rules(self, request: Request) -> Response:
        """List rule groups."""
        asked = _asked(await read_params(request))
        groups: Sequence[Group] = self._parts.rules.groups() if self._parts.rules else []
        rules = [rule for group in groups for rule in group.alerting]
        return await _answered(rules, lambda: success(_page(groups, asked)))

    async def alerts(self, _request: Request) -> Response:
        """List alerts."""
        rules: Sequence[AlertingRule] = self._parts.rules.alerting() if self._parts.rules else []
        return await _answered(
            rules, lambda: success({"alerts": [_alert(alert) for rule in rules for alert in rule.active()]})
        )

    async def alertmanagers(self, _request: Request) -> Response:
        """List Alertmanagers."""
        active, dropped = self._parts.alertmanagers()
        return success(
            {
                "activeAlertmanagers": [{"url": url} for url in active],
                "droppedAlertmanagers": [{"url": url} for url in dropped],
            }
        )


async def _answered(rules: Sequence[AlertingRule], answer: Callable[[], Response]) -> Response:
    """The answer, written in a thread where the alerts are many."""
    many = sum(len(rule.alerts) for rule in rules) > _AT_ONCE
    return await asyncio.to_thread(answer) if many else answer()


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request wants to see of the rules."""

    type: str
    names: frozenset[str]
    groups: frozenset[str]
    files: frozenset[str]
    matches: Callable[[Rule], bool]
    exclude_alerts: bool
    most_groups: int  # 0: all
    token: str

    def takes_group(self, group: Group) -> bool:
        definition = group.definition
        return (not self.groups or definition.name in self.groups) and (not self.files or definition.file in self.files)

    def takes_rule(self, rule: Rule) -> bool:
        kind = "alert" if rule.definition.is_alert else "record"
        return self.type in {"", kind} and (not self.names or rule.name in self.names) and self.matches(rule)


def _asked(params: Params) -> _Asked:
    """Read the parameters, with Prometheus's complaints where they are wrong."""
    matches = _matcher_of(parse_selectors(params.get("match[]", ())))
    kind = first(params, "type").lower()
    if kind not in {"", "alert", "record"}:
        raise invalid("type", f'not supported value "{kind}"')
    exclude = first(params, "exclude_alerts").lower()
    if exclude not in _BOOLEANS:
        reason = f'error converting exclude_alerts: strconv.ParseBool: parsing "{exclude}": invalid syntax'
        raise invalid("exclude_alerts", reason)
    return _Asked(
        type=kind,
        names=frozenset(params.get("rule_name[]", ())),
        groups=frozenset(params.get("rule_group[]", ())),
        files=frozenset(params.get("file[]", ())),
        matches=matches,
        exclude_alerts=_BOOLEANS[exclude],
        most_groups=_most_groups(params),
        token=first(params, "group_next_token"),
    )


def _matcher_of(selectors: Sequence[Sequence[Matcher]]) -> Callable[[Rule], bool]:
    """Whether the labels of a rule, templates unexpanded, fit any of the selectors."""
    tests = [[(matcher.name, accepts_of(matcher)) for matcher in matchers] for matchers in selectors]

    def matches(rule: Rule) -> bool:
        labels = rule.definition.labels
        return any(all(accepts(labels.get(name, "")) for name, accepts in each) for each in tests)

    return matches if tests else lambda _: True


def _most_groups(params: Params) -> int:
    limit, token = first(params, "group_limit"), first(params, "group_next_token")
    if not limit:
        if token:
            raise invalid("group_next_token", "group_limit needs to be present in order to paginate over the groups")
        return 0
    try:
        count = go_integer(limit, "ParseInt", largest=_MAX_GROUPS)
    except ValueError as error:
        raise invalid("group_limit", f"group_limit needs to be a valid number: {error}") from None
    if count <= 0:
        raise invalid("group_limit", "group_limit needs to be greater than 0")
    return count


def _page(groups: Sequence[Group], asked: _Asked) -> Json:
    """The groups from the token on, as many as are wanted, and the token of those that follow."""
    begin = 0
    if asked.token:
        begin = next((place for place, group in enumerate(groups) if _token(group) == asked.token), -1)
        if begin < 0:
            reason = f"invalid group_next_token '{asked.token}'. were rule groups changed?"
            raise invalid("group_next_token", reason)
    shown: list[Json] = []
    for group, rules in _chosen(groups[begin:], asked):
        if asked.most_groups and len(shown) == asked.most_groups:
            return {"groups": shown, "groupNextToken": _token(group)}
        shown.append(_group(group, rules, exclude_alerts=asked.exclude_alerts))
    return {"groups": shown}


def _chosen(groups: Sequence[Group], asked: _Asked) -> Iterator[tuple[Group, list[Rule]]]:
    for group in groups:
        rules = [rule for rule in group.rules if asked.takes_rule(rule)] if asked.takes_group(group) else []
        if rules:
            yield group, rules


def _token(group: Group) -> str:
    return hashlib.sha256(group.definition.key.encode()).hexdigest()


def _group(group: Group, rules: Sequence[Rule], *, exclude_alerts: bool) -> Json:
    definition = group.definition
    return {
        "name": definition.name,
        "file": definition.file,
        "rules": [_rule(rule, exclude_alerts=exclude_alerts) for rule in rules],
        "interval": group.schedule.interval_ms / 1000,
        "limit": definition.limit,
        "evaluationTime": group.evaluation_s,
        "lastEvaluation": _time(group.evaluated_ms),
    }


def _rule(rule: Rule, *, exclude_alerts: bool) -> Json:
    own, definition = {}, rule.definition
    if isinstance(rule, AlertingRule):
        own = {
            "state": str(rule.state),
            "duration": definition.hold_ms / 1000,
            "keepFiringFor": definition.keep_firing_ms / 1000,
            "annotations": dict(sorted(definition.annotations.items())),
            "alerts": None if exclude_alerts else [_alert(alert) for alert in rule.active()],
        }
    return {
        "name": rule.name,
        "query": rule.query,
        "labels": dict(sorted(definition.labels.items())),
        **own,
        "health": rule.health,
        **({"lastError": rule.error} if rule.error else {}),
        "evaluationTime": rule.evaluation_s,
        "lastEvaluation": _time(rule.evaluated_ms),
        "type": "alerting" if definition.is_alert else "recording",
    }


def _alert(alert: ActiveAlert) -> Json:
    kept = {"keepFiringSince": _time(alert.kept_since_ms)} if alert.kept_since_ms is not None else {}
    return {
        "labels": _pairs(alert.labels),
        "annotations": _pairs(alert.annotations),
        "state": str(alert.state),
        "activeAt": _time(alert.active_ms),
        **kept,
        "value": format_exponent(alert.value),
    }


def _pairs(labels: Labels) -> dict[str, str]:
    return dict(labels)


def _time(time_ms: int | None) -> str:
    """RFC 3339, as Go writes times: no more digits of a second than there are."""
    if time_ms is None:
        return _NEVER
    seconds, rest = divmod(time_ms, 1000)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{rest:03d}".rstrip("0") + "Z" if rest else f"{text}Z"
