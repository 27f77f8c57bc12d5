"""One question to the query engine, and its answer in the form that the client asked for.

This runs in a query thread: evaluation and rendering are one piece of work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from watchglass.model.matcher import Matcher
from watchglass.serve.envelope import success

FRAMES = "application/x-watchglass-frames"


@dataclass(frozen=True, slots=True)
class Question:
    """An instant query (`step_ms` 0) or a range query."""

    text: str
    start_ms: int
    end_ms: int
    step_ms: int
    limit: int
    timeout_ms: int
    lookback_ms: int
    accept: str


def answer(engine: Any, question: Question) -> Response:
    """Evaluate and render."""
    return success(engine(question))


def parse_selectors(texts: Sequence[str]) -> list[list[Matcher]]:
    """Parse `match[]` values."""
    return [[] for _ in texts]
