"""What the store's tests share: short names for common acts, and a dictionary as the oracle."""

import numpy as np

from watchglass.clock import ManualClock
from watchglass.interfaces import Batch
from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher, MatchType
from watchglass.store.metrics import MetricStore
from watchglass.store.options import StoreOptions

START_MS = 1_700_000_000_000
FOREVER = (0, 2**60)
DAY_MS = 86_400_000
BY_HAND = StoreOptions(maintenance_thread=False, commit_interval_ms=0)


def opened(path, clock=None, **options):
    """A store without a maintenance thread."""
    known = {"maintenance_thread": False, "commit_interval_ms": 0, **options}
    return MetricStore(path, StoreOptions(**known), clock or ManualClock(START_MS))


def named(name):
    return [Matcher("__name__", MatchType.EQUAL, name)]


def any_series():
    return [Matcher("__name__", MatchType.REGEX, ".+")]


def refs_of(store, *labels):
    return np.array([store.series_ref(each) for each in labels], np.uint32)


def many(name, count):
    return [Labels.of(__name__=name, i=str(i)) for i in range(count)]


def send(store, refs, values, times, group=0):
    """Queue one batch."""
    values = np.broadcast_to(np.asarray(values, np.float64), len(refs))
    return store.append(Batch(np.asarray(refs, np.uint32), values, times, group))


def append(store, refs, values, times, group=0):
    """Append one batch and wait for its result."""
    return send(store, refs, values, times, group).result(timeout=30)


def contents(found):
    """A SeriesSet as {labels: [(time, bits of the value)]}."""
    bits = found.values.view(np.uint64).tolist()
    times = found.spread().times.tolist()
    rows = found.labels.rows()
    bounds = found.offsets.tolist()
    return {
        row: list(zip(times[a:b], bits[a:b], strict=True)) for row, a, b in zip(rows, bounds, bounds[1:], strict=False)
    }


def bits_of(value):
    return int(np.float64(value).view(np.uint64))
