"""Silences: matchers that keep alerts quiet between two times.

A silence that is changed in a way that would rewrite history is ended, and a new one made.
Source: prometheus/alertmanager, silence/{silence,state}.go.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple
from uuid import uuid4

from watchglass.alerting.matchers import MatcherError, accepts_of
from watchglass.errors import WatchglassError
from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher, MatchType
from watchglass.regex import Predicate

RETENTION_MS = 120 * 3_600_000
"""How long an ended silence can still be looked at."""
_ANYWHERE = ("", "")  # the place of a silence that demands no label


class SilenceError(WatchglassError):
    """A silence cannot be made or changed as asked; the text is Alertmanager's."""


class UnknownSilenceError(SilenceError):
    """There is no silence of that id."""


class SilenceState(StrEnum):
    """Where a silence stands in time."""

    ACTIVE = "active"
    PENDING = "pending"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Silence:
    """One silence.

    Attributes:
        matchers: what an alert must fulfil, all of them, in the order given.
        starts_ms: from when on it silences; 0 for at once.
        ends_ms: until when.
        created_by: who made it.
        comment: why.
        id: which one it is; empty for one that is to be made.
        updated_ms: when it was changed last.
        annotations: what else is to be kept with it.
    """

    matchers: tuple[Matcher, ...]
    starts_ms: int
    ends_ms: int
    created_by: str = ""
    comment: str = ""
    id: str = ""
    updated_ms: int = 0
    annotations: Mapping[str, str] = field(default_factory=dict)

    def state(self, now_ms: int) -> SilenceState:
        """Where it stands at a time."""
        if now_ms < self.starts_ms:
            return SilenceState.PENDING
        return SilenceState.ACTIVE if now_ms < self.ends_ms else SilenceState.EXPIRED


@dataclass(frozen=True, slots=True)
class SilenceLimits:
    """How many and how large silences may be; 0 means without bound."""

    count: int = 10_000
    bytes: int = 64 * 1024


class Silences:
    """All silences, those included that ended not long ago.

    Args:
        silences: those that are known.
        changed: hears of each one that changes: its id, and what it is now, or None where it is gone.
    """

    def __init__(
        self,
        silences: Iterable[Silence] = (),
        changed: Callable[[str, Silence | None], None] = lambda _id, _silence: None,
        limits: SilenceLimits | None = None,
        retention_ms: int = RETENTION_MS,
    ) -> None:
        self._silences = {each.id: each for each in silences}
        self._places = _Places(self._silences.values())
        self._changed, self._limits, self._retention_ms = changed, limits or SilenceLimits(), retention_ms

    def set(self, silence: Silence, now_ms: int) -> str:
        """Make a silence, or change one that is there; the answer is its id, a new one where history would change.

        Raises:
            UnknownSilenceError: it has an id that is not known.
            SilenceError: it is not valid, or there are too many.
        """
        silence = replace(silence, starts_ms=silence.starts_ms or now_ms)
        if fault := fault_of(silence):
            raise SilenceError(f"invalid silence: {fault}")
        before = self._silences.get(silence.id)
        if silence.id and before is None:
            raise UnknownSilenceError("silence not found")
        if before is not None and _is_continued(before, silence, now_ms):
            self._keep(self._sized(replace(silence, updated_ms=now_ms)))
            return silence.id
        if 0 < self._limits.count <= len(self._silences):
            had, limit = len(self._silences), self._limits.count
            raise SilenceError(f"exceeded maximum number of silences: {had} (limit: {limit})")
        new = self._sized(
            replace(silence, id=str(uuid4()), starts_ms=max(silence.starts_ms, now_ms), updated_ms=now_ms)
        )
        if before is not None:
            self.expire(before.id, now_ms)
        self._keep(new)
        return new.id

    def expire(self, id_: str, now_ms: int) -> None:
        """End a silence now; one that has ended stays as it is.

        Raises:
            UnknownSilenceError: there is none of that id.
        """
        silence = self._silences.get(id_)
        if silence is None:
            raise UnknownSilenceError("silence not found")
        state = silence.state(now_ms)
        if state is not SilenceState.EXPIRED:
            starts_ms = now_ms if state is SilenceState.PENDING else silence.starts_ms
            self._keep(replace(silence, starts_ms=starts_ms, ends_ms=now_ms, updated_ms=now_ms))

    def get(self, id_: str) -> Silence | None:
        """The silence of an id."""
        return self._silences.get(id_)

    def all(self) -> list[Silence]:
        """Every silence that is kept."""
        return list(self._silences.values())

    def active(self, now_ms: int) -> list[Silence]:
        """Those that silence now."""
        return [each for each in self._silences.values() if each.starts_ms <= now_ms < each.ends_ms]

    def silencing(self, labels: Labels, now_ms: int) -> list[str]:
        """The ids of the silences that keep an alert with these labels quiet now."""
        values = dict(labels)
        return [
            each.silence.id for each in self._places.near(labels) if each.is_active(now_ms) and each.matches(values)
        ]

    def forget(self, now_ms: int) -> None:
        """Drop those that ended long ago; those that ended at all are no longer tried."""
        for silence in self.all():
            if silence.ends_ms + self._retention_ms <= now_ms:
                del self._silences[silence.id]
                self._changed(silence.id, None)
        self._places = _Places(each for each in self.all() if now_ms < each.ends_ms)

    def _keep(self, silence: Silence) -> None:
        self._silences[silence.id] = silence
        self._places.put(silence)
        self._changed(silence.id, silence)

    def _sized(self, silence: Silence) -> Silence:
        size, limit = len(json.dumps(to_record(silence))), self._limits.bytes
        if 0 < limit < size:
            raise SilenceError(f"silence exceeded maximum size: {size} bytes (limit: {limit} bytes)")
        return silence


