"""Which part each row is in: 0, 1, … . Rows that belong together have equal hashes, and so the same part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifespec_runtime.measure.profile.hashing import Hashes

from .keys import shares

Parts = NDArray[np.int64]


def by_hash(hashes: Hashes, cuts: Sequence[float]) -> Parts:
    """The part that a hash alone decides.

    So a row stays in its part whatever else is added or taken away: what one model was judged on, no later model
    learns from. The sizes come out as chance has them.
    """
    return np.searchsorted(np.asarray(cuts), shares(hashes), side="right").astype(np.int64)


def by_stratum(hashes: Hashes, strata: Hashes, cuts: Sequence[float]) -> Parts:
    """In each stratum the shares that `cuts` asks for, to the row; which rows those are, hashes decide.

    Rows of one key that are of several strata count in the one of the least hash, so that they stay together.
    """
    distinct, inverse = np.unique(hashes, return_inverse=True)
    stratum = np.full(len(distinct), np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(stratum, inverse, strata)
    parts = np.zeros(len(distinct), np.int64)
    for one in np.unique(stratum):
        members = np.flatnonzero(stratum == one)  # in the order of their hashes, since `distinct` is
        ends = np.round(np.asarray(cuts) * len(members)).astype(np.int64)
        parts[members] = np.searchsorted(ends, np.arange(len(members)), side="right")
    return parts[inverse]


def by_time(times: NDArray[Any], cuts: Sequence[float]) -> Parts:
    """The oldest rows in the first part, the newest in the last; all rows of one time are in the same.

    Each boundary lies between two times, where the share of older rows is nearest to the one asked for.
    """
    distinct, inverse, counts = np.unique(times, return_inverse=True, return_counts=True)
    older = np.concatenate([[0], np.cumsum(counts)])
    ends: list[int] = []
    for place, cut in enumerate(cuts):
        nearest = int(np.argmin(np.abs(older - cut * len(times))))
        least, most = place + 1, len(distinct) - (len(cuts) - place)
        ends.append(max(least, min(nearest, most), *[end + 1 for end in ends[-1:]]))
    return np.searchsorted(np.asarray(ends), np.arange(len(distinct)), side="right")[inverse].astype(np.int64)
