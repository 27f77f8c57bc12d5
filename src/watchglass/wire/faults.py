"""Several faults of a file at once, so that one look is enough to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from watchglass.errors import ConfigError

MAX_FAULTS = 20
"""Further ones are not looked for: finding the nearest known key takes its time, and a file may be hostile."""


class SeveralFaultsError(ConfigError):
    """Several faults of a configuration; its text is that of the first.

    Attributes:
        faults: all of them, in the order in which they were found.
    """

    def __init__(self, faults: tuple[ConfigError, ...]) -> None:
        first = faults[0]
        super().__init__(first.message, path=first.path, line=first.line, key=first.key)
        self.faults = faults


def faults_of(error: ConfigError) -> tuple[ConfigError, ...]:
    """The single faults that an error stands for."""
    return error.faults if isinstance(error, SeveralFaultsError) else (error,)


class Faults:
    """Collects faults while the rest of a file is read: the first one found stays the first."""

    def __init__(self) -> None:
        self._found: list[ConfigError] = []

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep the fault that the block raises, and go on after it."""
        try:
            yield
        except ConfigError as error:
            self.add(error)

    def add(self, error: ConfigError) -> None:
        """Keep a fault; raises all of them when they are many."""
        self._found += faults_of(error)
        if len(self._found) >= MAX_FAULTS:
            self.check()

    def check(self) -> None:
        """Raise what was found, if anything."""
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            raise SeveralFaultsError(tuple(self._found))
