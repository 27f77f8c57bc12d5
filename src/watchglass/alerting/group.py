"""One aggregation group: the alerts of one route that share its grouping labels, and when they are looked at next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from watchglass.alerting.route import Route, group_key
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels

GroupId = tuple[str, Labels]
"""The route's id and the group's labels: unlike its key, no two groups share it."""


@dataclass(slots=True, eq=False)
class AggregationGroup:
    """The alerts of a group, and its timer.

    Attributes:
        route: where it belongs.
        labels: what its alerts share.
        key: its name in the notification log and towards receivers.
        next_ms: when it is looked at next.
        alerts: by their labels.
        waiting: the numbers of deliveries that have no outcome yet.
        ended: the alerts that the present notification tells of as ended.
        failed: a delivery of the present notification failed.
        muted_by: the names of the time intervals that mute it.
        is_new: nothing was looked at yet.
    """

    route: Route
    labels: Labels
    next_ms: int
    key: str = ""
    alerts: dict[Labels, Alert] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)
    ended: list[Alert] = field(default_factory=list)
    failed: bool = False
    muted_by: list[str] = field(default_factory=list)
    is_new: bool = True

    def __post_init__(self) -> None:
        self.key = self.key or group_key(self.route, self.labels)

    @property
    def id(self) -> GroupId:
        """What no other group has."""
        return self.route.id, self.labels

    def drop(self, alerts: Iterable[Alert]) -> list[Labels]:
        """Take ended alerts out that nothing new was heard of meanwhile; the answer is their labels."""
        gone = [alert.labels for alert in alerts if self.alerts.get(alert.labels) is alert]
        for labels in gone:
            del self.alerts[labels]
        return gone
