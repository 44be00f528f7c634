"""What a worker does: a pass over one part of the data, and counting what occurs twice in one bucket of all parts.

A task returns what is wrong with the data as a value: raising it would look like a fault of the worker, and be retried.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from lifespec_runtime.measure.contracts.scan import Portion, Wanted, scan_portion
from lifespec_runtime.measure.profile.hashing import Hashes
from lifespec_runtime.measure.reading.files import DataFile, Part, file_digest
from lifespec_runtime.measure.reading.flaws import Flaw, UnreadableError
from lifespec_runtime.measure.reading.log import Log
from lifespec_runtime.measure.reading.read import read_parts

Buckets = Mapping[str, Sequence[Hashes]]
"""By what is held together (`scan.held_together`): the hashes in order, cut at the same places for all parts."""


class Found(NamedTuple):
    """What a pass over a part came to."""

    portion: Portion | None
    """None where the part could not be read to its end."""
    log: Log
    stopped: Flaw | None = None


def pass_over(part: Part, form: str, wanted: Wanted, buckets: int) -> tuple[Found, Buckets]:
    """The pass over a part, and the hashes of what may occur twice."""
    log = Log()
    seen: dict[str, list[Hashes]] = {}
    try:
        chunks = read_parts([part], form, wanted.columns, log)
        portion = scan_portion(chunks, wanted, lambda name, hashes: seen.setdefault(name, []).append(hashes))
    except UnreadableError as error:
        return Found(None, log, error.flaw), {}
    return Found(portion, log), {name: _divided(np.concatenate(hashes), buckets) for name, hashes in seen.items()}


def only_found(answer: tuple[Found, Buckets]) -> Found:
    """What a pass came to, without the hashes, which stay with the workers."""
    return answer[0]


def only_bucket(bucket: int, answer: tuple[Found, Buckets]) -> dict[str, Hashes]:
    """The hashes of one bucket."""
    return {name: hashes[bucket] for name, hashes in answer[1].items()}


def repeats(*parts: Mapping[str, Hashes]) -> dict[str, int]:
    """How many of the hashes of one bucket of all parts occurred before."""
    return {
        name: _repeats([part[name] for part in parts if name in part])
        for name in {name for part in parts for name in part}
    }


def _repeats(parts: Sequence[Hashes]) -> int:
    ordered = np.sort(np.concatenate(parts), kind="stable")  # of sorted parts it makes one by merging
    return int(np.count_nonzero(ordered[1:] == ordered[:-1]))


def digest_of(file: DataFile) -> str | Flaw:
    """The digest of a file, or why there is none."""
    try:
        return file_digest(file)
    except UnreadableError as error:
        return error.flaw


def _divided(hashes: Hashes, buckets: int) -> list[Hashes]:
    ordered = np.sort(hashes)
    ends = np.searchsorted(ordered, [np.uint64(bucket * (2**64 // buckets)) for bucket in range(1, buckets)])
    return np.split(ordered, ends)
