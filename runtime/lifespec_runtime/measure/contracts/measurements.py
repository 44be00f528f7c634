"""What a check of data found, as the measurements of a report."""

from __future__ import annotations

from collections.abc import Iterator

from lifespec_compiler.judging.contract import SCORECARD, names
from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.record import read_input
from lifespec_schema.records.report import Input, Interval, Measurement

from .found import DataReport, SourceReport
from .results import Result

_LONGEST_REASON = 1024


def measurements(plan: Plan, report: DataReport) -> tuple[Measurement, ...]:
    """One measurement for each rule that was to be measured; of data that was not read whole none has a value."""
    return tuple(_measurements(plan, report))


def inputs(report: DataReport) -> tuple[Input, ...]:
    """The data that was read to its end."""
    return tuple(read_input(source.location.uri, source.digest) for source in report.sources if source.digest)


def _measurements(plan: Plan, report: DataReport) -> Iterator[Measurement]:
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


def _measurement(name: str, result: Result, not_read: str) -> Measurement:
    if not_read or result.measured is None:
        return Measurement(
            check=name, samples=0, reason=(not_read or result.why or "nothing was measured")[:_LONGEST_REASON]
        )
    interval = Interval(**result.interval._asdict()) if result.interval else None
    return Measurement(check=name, value=result.measured, samples=result.rows, interval=interval)
