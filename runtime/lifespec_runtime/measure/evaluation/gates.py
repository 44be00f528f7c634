"""Gates: bounds on values, on differences to other models and baselines, on all rows and on slices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.estimate import Estimate, Result, Undefined

from .measured import Fixed, Measured, Quantity, difference, level, relative
from .naming import Named, named
from .slices import NoSlices, Slice, Slicer
from .subjects import Others, Sliced, Subject

_ELSEWHERE: Final = "it was measured elsewhere"


def gates(plan: Plan, candidate: Subject, others: Others, slicer: Slicer) -> Iterator[Measured]:
    """The measurements of every offline gate, in the order of the spec; latency is measured elsewhere."""
    for gate in plan.spec.evaluation.offline.gates:
        metric = named(plan, gate.metric)
        if metric is not None and metric.facts.percentile is not None:
            continue
        for piece in _pieces(gate, slicer):
            yield from _measured(gate, metric, candidate, others, piece)


def _pieces(gate: Any, slicer: Slicer) -> Iterator[Slice | NoSlices | None]:
    yield None
    for names in dict.fromkeys(gate.slices or ()):
        found = slicer.slices(names)
        yield from [found] if isinstance(found, NoSlices) else found


def quantities(check: Any) -> list[Quantity]:
    """What the bounds of a check are on."""
    wanted: list[Quantity] = []
    if getattr(check, "min", None) is not None or getattr(check, "max", None) is not None:
        wanted.append("value")
    if check.max_regression is not None or getattr(check, "min_improvement", None) is not None:
        wanted.append("difference")
    if check.max_relative_regression is not None:
        wanted.append("relativeDifference")
    return wanted


def _measured(
    gate: Any, metric: Named | None, candidate: Subject, others: Others, piece: Slice | NoSlices | None
) -> Iterator[Measured]:
    name, rows = gate.name or gate.metric, None if piece is None else _rows(piece)
    text = piece.text if piece else None
    sample, wanted = candidate.sample, level(gate.confidence)
    if metric is None:
        found: Result = Undefined(f"{gate.metric} cannot be measured offline")
    elif isinstance(piece, NoSlices):
        found = Undefined(piece.reason)
    elif rows == 0:
        found = Undefined("no row of the test split is of this slice")
    elif isinstance(sample, Undefined):
        found = sample
    else:
        own = sample.value(metric, piece, wanted)
        for quantity in quantities(gate):
            yield Measured(name, text, quantity, *_of(quantity, gate, metric, sample, others, piece, own), rows)
        return
    yield from (Measured(name, text, quantity, found, found, None, rows) for quantity in quantities(gate))


def _rows(piece: Slice | NoSlices) -> int:
    return len(piece.places) if isinstance(piece, Slice) else 0


def _of(
    quantity: Quantity, gate: Any, metric: Named, sample: Sliced, others: Others, piece: Slice | None, own: Result
) -> tuple[Result, Result, Result | None]:
    """What is judged, the model's own value, and the other's."""
    if quantity == "value":
        return own, own, None
    wanted = level(gate.confidence)
    other = others.of(gate.against, gate.metric)
    if isinstance(other, Undefined):
        return other, own, other
    compared = difference if quantity == "difference" else relative
    if isinstance(other, Fixed):
        return compared(metric, sample.at(piece), other, wanted), own, Estimate(other.value, 0, note=_ELSEWHERE)
    return compared(metric, sample.at(piece), other.at(piece), wanted), own, other.value(metric, piece, wanted)
