"""What rendering one template may cost, and the counter that stops it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from watchglass.errors import TemplateLimitError


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one rendering; the defaults are a thousand times what a large notification needs.

    Attributes:
        source_chars: of the text of one template file or field.
        output_chars: of what is written, and of any one text that a function builds on the way.
        built_chars: of all texts that functions build, kept or not: together they are what a rendering can hold in memory.
        steps: nodes evaluated; each turn of a loop counts.
        depth: blocks, parentheses and template calls inside one another.
        seconds: how long it may take.
    """

    source_chars: int = 1 << 18
    output_chars: int = 4 << 20
    built_chars: int = 64 << 20
    steps: int = 1_000_000
    depth: int = 100
    seconds: float = 5.0


class Budget:
    """Counts what a rendering has used of its limits.

    Raises:
        TemplateLimitError: by every method, once a limit is passed.
    """

    def __init__(self, limits: Limits, timer: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._steps = 0
        self._written = 0
        self._built = 0
        self._timer = timer
        self._deadline = timer() + limits.seconds

    def step(self) -> None:
        """One more node is evaluated."""
        self._steps += 1
        if self._steps > self.limits.steps:
            raise TemplateLimitError(f"the template takes more than {self.limits.steps} steps")
        if not self._steps & 0xFF:
            self.look_at_time()

    def look_at_time(self) -> None:
        """Asked every few hundred steps, and after each function: one call may take long."""
        if self._timer() > self._deadline:
            raise TemplateLimitError(f"the template takes more than {self.limits.seconds:g} s")

    def write(self, size: int) -> None:
        """So many more characters are written."""
        self._written += size
        self.build(self._written)

    def build(self, size: int) -> None:
        """A text of so many characters is about to be built."""
        if size > self.limits.output_chars:
            raise TemplateLimitError(f"the template makes more than {self.limits.output_chars} characters of text")

    def keep(self, size: int) -> None:
        """A text of so many characters was built, and may be kept."""
        self._built += size
        if self._built > self.limits.built_chars:
            raise TemplateLimitError(f"the template makes more than {self.limits.built_chars} characters of text")