class _Placed(NamedTuple):
    """A silence, and the tests of its matchers, each on the label of a name."""

    silence: Silence
    tests: tuple[tuple[str, Predicate], ...]

    def is_active(self, now_ms: int) -> bool:
        return self.silence.starts_ms <= now_ms < self.silence.ends_ms

    def matches(self, values: Mapping[str, str]) -> bool:
        return all(accepts(values.get(name, "")) for name, accepts in self.tests)


class _Places:
    """Silences by a label that they demand, so that an alert is tried on few of many."""

    def __init__(self, silences: Iterable[Silence]) -> None:
        self._placed: dict[tuple[str, str], dict[str, _Placed]] = {}
        for silence in silences:
            self.put(silence)

    def put(self, silence: Silence) -> None:
        """Add one; it takes the place of an earlier state of it, for its matchers never change."""
        demanded = (each[::2] for each in silence.matchers if each.type is MatchType.EQUAL and each.value)
        tests = tuple((each.name, accepts_of(each)) for each in silence.matchers)
        self._placed.setdefault(next(demanded, _ANYWHERE), {})[silence.id] = _Placed(silence, tests)

    def near(self, labels: Labels) -> Iterator[_Placed]:
        """Those that may match."""
        for label in (_ANYWHERE, *labels):
            yield from self._placed.get(label, {}).values()


def to_record(silence: Silence) -> list[object]:
    """A silence as plain lists, to be written down; its matchers are name, type and value."""
    matchers = [[each.name, each.type.value, each.value] for each in silence.matchers]
    return [
        matchers,
        silence.starts_ms,
        silence.ends_ms,
        silence.created_by,
        silence.comment,
        silence.updated_ms,
        dict(silence.annotations),
    ]


def fault_of(silence: Silence) -> str:
    """What is wrong with a silence, in Alertmanager's words; empty where nothing is."""
    if not silence.matchers:
        return "matcher set 0 is empty"
    for at, matcher in enumerate(silence.matchers):
        if fault := _matcher_fault(matcher):
            return f"invalid label matcher {at} in set 0: {fault}"
    if all(_takes_nothing(matcher) for matcher in silence.matchers):
        return "matcher set 0: at least one matcher must not match the empty string"
    if silence.ends_ms <= 0:
        return "invalid zero end timestamp"
    return "end time must not be before start time" if silence.ends_ms < silence.starts_ms else ""


def _matcher_fault(matcher: Matcher) -> str:
    if not matcher.name:
        return 'invalid label name ""'
    try:
        accepts_of(matcher)
    except MatcherError as error:
        return f'invalid regular expression "{matcher.value}": {error}'
    return ""


def _takes_nothing(matcher: Matcher) -> bool:
    return matcher.type.value in {"=", "=~"} and accepts_of(matcher)("")


def _is_continued(before: Silence, after: Silence, now_ms: int) -> bool:
    """Tell whether a change leaves what the silence has done so far as it was."""
    if before.matchers != after.matchers:
        return False
    state = before.state(now_ms)
    if state is SilenceState.ACTIVE:
        return before.starts_ms // 1000 == after.starts_ms // 1000 and after.ends_ms >= now_ms
    return state is SilenceState.PENDING and after.starts_ms >= now_ms


_ORDER = (SilenceState.ACTIVE, SilenceState.PENDING, SilenceState.EXPIRED)


def in_order(silences: Iterable[Silence], now_ms: int) -> Sequence[Silence]:
    """Active ones that end first, pending ones that start first, then expired ones, the last that ended first."""

    def place(silence: Silence) -> tuple[int, int]:
        state = silence.state(now_ms)
        time_ms = silence.starts_ms if state is SilenceState.PENDING else silence.ends_ms
        return _ORDER.index(state), -time_ms if state is SilenceState.EXPIRED else time_ms

    return sorted(silences, key=place)
