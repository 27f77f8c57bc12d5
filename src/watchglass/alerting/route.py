"""The routing tree: which receiver hears of an alert, how alerts are grouped, and when.

Routes are resolved once, when they are read: each holds what it inherits. Source: prometheus/alertmanager, dispatch/route.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from watchglass.alerting.matchers import Matchers
from watchglass.model.labels import Labels
from watchglass.wire.quoting import go_quote

GROUP_WAIT_MS, GROUP_INTERVAL_MS, REPEAT_INTERVAL_MS = 30_000, 300_000, 14_400_000
"""What the root has where it does not say."""
EVERYTHING, NO_LABELS = Matchers(), Labels()


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """One node of the tree, with what it inherits.

    Attributes:
        receiver: who is notified.
        matchers: what an alert must fulfil to come here from the parent.
        group_by: the labels that alerts of a group share; None for all labels.
        group_wait_ms: how long the first notification of a group waits for more alerts.
        group_interval_ms: the least time between two notifications of a group that differ.
        repeat_interval_ms: after which a notification that did not change is sent again.
        mute_times: names of time intervals in which nothing is sent; not inherited.
        active_times: names of time intervals outside of which nothing is sent; not inherited.
        labels: of the route itself, for templates.
        goes_on: siblings after this one are tried although it matched.
        key: its matchers after those of its ancestors; the start of group keys, the same for twins.
        id: the key with places among siblings, which no other route has.
        routes: its children.
        line: where it stands in its file.
        file: the file.
    """

    receiver: str
    matchers: Matchers = EVERYTHING
    group_by: frozenset[str] | None = frozenset()
    group_wait_ms: int = GROUP_WAIT_MS
    group_interval_ms: int = GROUP_INTERVAL_MS
    repeat_interval_ms: int = REPEAT_INTERVAL_MS
    mute_times: tuple[str, ...] = ()
    active_times: tuple[str, ...] = ()
    labels: Labels = NO_LABELS
    goes_on: bool = False
    key: str = "{}"
    id: str = "{}"
    routes: list[Route] = field(default_factory=list, repr=False)
    line: int = 0
    file: str = ""

    def match(self, labels: Mapping[str, str]) -> list[Route]:
        """The routes that an alert takes: depth first, from left to right; none where this one does not match."""
        if not self.matchers.matches(labels):
            return []
        found: list[Route] = []
        for child in self.routes:
            matched = child.match(labels)
            found += matched
            if matched and not child.goes_on:
                break
        return found or [self]

    def walk(self) -> Iterator[Route]:
        """This route and all below, parents first."""
        yield self
        for child in self.routes:
            yield from child.walk()

    def group_labels(self, labels: Labels) -> Labels:
        """What an alert is grouped by here."""
        if self.group_by is None:
            return labels
        return Labels(pair for pair in labels if pair[0] in self.group_by)


def label_set_text(labels: Labels) -> str:
    """A label set as group keys have it: `{a="b", c="d"}`."""
    return "{" + ", ".join(f"{name}={go_quote(value)}" for name, value in labels) + "}"


def group_key(route: Route, group_labels: Labels) -> str:
    """The name of a group over all its notifications."""
    return f"{route.key}:{label_set_text(group_labels)}"
