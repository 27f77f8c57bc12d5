"""Reloading on a signal."""

import asyncio

from watchglass.app.run import reload_on


def test_many_signals_make_few_reloads_and_a_fault_ends_none_of_them():
    reloads = []

    class Stack:
        async def reload(self):
            reloads.append(len(reloads))
            await asyncio.sleep(0)
            if len(reloads) == 1:
                raise RuntimeError("BUG")

    async def main():
        hangup = asyncio.Event()
        task = asyncio.create_task(reload_on(hangup, Stack()))
        for _ in range(3):
            for _ in range(50):
                hangup.set()
            await asyncio.sleep(0.01)
        task.cancel()

    asyncio.run(main())
    assert len(reloads) == 3
