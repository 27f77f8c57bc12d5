"""Parsing one target's bodies, scrape after scrape, at the speed of comparing them.

A target says nearly the same each time. The parser therefore remembers the last body line by line, with the number
(ref) of each line's series and where its value starts:

1. same lines in the same order: only lines that differ are looked at, and of them only the value is read;
2. lines moved, came or went: a known series costs a dictionary lookup and a float;
3. a series not seen before is parsed with care; once the whole body has been read without fault, it gets a ref.

Only what the last good body held is remembered, so that the cache cannot outgrow one body.

Results are flat arrays with one entry a line, so that a line's number is its index plus one.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import ne
from typing import Protocol

from watchglass.errors import ExpositionError
from watchglass.model.labels import Labels
from watchglass.model.metadata import Metadata, MetricType
from watchglass.wire.comment import Comment
from watchglass.wire.content_type import Format
from watchglass.wire.layout import DROPPED, NO_TIMESTAMP, UNRESOLVED, Layout, MovedError, runs_of
from watchglass.wire.number import parse_values
from watchglass.wire.openmetrics import OpenMetricsGrammar
from watchglass.wire.pending import LabelSets, PendingLabels
from watchglass.wire.series import SeriesGrammar, with_canonical_bound
from watchglass.wire.text import TextGrammar

__all__ = ["DROPPED", "NO_TIMESTAMP", "UNRESOLVED", "ExpositionParser", "LabelSets", "Reading", "Resolver"]

_MAX_LINE_BYTES = 1 << 20  # far above any honest series


class Resolver(Protocol):
    """Gives new series their refs, in two steps, so that a body with a fault anywhere creates none."""

    def name(self, exposed: Mapping[str, str]) -> Labels | None:
        """The labels that are stored; None when the series is dropped.

        Args:
            exposed: the labels as written, empty ones too.

        Raises:
            ExpositionError: the series is refused, and the body with it; the line is added.
        """

    def resolve(self, named: LabelSets, samples: int) -> Sequence[int]:
        """The refs of series, or UNRESOLVED, in a body with so many samples that are not dropped."""


class Grammar(Protocol):
    """How one format writes a line."""

    series: SeriesGrammar
    needs_eof: bool

    def is_comment(self, line: bytes) -> bool:
        """Tell whether the line holds no sample."""

    def parse_comment(self, line: bytes) -> Comment | None:
        """What a comment says; None when it says nothing."""

    def parse_tail(self, tail: bytes) -> tuple[float, int | None]:
        """The value and the timestamp in milliseconds."""


GRAMMARS: Mapping[Format, Grammar] = {Format.TEXT: TextGrammar(), Format.OPENMETRICS: OpenMetricsGrammar()}


@dataclass(frozen=True, slots=True)
class Reading:
    """What one body said, one entry a line; the arrays belong to the parser and hold until its next body."""

    refs: array[int]  # "I" [lines] DROPPED where there is nothing to store
    values: array[float]  # "d" [lines]
    timestamps_ms: array[int] | None  # "q" [lines] NO_TIMESTAMP where a line has none; None when no line has one
    samples: int  # lines that hold a sample, dropped ones too
    new_series: int  # lines of series that were not in the body before
    relaid: bool  # False: `refs` are those of the body before
    metadata: Mapping[str, Metadata]  # of the families of which something new was said


class ExpositionParser:
    """Parses the bodies of one target, of which it expects the next to be much like the last.

    Args:
        resolver: gives series that are new in a body their refs.
        max_lines: a body with more lines is refused before it is looked at.
    """

    def __init__(self, resolver: Resolver, *, max_lines: int = 2_000_000) -> None:
        self._resolver = resolver
        self._max_lines = max_lines
        self._layout = Layout()

    def forget(self) -> None:
        """Forget every series: the next body asks for all refs again."""
        self._layout = Layout()

    @property
    def metadata(self) -> Mapping[str, Metadata]:
        """What the families of the last good body say of themselves."""
        return self._layout.metadata

    def parse(self, body: bytes, body_format: Format) -> Reading:
        """Read one body. After an error the parser still remembers the last good one.

        Raises:
            ExpositionError: the body is malformed; the error names the first bad line.
        """
        if body.count(b"\n") > self._max_lines:
            raise ExpositionError(f"the body has more than {self._max_lines:,} lines")
        if body and not body.endswith(b"\n"):
            body += b"\n"
        if body_format is self._layout.format and self._refresh(body):
            layout = self._layout
            return Reading(layout.refs, layout.values, layout.timestamps_ms, layout.samples, 0, False, {})
        return self._reparse(body, body_format)

    def _refresh(self, body: bytes) -> bool:
        """Read new values into the layout; False, and nothing changed, when the body does not fit it."""
        layout = self._layout
        if not (body and layout.body and layout.complete):
            return False
        blocks = array("Q")
        try:
            indexes, tails = self._changes(body, blocks)
            changes = _read_tails(GRAMMARS[layout.format], indexes, tails)
        except (MovedError, ExpositionError):
            return False  # a name may have become a longer one: only a full look can say what is wrong
        layout.body, layout.blocks = body, blocks
        for index, value, timestamp_ms in changes:
            layout.put(index, value, timestamp_ms)
        return True

    def _changes(self, body: bytes, blocks: array[int]) -> tuple[list[int], list[bytes]]:
        """The lines that differ from those remembered, and what stands in them behind the series.

        Raises:
            MovedError: one of them is of another series.
        """
        layout, grammar, starts = self._layout, GRAMMARS[self._layout.format], self._layout.starts
        indexes: list[int] = []
        tails: list[bytes] = []
        for first, lines, old in layout.differences(body, blocks):
            for place in compress(range(len(lines)), map(ne, lines, old)):
                start, line = starts[first + place], lines[place]
                if start and line.startswith(old[place][:start]):
                    indexes.append(first + place)
                    tails.append(line[start:])
                elif start or not _same_comment(grammar, line, old[place]):
                    raise MovedError
        return indexes, tails

    def _reparse(self, body: bytes, body_format: Format) -> Reading:
        """Read a body whose lines moved, and remember it."""
        old = self._layout
        careful = _Pass(body, body_format, old.known() if old.format is body_format else {}, self._resolver)
        self._layout = layout = careful.run()
        changed = {name: said for name, said in layout.metadata.items() if old.metadata.get(name) != said}
        return Reading(
            layout.refs, layout.values, layout.timestamps_ms, layout.samples, careful.new_series, True, changed
        )


def _same_comment(grammar: Grammar, line: bytes, old: bytes) -> bool:
    try:
        return grammar.is_comment(line) and grammar.parse_comment(line) == grammar.parse_comment(old)
    except ExpositionError:
        return False


def _read_tails(
    grammar: Grammar, indexes: Sequence[int], tails: Sequence[bytes]
) -> Iterator[tuple[int, float, int | None]]:
    """Index, value and timestamp of each line, all read before the first is given.

    Raises:
        ExpositionError: one is malformed; the first such is named.
    """
    try:
        values = parse_values(tails)
    except ValueError:  # timestamps and exemplars, or a fault
        return iter([_read_tail(grammar, index, tail) for index, tail in zip(indexes, tails, strict=True)])
    return ((index, value, None) for index, value in zip(indexes, values, strict=True))


def _read_tail(grammar: Grammar, index: int, tail: bytes) -> tuple[int, float, int | None]:
    try:
        return index, *grammar.parse_tail(tail)
    except ExpositionError as error:
        raise ExpositionError(error.message, line=index + 1) from None


class _Pass:
    """One careful walk over a body, with the series of the last one known."""

    def __init__(self, body: bytes, body_format: Format, known: dict[bytes, int], resolver: Resolver) -> None:
        self.layout = Layout.unread(body, body_format)
        self.new_series = 0
        self._grammar = GRAMMARS[body_format]
        self._known = known
        self._resolver = resolver
        self._named = PendingLabels()  # of the series that have no ref yet
        self._named_lines = array("I")  # where they stand
        self._type = MetricType.UNKNOWN
        self._ended = False
        self._indexes: list[int] = []
        self._tails: list[bytes] = []

    def run(self) -> Layout:
        """Walk.

        Raises:
            ExpositionError: the body is malformed; the error names the first bad line.
        """
        layout = self.layout
        first = 0
        for lines in runs_of(layout.body):
            self._read_run(first, lines)
            layout.mark_blocks(lines)
            first += len(lines)
        if self._grammar.needs_eof and not self._ended:
            raise ExpositionError("expected # EOF at the end of the body", line=len(layout.refs))
        if self._named_lines:
            self._resolve_named()
        layout.complete = UNRESOLVED not in layout.refs
        return layout

    def _resolve_named(self) -> None:
        refs = self.layout.refs
        found = self._resolver.resolve(self._named, len(refs) - refs.count(DROPPED))
        for index, ref in zip(self._named_lines, found, strict=True):
            refs[index] = ref
            self.new_series += ref < UNRESOLVED

    def _read_run(self, first: int, lines: list[bytes]) -> None:
        try:
            self._walk(first, lines)
        finally:  # a value may be at fault on a line before the one that failed
            indexes, tails = self._indexes, self._tails
            self._indexes, self._tails = [], []
            for index, value, timestamp_ms in _read_tails(self._grammar, indexes, tails):
                self.layout.put(index, value, timestamp_ms)
            self.layout.samples += len(indexes)

    def _walk(self, first: int, lines: list[bytes]) -> None:
        get, refs, starts = self._known.get, self.layout.refs, self.layout.starts
        for index, line in enumerate(lines, first):
            start = line.rfind(b" ") + 1
            ref = get(line[:start])
            if ref is None:
                try:
                    self._look_closely(index, line)
                except ExpositionError as error:
                    raise ExpositionError(error.message, line=index + 1) from None
            else:
                refs[index], starts[index] = ref, start
                self._indexes.append(index)
                self._tails.append(line[start:])

    def _look_closely(self, index: int, line: bytes) -> None:
        if self._ended:
            raise ExpositionError("expected nothing after # EOF")
        if self._grammar.is_comment(line):
            self._take_comment(self._grammar.parse_comment(line))
            return
        start = self._grammar.series.extent(line)
        ref = self._known.get(line[:start])
        if ref is None:
            if len(line) > _MAX_LINE_BYTES:
                raise ExpositionError(f"the line is longer than {_MAX_LINE_BYTES:,} bytes")
            labels, start = self._grammar.series.parse(line)
            if start == len(line):
                raise ExpositionError("expected a value, found the end of the line")
            named = self._resolver.name(with_canonical_bound(labels, self._type))
            ref = DROPPED if named is None else UNRESOLVED
            if named is not None:
                self._named.append(named)
                self._named_lines.append(index)
        self.layout.refs[index], self.layout.starts[index] = ref, start
        self._indexes.append(index)
        self._tails.append(line[start:])

    def _take_comment(self, comment: Comment | None) -> None:
        if comment is None:
            return
        if comment.kind == "EOF":
            self._ended = True
            self._known.clear()  # so that every line after it is looked at, and refused
            return
        if comment.kind == "TYPE":
            self._type = comment.type
        metadata = self.layout.metadata
        metadata[comment.family] = comment.applied_to(metadata.get(comment.family, Metadata()))
