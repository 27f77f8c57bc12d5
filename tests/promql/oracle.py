"""A slow, plain restatement of selection and rollups: one series, one window, one sample at a time."""

from __future__ import annotations

import math
from itertools import pairwise

from watchglass.model.sample import is_stale


def window(samples, end, width, *, closed=False):
    """The samples of `(end - width, end]`, less stale markers."""
    oldest = end - width - (1 if closed else 0)
    return [(time, value) for time, value in samples if oldest < time <= end and not is_stale(value)]


def newest(samples, end, lookback, *, closed=False):
    """The value that an instant selector sees; None where it sees none."""
    oldest = end - lookback - (1 if closed else 0)
    seen = [value for time, value in samples if oldest < time <= end]
    return seen[-1] if seen and not is_stale(seen[-1]) else None


def rollup(name, samples, end, width, *, arg=None, step=None, legacy=False):
    """The result of a function over one window; None where there is none."""
    inside = window(samples, end, width, closed=legacy)
    values = [value for _, value in inside]
    if len(inside) < (2 if name in NEEDS_TWO else 1):
        return None
    if name in {"rate", "increase", "delta"}:
        return extrapolated(inside, end, width, counter=name != "delta", per_second=name == "rate", legacy=legacy)
    if name in {"irate", "idelta"}:
        return last_step(inside, counter=name == "irate")
    if name == "deriv":
        return regression(inside, inside[0][0])[0]
    if name == "predict_linear":
        slope, intercept = regression(inside, step)
        return slope * arg + intercept
    if name == "quantile_over_time":
        return quantile(arg, values)
    return VALUES[name](values)


NEEDS_TWO = {"rate", "increase", "delta", "irate", "idelta", "deriv", "predict_linear"}


def extrapolated(inside, end, width, *, counter, per_second, legacy):
    (first_time, first), (last_time, last) = inside[0], inside[-1]
    growth = last - first
    if counter:
        for (_, before), (_, after) in pairwise(inside):
            if after < before:
                growth += before
    sampled = (last_time - first_time) / 1000
    spacing = sampled / (len(inside) - 1)
    to_start, to_end = (first_time - (end - width)) / 1000, (end - last_time) / 1000
    bounded = counter and growth > 0 and first >= 0
    if bounded and legacy:
        to_start = min(to_start, sampled * (first / growth))
    if to_start >= spacing * 1.1:
        to_start = spacing / 2
    if bounded and not legacy:
        to_start = min(to_start, sampled * (first / growth))
    if to_end >= spacing * 1.1:
        to_end = spacing / 2
    factor = (sampled + to_start + to_end) / sampled
    return growth * (factor / (width / 1000) if per_second else factor)


def last_step(inside, *, counter):
    (earlier, before), (later, after) = inside[-2:]
    grown = after if counter and after < before else after - before
    return grown / ((later - earlier) / 1000) if counter else grown


def regression(inside, origin):
    if all(value == inside[0][1] for _, value in inside):
        return (math.nan, math.nan) if math.isinf(inside[0][1]) else (0.0, inside[0][1])
    xs, ys = [(time - origin) / 1000 for time, _ in inside], [value for _, value in inside]
    n = len(inside)
    sum_x, sum_y = total(xs), total(ys)
    covariance = total([x * y for x, y in zip(xs, ys, strict=True)]) - sum_x * sum_y / n
    slope = divide(covariance, total([x * x for x in xs]) - sum_x * sum_x / n)
    return slope, sum_y / n - slope * sum_x / n


def divide(left, right):
    if right:
        return left / right
    return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left) * math.copysign(1, right)


def increment(term, running, lost):
    """Neumaier's step."""
    after = running + term
    if math.isinf(after):
        return after, 0.0
    if abs(running) >= abs(term):
        return after, lost + ((running - after) + term)
    return after, lost + ((term - after) + running)


def total(values):
    running = lost = 0.0
    for value in values:
        running, lost = increment(value, running, lost)
    return running if math.isinf(running) else running + lost


def mean(values):
    running, lost = values[0], 0.0
    average, incremental = 0.0, False
    for count, value in enumerate(values[1:], start=2):
        if not incremental:
            after, lost_after = increment(value, running, lost)
            if not math.isinf(after):
                running, lost = after, lost_after
                continue
            incremental, average, lost = True, running / (count - 1), lost / (count - 1)
        weight = (count - 1) / count
        average, lost = increment(value / count, weight * average, weight * lost)
    return average + lost if incremental else running / len(values) + lost / len(values)


def variance(values):
    average = average_lost = spread = spread_lost = 0.0
    for count, value in enumerate(values, start=1):
        distance = value - (average + average_lost)
        average, average_lost = increment(distance / count, average, average_lost)
        spread, spread_lost = increment(distance * (value - (average + average_lost)), spread, spread_lost)
    return (spread + spread_lost) / len(values)


def quantile(q, values):
    if not values or math.isnan(q):
        return math.nan
    if q < 0 or q > 1:
        return math.copysign(math.inf, q)
    ordered = sorted(values, key=lambda value: (not math.isnan(value), value))
    rank = q * (len(values) - 1)
    below = math.floor(rank)
    weight = rank - below
    return ordered[below] * (1 - weight) + ordered[min(below + 1, len(values) - 1)] * weight


def extreme(values, better):
    best = values[0]
    for value in values:
        if better(value, best) or math.isnan(best):
            best = value
    return best


def median_distance(values):
    if any(math.isnan(value) for value in values):
        return math.nan
    middle = quantile(0.5, values)
    return quantile(0.5, [abs(value - middle) for value in values])


def pairs(values, hit):
    return float(sum(hit(before, after) for before, after in pairwise(values)))


VALUES = {
    "sum_over_time": total,
    "avg_over_time": mean,
    "min_over_time": lambda values: extreme(values, lambda value, best: value < best),
    "max_over_time": lambda values: extreme(values, lambda value, best: value > best),
    "count_over_time": lambda values: float(len(values)),
    "present_over_time": lambda _: 1.0,
    "first_over_time": lambda values: values[0],
    "last_over_time": lambda values: values[-1],
    "stdvar_over_time": variance,
    "stddev_over_time": lambda values: math.nan if math.isnan(variance(values)) else math.sqrt(variance(values)),
    "mad_over_time": median_distance,
    "resets": lambda values: pairs(values, lambda before, after: after < before),
    "changes": lambda values: pairs(
        values, lambda before, after: before != after and not (math.isnan(before) and math.isnan(after))
    ),
}
