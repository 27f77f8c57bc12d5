"""Label sets on hold until the body that they stand in has been read to its end.

A first body may name a hundred thousand series. As objects they would spread over two hundred megabytes that the words
which stay (they become the store's symbols) keep from being given back; as codes of their words they leave no trace.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import chain
from typing import Protocol

from watchglass.model.labels import Labels


class LabelSets(Protocol):
    """Some label sets, a list of them or what stands for one."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Labels]: ...


class PendingLabels:
    """A list of label sets that can be appended to; each is built anew whenever it is asked for."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}  # of names and values alike
        self._words = array("I")  # the codes of all names and values, alternating
        self._ends = array("Q", [0])  # where in `_words` each label set ends

    def append(self, labels: Labels) -> None:
        """Add a label set."""
        codes = self._codes
        self._words.extend([codes.setdefault(word, len(codes)) for word in chain.from_iterable(labels)])
        self._ends.append(len(self._words))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[Labels]:
        """The label sets in their order."""
        word_of = list(self._codes).__getitem__
        start = 0
        for end in self._ends[1:]:
            words = map(word_of, self._words[start:end])
            yield Labels(zip(words, words, strict=True))
            start = end
