"""What a record has no room for, so that no odd value keeps a rollback from being recorded.

An entry that the engine makes of sound observations is not changed. Metrics that lie, or a long text, may make one that
no document can say: what is odd in it is left out or cut, and all that anything is decided by stays.
"""

from __future__ import annotations

from typing import Final

from lifespec_compiler.engine.values import Cause, Entry, Interval
from lifespec_compiler.statistics.sequential import Counts

from .times import stamp

LONGEST: Final = 1024
"""Characters of a text."""
_LONGEST_WORD: Final = 128
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
    return entry._replace(reason=_text(entry.reason), causes=tuple(map(_cause, causes)), asked=_moment(entry.asked))


def _cause(cause: Cause) -> Cause:
    return cause._replace(
        path=_text(cause.path) or _CUT,
        value=_number(cause.value),
        samples=_whole(cause.samples) or 0,
        threshold=_text(cause.threshold) or _CUT,
        window=_whole(cause.window),
        bound=_number(cause.bound),
        interval=_interval(cause.interval),
        evidence=_number(cause.evidence),
        counts=_counts(cause.counts),
        stable=_counts(cause.stable),
        slice=_text(cause.slice or "") or None,
        reason=_text(cause.reason),
    )


def _text(written: str, longest: int = LONGEST) -> str:
    found = written.encode("utf-8", "replace").decode()  # half a surrogate pair is no character
    return found if len(found) <= longest else found[: longest - 1] + _CUT


def _moment(at: float | None) -> float | None:
    try:
        return at if at is not None and stamp(at) else None
    except (ValueError, OverflowError):
        return None


def _number(value: float | None) -> float | None:
    return value if value is not None and -_LARGEST <= value <= _LARGEST else None


def _whole(value: float | None) -> int | None:
    return int(value) if value is not None and 0 <= value <= _MOST_COUNTED else None


def _interval(found: Interval | None) -> Interval | None:
    if found is None or not -_LARGEST <= found.low <= found.high <= _LARGEST:
        return None
    return found._replace(method=_text(found.method, _LONGEST_WORD) or _CUT) if 0 < found.level <= 1 else None


def _counts(found: Counts | None) -> Counts | None:
    return found if found is not None and 0 <= found.good <= found.total <= _MOST_COUNTED else None
