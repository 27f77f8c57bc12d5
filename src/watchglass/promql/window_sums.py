"""Sums and means of the samples in windows, compensated: exact where all is whole, else by differences, else sample by sample.

Source of the semantics: prometheus/prometheus, promql/functions.go (funcSumOverTime, funcAvgOverTime), kahansum.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, Values
from watchglass.promql import kahan
from watchglass.promql.windows import Ranked, Windows, at

Array = NDArray[np.float64]

_EXACT = 2.0**53
"""Sums of integers stay exact below this, in any order."""


def are_small_integers(values: Values) -> bool:
    """Whether all sums of any of them are exact, because everything is a small integer."""
    whole = bool((values == np.rint(values)).all())
    return whole and values.size * max(float(values.max(initial=0)), -float(values.min(initial=0))) < _EXACT


def exact_prefix(w: Windows) -> Values | None:
    """[n+1] sums of all samples up to each, if they are exact because everything is a small integer."""
    return np.concatenate([[0.0], np.cumsum(w.values)]) if are_small_integers(w.values) else None


def window_sums(w: Windows) -> tuple[Array, Array]:
    """Compensated sum of each window, as the sum and what rounding cut off."""
    if not _prefix_is_cheaper(w):
        total, lost = _sums_by_rank(w.values, w.first.ravel(), w.lengths.ravel())
        return total.reshape(w.lengths.shape), lost.reshape(w.lengths.shape)
    total, lost, doubtful = _sums_by_prefix(w)
    if doubtful.any():
        total[doubtful], lost[doubtful] = _sums_by_rank(w.values, w.first[doubtful], w.lengths[doubtful])
    return total, lost


def _prefix_is_cheaper(w: Windows) -> bool:
    """Whether windows share so many samples, or are so long, that sums up to every sample cost less than rank by rank."""
    by_rank = 10_000 * int(w.counts.max(initial=0)) + 7 * int(w.lengths.sum())  # ns, as measured
    return by_rank > 10 * len(w.values) + 15 * w.lengths.size


def _sums_by_rank(values: Values, first: Index, lengths: Index) -> tuple[Array, Array]:
    """Sums of windows [W], their first samples first, then the second ones ..."""
    flat = Ranked.of(first, lengths)
    total, lost = np.zeros((2, len(flat.order)))
    place = flat.lower.copy()
    for active in flat.active.tolist():
        kahan.add(total[:active], lost[:active], at(values, place[:active]))
        place[:active] += 1
    return flat.unordered(total), flat.unordered(lost)


def _sums_by_prefix(w: Windows) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Sums as differences of sums up to every sample, and where those are not good enough.

    Samples are cut in three: the first two parts are multiples of a number so coarse that all their sums are exact; the
    third is so small that rounding its sums does not matter, but to a sum far smaller than the greatest sample.
    """
    finite = np.isfinite(w.values)
    rest = np.where(finite, w.values, 0.0)
    largest = max(float(rest.max(initial=0)), -float(rest.min(initial=0)))
    bits = len(rest).bit_length() + 1
    grain = 2.0 ** min(math.frexp(largest)[1] + bits, 1000)
    parts = []
    for coarse in (grain, grain * 2.0 ** (bits - 53)):
        part = (rest + coarse) - coarse
        rest -= part
        parts.append(_between(w, part))
    total, lost = np.zeros((2, *w.lengths.shape))
    for part in parts:
        kahan.add(total, lost, part)
    lost += _between(w, rest)
    doubtful = ~(np.abs(total) >= largest * 2.0**-36) | (largest > _SUMMABLE) | (0 < largest < 1 / _SUMMABLE)
    if not finite.all():
        nan = np.isnan(w.values)
        doubtful |= _between(w, (~finite & ~nan).astype(np.float64)) > 0
        unknown = _between(w, nan.astype(np.float64)) > 0
        total[unknown], doubtful[unknown] = np.nan, False
    if doubtful.any():
        doubtful &= _between(w, (w.values != 0).astype(np.float64)) > 0
    return total, lost, doubtful


_SUMMABLE = 1e200
"""Up to there, sums are far from overflow."""


def _between(w: Windows, terms: Values) -> Array:
    """[S, T] the sum of terms [n] in each window, for terms whose sums may be taken in any order."""
    if int(w.lengths.sum()) <= _OVERLAP * len(terms):
        edges = np.stack([w.first, w.past], axis=-1).ravel()
        sums = np.add.reduceat(np.append(terms, 0.0), edges)[::2].reshape(w.lengths.shape)
        sums[w.lengths == 0] = 0.0  # reduceat gives the term at an empty run's place
        return sums
    prefix = np.concatenate([[0.0], np.cumsum(terms)])
    difference: Array = prefix[w.past]
    difference -= prefix[w.first]
    return difference


_OVERLAP = 4
"""Where windows share samples that often, sums up to every sample are cheaper than those of each window."""


def running_mean(w: Windows, chosen: NDArray[np.bool_]) -> Array:
    """Mean of windows whose sum overflows."""
    flat = Ranked.of(w.first[chosen], w.lengths[chosen])
    means = kahan.Means(len(flat.order))
    for rank, active in enumerate(flat.active.tolist()):
        means.take(slice(active), w.values[flat.lower[:active] + rank])
    return flat.unordered(means.result())
