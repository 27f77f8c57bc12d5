"""Files of timestamped OpenMetrics, as `promtool tsdb create-blocks-from openmetrics` takes them.

Every sample needs a timestamp, and the file ends with `# EOF`. The file is read as a stream: memory holds one piece of
it, one batch, and the series seen so far (up to a limit, then they are looked at anew).

Source: prometheus/prometheus, cmd/promtool/backfill.go.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from watchglass.errors import ExpositionError
from watchglass.model.labels import Labels
from watchglass.model.metadata import Metadata, MetricType
from watchglass.wire.comment import Comment
from watchglass.wire.number import parse_values
from watchglass.wire.openmetrics import OpenMetricsGrammar
from watchglass.wire.series import to_labels

_PIECE_BYTES = 1 << 20
_GRAMMAR = OpenMetricsGrammar()


@dataclass(frozen=True, slots=True)
class SampleColumns:
    """A run of samples in the order of the file; the lines of one series need not stand together."""

    labels: list[Labels]  # [s] the series of this run; the same object in every run
    series: array[int]  # "I" [n] index into `labels`
    timestamps_ms: array[int]  # "q" [n]
    values: array[float]  # "d" [n]
    metadata: dict[str, Metadata]  # of the families of which this run says something


def read_openmetrics_file(
    source: str | Path | BinaryIO,
    *,
    samples: int = 100_000,
    max_line_bytes: int = 1 << 20,
    max_known_series: int = 1_000_000,
) -> Iterator[SampleColumns]:
    """Read a file run by run. Runs before a fault have been given by then: read all of it first if that matters.

    Args:
        source: a path, or a stream of bytes that the caller closes.
        samples: so many make a run.
        max_line_bytes: a longer line is refused.
        max_known_series: more are not remembered.

    Raises:
        ExpositionError: the file is malformed, a sample has no timestamp, or `# EOF` is missing; names the line.
        OSError: the file cannot be read.
    """
    with ExitStack() as stack:
        stream = stack.enter_context(Path(source).open("rb")) if isinstance(source, str | Path) else source
        reader = _Reader(samples, max_known_series)
        for number, lines in _pieces(stream, max_line_bytes):
            yield from reader.take(number, lines)
        yield from reader.finish()


def _pieces(stream: BinaryIO, max_line_bytes: int) -> Iterator[tuple[int, list[bytes]]]:
    """Whole lines, some at a time, with the number of the first."""
    number, rest = 1, b""
    while piece := stream.read(_PIECE_BYTES):
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > max_line_bytes:
            raise ExpositionError(f"the line is longer than {max_line_bytes:,} bytes", line=number + len(lines))
        yield number, lines
        number += len(lines)
    if rest:
        yield number, [rest]


class _Reader:
    """Gathers samples into runs."""

    def __init__(self, samples: int, max_known_series: int) -> None:
        self._samples, self._max_known_series = samples, max_known_series
        self._known: dict[bytes, Labels] = {}
        self._type = MetricType.UNKNOWN
        self._metadata: dict[str, Metadata] = {}
        self._line = 0
        self._ended = False
        self._run = _Run()

    def take(self, number: int, lines: list[bytes]) -> Iterator[SampleColumns]:
        """Read lines, of which the first has the number given."""
        for line_number, line in enumerate(lines, number):
            head, _, timestamp = line.rpartition(b" ")
            series, _, value = head.rpartition(b" ")
            labels = self._known.get(series)
            if labels is not None:
                self._run.add(labels, value, timestamp, line_number)
            else:
                self._look_closely(line, line_number)
            if len(self._run.texts) >= self._samples:
                yield self._close_run()
        self._line = number + len(lines) - 1

    def finish(self) -> Iterator[SampleColumns]:
        """Give what is left, at the end of the file."""
        last = self._close_run()
        if not self._ended:
            raise ExpositionError("expected # EOF at the end of the file", line=self._line)
        if last.labels or last.metadata:
            yield last

    def _close_run(self) -> SampleColumns:
        run, self._run = self._run, _Run()
        return run.columns()

    def _look_closely(self, line: bytes, line_number: int) -> None:
        try:
            self._take_line(line, line_number)
        except ExpositionError as error:
            self._run.columns()  # a number on an earlier line may be the first fault
            raise ExpositionError(error.message, line=line_number) from None

    def _take_line(self, line: bytes, line_number: int) -> None:
        if self._ended:
            raise ExpositionError("expected nothing after # EOF")
        if _GRAMMAR.is_comment(line):
            self._take_comment(_GRAMMAR.parse_comment(line))
        else:
            self._take_sample(line, line_number)

    def _take_sample(self, line: bytes, line_number: int) -> None:
        written, start = _GRAMMAR.series.parse(line)
        value, timestamp = _GRAMMAR.split_tail(line[start:])
        if not timestamp:
            raise ExpositionError("expected a timestamp in seconds after the value")
        labels = to_labels(written, self._type)
        if len(self._known) >= self._max_known_series:
            self._known.clear()
        labels = self._known.setdefault(line[: start - 1], labels)
        self._run.add(labels, value, timestamp, line_number)

    def _take_comment(self, comment: Comment | None) -> None:
        if comment is None or comment.kind == "EOF":
            self._ended = True
            self._known.clear()  # so that every line after it is looked at, and refused
            return
        if comment.kind == "TYPE":
            self._type = comment.type
        said = comment.applied_to(self._metadata.get(comment.family, Metadata()))
        self._metadata[comment.family] = self._run.metadata[comment.family] = said


class _Run:
    """Samples whose numbers have not been read yet."""

    def __init__(self) -> None:
        self.texts: list[bytes] = []
        self.metadata: dict[str, Metadata] = {}
        self._times: list[bytes] = []
        self._labels: list[Labels] = []
        self._places: dict[int, int] = {}  # by id: hashing labels would cost more than all the rest
        self._series = array("I")
        self._lines = array("Q")

    def add(self, labels: Labels, value: bytes, timestamp: bytes, line_number: int) -> None:
        """Take a sample."""
        place = self._places.setdefault(id(labels), len(self._labels))
        if place == len(self._labels):
            self._labels.append(labels)
        self._series.append(place)
        self.texts.append(value)
        self._times.append(timestamp)
        self._lines.append(line_number)

    def columns(self) -> SampleColumns:
        """Read all numbers.

        Raises:
            ExpositionError: one is malformed; names the first.
        """
        try:
            values = array("d", parse_values(self.texts))
            times = array("q", [int(seconds * 1000) for seconds in parse_values(self._times)])
        except (ValueError, OverflowError):
            values, times = self._carefully()
        return SampleColumns(self._labels, self._series, times, values, self.metadata)

    def _carefully(self) -> tuple[array[float], array[int]]:
        values, times = array("d"), array("q")
        for value, timestamp, line_number in zip(self.texts, self._times, self._lines, strict=True):
            try:
                number, timestamp_ms = _GRAMMAR.parse_tail(value + b" " + timestamp)
            except ExpositionError as error:
                raise ExpositionError(error.message, line=line_number) from None
            values.append(number)
            times.append(timestamp_ms or 0)
        return values, times
