"""What a record has no room for, so that no odd value keeps a rollback from being recorded.

An entry that the engine makes of sound observations is not changed. Metrics that lie, or a long text, may make one that
no document can say: what is odd in it is left out or cut, and all that anything is decided by stays.
"""

from __future__ import annotations

from math import isfinite
from typing import Final

from lifespec_compiler.engine.values import Cause, Entry, Interval
from lifespec_compiler.statistics.sequential import Counts

LONGEST: Final = 1024
"""Characters of a text."""
MOST: Final = 512
"""Verdicts that a decision names; what did not pass comes first where there are more."""
_LARGEST: Final = 1e15
_MOST_COUNTED: Final = 10**12
_CUT: Final = "…"


def fitted(entry: Entry) -> Entry:
    """The entry as a record can say it; the same one where nothing is odd."""
    causes = entry.causes
    if len(causes) > MOST:
        causes = tuple(sorted(causes, key=lambda cause: cause.verdict == "Pass")[:MOST])
    return entry._replace(reason=_text(entry.reason), causes=tuple(map(_cause, causes)))


def _cause(cause: Cause) -> Cause:
    return cause._replace(
        value=_number(cause.value),
        samples=min(max(cause.samples, 0), _MOST_COUNTED),
        threshold=_text(cause.threshold),
        bound=_number(cause.bound),
        interval=_interval(cause.interval),
        evidence=_number(cause.evidence),
        counts=_counts(cause.counts),
        stable=_counts(cause.stable),
        reason=_text(cause.reason),
    )


def _text(written: str) -> str:
    return written if len(written) <= LONGEST else written[: LONGEST - 1] + _CUT


def _number(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) and abs(value) <= _LARGEST else None


def _interval(found: Interval | None) -> Interval | None:
    sound = found is not None and _number(found.low) is not None and _number(found.high) is not None
    return found if found is not None and sound and found.low <= found.high else None


def _counts(found: Counts | None) -> Counts | None:
    return found if found is not None and 0 <= found.good <= found.total <= _MOST_COUNTED else None
