"""How much memory reading an answer takes, told from its text before any of it is read.

JSON of a few bytes can become an object of hundreds. What is counted here are the characters without which there is no
value; within a label they count, too, so that the weight is rather too large. Measured with CPython 3.11 and orjson 3.13.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from watchglass.promql.memory_pool import current_share

COPIES = 3
"""Of an answer's text: as it is received, unpacked and taken apart."""

_NODE_BYTES = 16  # of a value in the parser's own tree
_TEXT_BYTES = 64  # a short text object; a number is smaller
_LIST_BYTES = 80
_DICT_BYTES = 200  # with room for five entries
_ENTRY_BYTES = 16  # a place in a list or dictionary, with what they keep free
_CUT_BYTES = 200  # of a list of samples that is cut out: the pieces around it
_NUMBER_BYTES = 20  # of a sample's time or value: its array's share, and what is made of it
_READ_BYTES = 8  # beside that, while the pieces of a series are put together
_ARRAY_BYTES = 400  # of a series' samples, beside themselves
_LABEL_BYTES = 12  # of a label that a series has, or lacks where another has it


class Account:
    """What one answer takes of the memory of its query.

    Args:
        check: called while it waits for memory; may raise.
    """

    def __init__(self, check: Callable[[], None] = lambda: None) -> None:
        self._share, self._check = current_share(), check
        self.held_bytes = 0

    def take(self, size_bytes: int) -> None:
        """Have so much more.

        Raises:
            QueryError: there is not as much; see MemoryPool.grow.
        """
        self.held_bytes += size_bytes
        self._share.need(self.held_bytes, self._check)

    def drop(self, size_bytes: int) -> None:
        """Hold so much less: what is taken next stands in its place."""
        self.held_bytes -= size_bytes


def text_bytes(body: bytes) -> int:
    """The text of an answer, whole and taken apart into samples and the rest."""
    return COPIES * len(body) + _CUT_BYTES * body.count(b'"values"')


def tree_bytes(text: bytes) -> int:
    """JSON as objects, with the parser's own."""
    value_bytes = _NODE_BYTES + _TEXT_BYTES + _ENTRY_BYTES
    letters = len(text) * (1 if text.isascii() else 4)  # one rare letter makes all of its text wide
    return (
        len(text)
        + letters
        + (_NODE_BYTES + _DICT_BYTES) * text.count(b"{")
        + (_NODE_BYTES + _LIST_BYTES) * text.count(b"[")
        + value_bytes * (text.count(b",") + text.count(b":"))
    )


def number_counts(points: Sequence[bytes]) -> list[int]:
    """How many numbers each series' samples are."""
    return [text.count(b",") + 1 for text in points]


def points_bytes(points: Sequence[bytes], counts: Sequence[int]) -> int:
    """Samples as arrays, the largest series while it is read."""
    largest = max(map(len, points), default=0)
    return _NUMBER_BYTES * sum(counts) + _ARRAY_BYTES * len(points) + _READ_BYTES * max(counts, default=0) + largest


def labels_bytes(rows: int, names: int) -> int:
    """A table of labels."""
    return _LABEL_BYTES * rows * names
