"""How old the newest row is.

The column of the snapshot's partitions tells, else that of a temporal split, else the time at which the newest file was
written. A copy says nothing of whether its producer is on time: of a copy the age is told and not judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from lifespec_compiler.judging.bound import at_most
from lifespec_compiler.judging.contract.names import FRESHNESS
from lifespec_runtime.measure.profile.summary import Profile
from lifespec_runtime.measure.reading.files import DataFile
from lifespec_schema.findings import Severity

from .results import Result

_AHEAD: Final = timedelta(days=1)
"""How far ahead of the clock a row may be: days begin earlier further east."""


class Newest(NamedTuple):
    """The time of the newest row, and what told it."""

    at: datetime
    column: str | None
    whole_day: bool = False
    """Whether no more is known than its day: it may be of any time of it."""


def time_column(source: Any, splits: Any) -> str | None:
    """The column that tells a row's time, where the spec says which."""
    types = {column.name: column.logical_type for column in source.schema_}
    candidates = [getattr(source.snapshot, "column", None)]
    if splits is not None and splits.strategy == "temporal":
        name, _, column = splits.column.rpartition(".")
        candidates.append(column if name in ("", source.name) else None)
    return next((name for name in candidates if name and types.get(name) in ("date", "timestamp")), None)


def newest(profile: Profile, files: Sequence[DataFile], column: str | None) -> Newest | None:
    """The newest row; None where nothing tells."""
    found = profile.columns.get(column) if column else None
    if found is not None and found.extremes is not None:
        days = found.type == "date"
        start = datetime(1970, 1, 1, tzinfo=UTC)
        try:
            passed = timedelta(days=found.extremes[1]) if days else timedelta(microseconds=found.extremes[1])
            return Newest(start + passed, column, whole_day=days)
        except OverflowError:
            return None
    written = [file.modified for file in files if file.modified]
    return Newest(max(written), None) if written and column is None else None


def freshness(source: Any, index: int, found: Newest | None, now: datetime, *, judge: bool) -> Result | None:
    """The age of the newest row, and the promise that it is to be held against; None where there is no promise.

    `judge` says whether it will be: else it is told why not.
    """
    if source.freshness is None:
        return None
    bound = at_most(source.freshness, "seconds")
    path = ("spec", "data", "sources", index, "freshness")
    result = Result(
        FRESHNESS, "volume", (), f"newest row {bound.told()} old", bound, Severity.ERROR, path, "Error", None, 0
    )
    if found is None:
        return result._replace(why="nothing tells how old the rows are; name a partition column in `snapshot`")
    by = f"by `{found.column}`" if found.column else "by when its file was written"
    age = (now - found.at).total_seconds()
    if found.at - now > _AHEAD:
        return result._replace(why=f"the newest row is of {found.at:%Y-%m-%d %H:%M}, which is in the future, {by}")
    age = max(0.0, age - _AHEAD.total_seconds() if found.whole_day else age)
    why = f"the newest row is of {found.at:%Y-%m-%d}{'' if found.whole_day else f'{found.at: %H:%M} UTC'}, {by}"
    if not judge:
        why += "; a copy says nothing of the source's age, --now judges it"
    return result._replace(
        verdict="Measured", measured=age, rows=1, why=why, columns=(found.column,) if found.column else ()
    )
