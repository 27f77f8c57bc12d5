"""What the tests of the wire formats share."""

from __future__ import annotations

from watchglass.model.labels import Labels
from watchglass.wire.content_type import Format
from watchglass.wire.exposition import DROPPED, NO_TIMESTAMP, ExpositionParser, Reading


class Target:
    """A parser with the series it has seen."""

    def __init__(self, body_format=Format.TEXT, resolver=None, **options):
        self.labels = []
        self.format = body_format
        self.parser = ExpositionParser(resolver or self, **options)

    def name(self, exposed):
        return Labels.of(exposed)

    def resolve(self, named, samples):
        self.labels += [labels for labels in dict.fromkeys(named) if labels not in self.labels]
        return [self.labels.index(labels) for labels in named]

    def scrape(self, body: bytes) -> Reading:
        return self.parser.parse(body, self.format)

    def samples(self, body: bytes) -> list[tuple]:
        """Series (as PromQL writes it), value and timestamp of each sample."""
        reading = self.scrape(body)
        times = reading.timestamps_ms or [NO_TIMESTAMP] * len(reading.refs)
        return [
            (str(self.labels[ref]), value, None if at == NO_TIMESTAMP else at)
            for ref, value, at in zip(reading.refs, reading.values, times, strict=True)
            if ref != DROPPED
        ]
