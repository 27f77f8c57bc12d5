"""How the service is: what it did last, what failed; as a mapping, and as lines for people when it is printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from watchglass.sdk.dinoair.metrics_exporter import iso
from watchglass.sdk.dinoair.reading import Reading


class ServiceStatus(dict[str, Any]):
    """A mapping whose text is one line for each of its entries."""

    def __str__(self) -> str:
        lines = [f"{key.replace('_', ' ')}: {_words(value)}" for key, value in self.items()]
        return "\n".join(("DinoAir metrics service", *(f"  {line}" for line in lines)))


class ServiceReport:
    """Remembers what a service did."""

    def __init__(self) -> None:
        self.started_ms: int | None = None
        self._collections = self._stored = self._errors = 0
        self._last: Reading | None = None
        self._last_error: str | None = None

    def collected(self, reading: Reading) -> None:
        """A reading was taken."""
        self._collections, self._last = self._collections + 1, reading

    def stored(self) -> None:
        """It was stored."""
        self._stored += 1

    def failed(self, error: Exception, now_ms: int) -> bool:
        """Something failed; whether it is another fault than the last one, which is worth a line in the log."""
        text = f"{type(error).__name__}: {error}"
        is_new = self._last_error is None or not self._last_error.endswith(text)
        self._errors, self._last_error = self._errors + 1, f"{iso(now_ms)} {text}"
        return is_new

    def status(self, *, running: bool, **parts: Mapping[str, Any] | float | None) -> ServiceStatus:
        """Everything, with what the parts of the service say of themselves."""
        last = self._last
        return ServiceStatus(
            running=running,
            started=None if self.started_ms is None else iso(self.started_ms),
            last_collection=None if last is None else iso(last.timestamp_ms),
            collections=self._collections,
            samples=0 if last is None else sum(len(family.samples) for family in last.families),
            stored_collections=self._stored,
            errors=self._errors,
            last_error=self._last_error,
            **parts,
        )


def _words(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key.replace('_', ' ')} {_words(one)}" for key, one in value.items()) or "none"
    if value is None:
        return "none"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
