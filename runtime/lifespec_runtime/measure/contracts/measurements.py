"""What a check of data found, as measurements: those that are judged, and those of a report, which are records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from lifespec_compiler.judging import Quantity
from lifespec_compiler.judging.contract import SCORECARD, names
from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.estimate import Interval

from .found import DataReport, SourceReport
from .results import Result

if TYPE_CHECKING:
    from lifespec_schema.records import report as records

_LONGEST_REASON = 1024


class Measured(NamedTuple):
    """A measurement as it is judged. A report's record of it would bring its models, which take long to import."""

    check: str
    samples: int
    value: float | None = None
    interval: Interval | None = None
    reason: str | None = None
    slice: str | None = None
    quantity: Quantity | None = None
    rows: int | None = None


def measured(plan: Plan, report: DataReport) -> tuple[Measured, ...]:
    """One measurement for each rule that was to be measured; of data that was not read whole none has a value."""
    return tuple(_measurements(plan, report))


def measurements(plan: Plan, report: DataReport) -> tuple[records.Measurement, ...]:
    """The same, as a report holds them."""
    from lifespec_schema.records import report as records

    def recorded(found: Measured) -> records.Measurement:
        interval = records.Interval(**found.interval._asdict()) if found.interval else None
        return records.Measurement(
            check=found.check, samples=found.samples, value=found.value, interval=interval, reason=found.reason
        )

    return tuple(map(recorded, _measurements(plan, report)))


def inputs(report: DataReport) -> tuple[records.Input, ...]:
    """The data that was read to its end."""
    from lifespec_runtime.measure.record import read_input

    return tuple(read_input(source.location.uri, source.digest) for source in report.sources if source.digest)


def _measurements(plan: Plan, report: DataReport) -> Iterator[Measured]:
    called = names(plan)
    for source in report.sources:
        for result in source.results:
            yield _measurement(called[source.name, result.name], result, _not_read(source))
    broken = [source for source in report.sources if _not_read(source)]
    for result in report.readiness:
        yield _measurement(called[SCORECARD, result.name], result, _not_read(broken[0]) if broken else "")


def _not_read(source: SourceReport) -> str:
    """Why what was counted does not tell of all rows; empty where it does."""
    if source.profile is None:
        return f"the data of `{source.name}` could not be read to its end"
    if source.unread_rows:
        return f"{source.unread_rows:,} rows of `{source.name}` could not be read"
    return ""


def _measurement(name: str, result: Result, not_read: str) -> Measured:
    if not_read or result.measured is None:
        return Measured(name, 0, reason=(not_read or result.why or "nothing was measured")[:_LONGEST_REASON])
    return Measured(name, result.rows, result.measured, result.interval)
