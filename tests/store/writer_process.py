"""Appends numbered scrapes as fast as it can, and prints each number once it is acknowledged: `FOLDER SERIES`."""

import sys

import numpy as np
from support import many, opened, refs_of, send

from watchglass.clock import ManualClock

folder, series = sys.argv[1], int(sys.argv[2])
START_MS = 1_700_000_000_000 // 86_400_000 * 86_400_000

clock = ManualClock(START_MS)
store = opened(folder, clock, retention_ms=0, commit_interval_ms=1)
assert not store.damage, store.damage
newest_ms = store.stats().newest_ms
scrape = 0 if newest_ms is None else (newest_ms - START_MS) // 15_000 + 1
groups = [store.open_group(f"target-{number}") for number in range(4)]
refs = np.array_split(refs_of(store, *many("m", series)), 4)
while True:
    futures = [
        send(store, some, scrape, START_MS + scrape * 15_000, group) for some, group in zip(refs, groups, strict=True)
    ]
    for future in futures:
        assert future.result().appended == len(refs[0])
    print(scrape, flush=True)
    scrape += 1
    clock.advance(START_MS + scrape * 15_000 - clock.now_ms())
    if scrape % 50 == 0:
        store.tick(clock.now_ms())
    if scrape % 700 == 0:
        store.tick(clock.now_ms() + 4 * 3_600_000)  # as if it were later: compaction while scrapes go on
