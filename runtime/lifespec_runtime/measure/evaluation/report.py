"""Measurements as a report has them: finite numbers, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Final

from lifespec_runtime.measure.estimate import Undefined
from lifespec_schema.records.report import Counts, Interval, Measurement

from .measured import Measured

MOST: Final = 1e15
"""Greater numbers are in no report."""
_LONGEST: Final = 1000


def measurements(measured: Iterable[Measured]) -> Iterator[Measurement]:
    """One for each check, slice and quantity."""
    for found in measured:
        result = found.result
        quantity = None if found.quantity == "value" else found.quantity
        slice_ = found.slice[:_LONGEST] if found.slice is not None else None
        if isinstance(result, Undefined) or not _fits(result.value):
            reason = result.reason if isinstance(result, Undefined) else "the value is too great for a report"
            yield Measurement(
                check=found.check,
                slice=slice_,
                quantity=quantity,
                samples=min(result.samples, found.rows) if found.rows is not None else result.samples,
                rows=found.rows,
                reason=(reason or "there is nothing to measure")[:_LONGEST],
            )
            continue
        interval = result.interval
        if interval is not None and not (_fits(interval.low) and _fits(interval.high)):
            interval = None
        yield Measurement(
            check=found.check,
            slice=slice_,
            quantity=quantity,
            value=float(result.value),
            samples=int(result.samples),
            rows=found.rows,
            interval=interval
            and Interval(
                low=float(interval.low), high=float(interval.high), level=interval.level, method=interval.method
            ),
            counts=result.counts and Counts(good=result.counts.good, total=result.counts.total),
            reason=(result.note or "its bounds are too great for a report")[:_LONGEST] if interval is None else None,
        )


def _fits(value: float) -> bool:
    return isfinite(value) and abs(value) <= MOST
