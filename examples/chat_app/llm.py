"""A stand-in for a language model: it sleeps as one would compute, and streams words."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass

from metrics import LOAD, QUEUE

WORDS = ("the", "cat", "sat", "on", "a", "warm", "window", "sill", "and", "watched", "snow", "fall", "until", "evening")
CHUNK = 8  # tokens sent at once


class ModelError(Exception):
    """The model gives no answer; `type` says why and `status` is its HTTP status."""

    def __init__(self, type: str, status: int) -> None:  # noqa: A002 - the word of OpenAI's API
        super().__init__(type)
        self.type, self.status = type, status


@dataclass(frozen=True)
class Profile:
    """How a model behaves."""

    first_token_s: float
    token_s: float
    tokens: int  # of a usual answer
    slots: int  # answers at a time
    queue: int  # requests that may wait
    failure_ratio: float


PROFILES = {
    "small-3b": Profile(first_token_s=0.08, token_s=0.006, tokens=60, slots=8, queue=24, failure_ratio=0.004),
    "large-70b": Profile(first_token_s=0.35, token_s=0.018, tokens=90, slots=13, queue=12, failure_ratio=0.012),
    "reasoner": Profile(first_token_s=1.6, token_s=0.012, tokens=180, slots=8, queue=6, failure_ratio=0.02),
}


class Model:
    """One model with a fixed number of slots and a bounded queue before them."""

    def __init__(self, name: str, profile: Profile) -> None:
        self.name, self.profile = name, profile
        self._slots = asyncio.Semaphore(profile.slots)
        self._waiting = self._running = 0
        QUEUE.labels(name).set_function(lambda: self._waiting)
        LOAD.labels(name).set_function(lambda: self._running / profile.slots)

    async def answer(self, prompt: str) -> AsyncIterator[list[str]]:
        """Stream an answer, some tokens at a time.

        Raises:
            ModelError: the queue is full, or the model failed.
        """
        if self._slots.locked() and self._waiting >= self.profile.queue:
            raise ModelError("queue_full", 429)
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1
        self._running += 1
        try:
            async for tokens in self._generate(prompt):
                yield tokens
        finally:
            self._running -= 1
            self._slots.release()

    async def _generate(self, prompt: str) -> AsyncIterator[list[str]]:
        profile = self.profile
        pace = random.lognormvariate(0, 0.25) * (1 + self._running / profile.slots)  # a busy model is slower
        await asyncio.sleep(pace * (profile.first_token_s + len(prompt.split()) * profile.token_s / 20))
        if random.random() < profile.failure_ratio:
            raise ModelError(random.choice(["out_of_memory", "timeout"]), 503)
        left = max(4, int(random.lognormvariate(0, 0.5) * profile.tokens))
        while left > 0:
            tokens = random.choices(WORDS, k=min(CHUNK, left))
            yield tokens
            left -= len(tokens)
            await asyncio.sleep(pace * profile.token_s * len(tokens))
