"""When people come: arrivals that follow the hours of the day and the days of the week."""

from __future__ import annotations

import numpy as np

from watchglass.simulate.table import Column

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS

_NIGHT = (0.32, 0.24, 0.20, 0.18, 0.20, 0.30)
_MORNING = (0.52, 0.85, 1.22, 1.50, 1.62, 1.60)
_AFTERNOON = (1.42, 1.50, 1.66, 1.68, 1.60, 1.45)
_EVENING = (1.28, 1.16, 1.08, 0.95, 0.72, 0.50)
_HOURS = np.array((*_NIGHT, *_MORNING, *_AFTERNOON, *_EVENING))
"""How busy each hour of the day is, in UTC."""
_DAYS = np.array([1.14, 1.20, 1.18, 1.15, 1.02, 0.60, 0.71])
"""How busy each day of the week is, from Monday."""
_MONDAY_MS = 4 * DAY_MS  # 1970-01-05


def busyness(times_ms: Column) -> Column:
    """How busy it is at each time, around 1 over a week; between two hours it changes evenly."""
    hour = (times_ms % DAY_MS) / HOUR_MS - 0.5
    low = np.floor(hour).astype(np.int64)
    share = hour - low
    day = ((times_ms - _MONDAY_MS) % WEEK_MS) // DAY_MS
    busy: Column = (_HOURS[low % 24] * (1 - share) + _HOURS[(low + 1) % 24] * share) * _DAYS[day]
    return busy


def arrivals(
    random: np.random.Generator, start_ms: int, end_ms: int, per_minute: float, factor: Column | None = None
) -> Column:
    """Times at which somebody comes, in order: a Poisson process whose rate follows the rhythm.

    Args:
        random: where chance comes from.
        start_ms: the first possible time.
        end_ms: no time is as late; a whole number of minutes later.
        per_minute: how many come in a minute that is as busy as the mean.
        factor: more or less of them in each minute.
    """
    minutes = np.arange(start_ms, end_ms, MINUTE_MS, dtype=np.int64)
    rates = per_minute * busyness(minutes) * _weather(random, len(minutes))
    counts = random.poisson(rates if factor is None else rates * factor)
    times = np.repeat(minutes, counts) + random.integers(0, MINUTE_MS, int(counts.sum()))
    times.sort()
    return times


def _weather(random: np.random.Generator, minutes: int) -> Column:
    """Slow swings around 1 that last about an hour: no two days are alike."""
    knots = random.lognormal(0, 0.16, minutes // 45 + 2)
    smooth: Column = np.interp(np.arange(minutes), np.arange(len(knots)) * 45, knots)
    return smooth
