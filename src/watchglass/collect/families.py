"""Families that a collector or a probe gives, as a reading: series that stay keep their refs."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

from watchglass.model.labels import METRIC_NAME, Labels
from watchglass.model.metadata import Family, Metadata
from watchglass.model.sample import Sample
from watchglass.wire.exposition import DROPPED, NO_TIMESTAMP, UNRESOLVED, Reading, Resolver

_Key = tuple[str, tuple[tuple[str, str], ...]]


class FamilyReader:
    """Reads the families of one target, of which it expects the next to be much like the last.

    Args:
        resolver: gives new series their refs.
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self.forget()

    def forget(self) -> None:
        """Ask for all refs again with the next reading."""
        self._keys: list[_Key] = []
        self._refs = array("I")
        self._metadata: dict[str, Metadata] = {}

    def read(self, families: Sequence[Family]) -> Reading:
        """What the families say; the arrays hold until the next reading."""
        samples = [sample for family in families for sample in family.samples]
        keys = [(sample.name, sample.labels) for sample in samples]
        new_series, relaid = 0, keys != self._keys or UNRESOLVED in self._refs
        if relaid:
            new_series = self._lay(keys)
        values = array("d", [sample.value for sample in samples])
        metadata = {family.name: Metadata(family.type, family.unit, family.help) for family in families}
        changed = {name: said for name, said in metadata.items() if self._metadata.get(name) != said}
        self._metadata = metadata
        return Reading(self._refs, values, _timestamps(samples), len(samples), new_series, relaid, changed)

    def _lay(self, keys: list[_Key]) -> int:
        """Find the refs of all samples; how many series are new."""
        known = dict(zip(self._keys, self._refs, strict=True))
        refs = array("I", [known.get(key, UNRESOLVED) for key in keys])
        named: dict[int, Labels] = {}
        for index, key in enumerate(keys):
            if refs[index] == UNRESOLVED:
                labels = self._resolver.name({METRIC_NAME: key[0], **dict(key[1])})
                if labels is None:
                    refs[index] = DROPPED
                else:
                    named[index] = labels
        found = self._resolver.resolve(list(named.values()), len(refs) - refs.count(DROPPED))
        for index, ref in zip(named, found, strict=True):
            refs[index] = ref
        self._keys, self._refs = keys, refs
        return sum(ref < UNRESOLVED for ref in found)


def _timestamps(samples: Iterable[Sample]) -> array[int] | None:
    times = [sample.timestamp_ms for sample in samples]
    if all(each is None for each in times):
        return None
    return array("q", [NO_TIMESTAMP if each is None else each for each in times])
