"""People who chat: waves like those of a day, several models, long sessions, and some mistakes.

Run it: `python examples/chat_app/load.py --url http://127.0.0.1:8000`. Ctrl-C or SIGTERM ends it cleanly.
"""

import argparse
import asyncio
import math
import random
import signal
from collections import Counter

import httpx

MODELS = {"small-3b": 6, "large-70b": 3, "reasoner": 1}  # name to share
MISTAKE_RATIO = 0.01  # requests for a model that does not exist
AT_ONCE = 64  # requests under way; beyond that nobody new comes


def arrivals_per_s(elapsed_s: float, mean: float, day_s: float) -> float:
    """The rate of requests: low at night, two humps by day, and a short-lived swell over it."""
    phase = 2 * math.pi * elapsed_s / day_s
    humps = 1 - 0.65 * math.cos(phase) - 0.25 * math.cos(2 * phase + 0.6)
    swell = 1 + 0.2 * math.sin(17 * phase)
    return mean * max(0.05, humps * swell)


async def ask(client: httpx.AsyncClient, session: str) -> str:
    """Send one prompt and read the answer to its end; how it ended, as a word."""
    model = random.choices(list(MODELS), list(MODELS.values()))[0]
    if random.random() < MISTAKE_RATIO:
        model = "no-such-model"
    prompt = "tell me more " * max(1, int(random.lognormvariate(2, 0.8)))
    try:
        body = {"model": model, "prompt": prompt, "session": session}
        async with client.stream("POST", "/v1/chat", json=body) as answer:
            async for _ in answer.aiter_bytes():
                pass
            return str(answer.status_code)
    except httpx.HTTPError as error:
        return type(error).__name__


async def run(options: argparse.Namespace) -> Counter[str]:
    """Send requests until the time is over or a signal comes; how they ended."""
    stop, ended, under_way = asyncio.Event(), Counter[str](), set[asyncio.Task[str]]()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    sessions = [f"session-{number}" for number in range(options.sessions)]
    began = loop.time()

    def finished(task: asyncio.Task[str]) -> None:
        under_way.discard(task)
        ended["cancelled" if task.cancelled() else task.result()] += 1

    async with httpx.AsyncClient(base_url=options.url, timeout=60) as client:
        while not stop.is_set() and loop.time() - began < options.seconds:
            rate = arrivals_per_s(loop.time() - began + options.day / 3, options.rate, options.day)
            await wait(stop, random.expovariate(rate))
            if len(under_way) < AT_ONCE and not stop.is_set():
                under_way.add(task := asyncio.create_task(ask(client, random.choice(sessions))))
                task.add_done_callback(finished)
        for task in list(under_way):
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
    return ended


async def wait(stop: asyncio.Event, seconds: float) -> None:
    """Sleep, but not longer than until `stop`."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the chat service is")
    parser.add_argument("--rate", type=float, default=5, help="requests a second, averaged over a day")
    parser.add_argument("--day", type=float, default=600, help="seconds that a day takes here")
    parser.add_argument("--sessions", type=int, default=40, help="people who chat")
    parser.add_argument("--seconds", type=float, default=math.inf, help="when to stop; never by default")
    print(dict(asyncio.run(run(parser.parse_args()))))
