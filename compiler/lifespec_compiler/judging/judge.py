"""Holding a report against a plan: one verdict for each bound, of all rows and of each slice.

Nothing is measured here and nothing is asked, so the same report always gets the same verdicts, wherever they are asked
for. What was not measured is an Error and never a Pass, and a report of something else has nothing but Errors.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Literal, NamedTuple

from lifespec_compiler.plan import Plan

from . import contract, offline
from .confidence import held
from .requirement import Requirement
from .slices import no_slice, slice_names
from .verdict import Outcome, Quantity, Verdict

if TYPE_CHECKING:
    from lifespec_schema.records.report import LifecycleReport
    from lifespec_schema.records.types import Revision

    from .measurement import Interval, Measurement

Key = tuple[str, Quantity | None]
Measured = Mapping[Key, Mapping[str | None, "Measurement | None"]]
"""By check and quantity, and then by slice; None where two differ."""


class Expected(NamedTuple):
    """What the caller knows of what the report must be of; None: whatever the report says."""

    tier: Literal["offline", "shadow", "online", "data"] | None = None
    uid: str | None = None
    revision: Revision | None = None
    stable: bool = True
    """Whether there is a stable revision; without one `evaluation.bootstrap` says what bounds against it mean."""
    stable_revision: Revision | None = None
    """The one that differences must be with."""
    checks: frozenset[str] | None = None
    """The checks that are held this time; None: all."""


EXPECTED = Expected()


def judge(plan: Plan, report: LifecycleReport, expected: Expected = EXPECTED) -> tuple[Verdict, ...]:
    """The verdicts on a report, in the order of the spec, slices in the order of their texts."""
    required = _required(plan, expected.tier or report.spec.tier, expected)
    wrong = _of_something_else(plan, report, expected)
    if wrong:
        return tuple(_without(requirement, "Error", wrong) for requirement in required)
    return _all_verdicts(required, report.spec.measurements, expected, _of_another_stable(report, expected))


def judge_measurements(
    plan: Plan, tier: str, measurements: Iterable[Measurement], expected: Expected = EXPECTED
) -> tuple[Verdict, ...]:
    """The verdicts on a report of the plan with these measurements, of which a report may not have room for all."""
    return _all_verdicts(_required(plan, tier, expected), measurements, expected)


def requirements(plan: Plan, tier: str) -> tuple[Requirement, ...]:
    """All that a plan requires in a tier; of live tiers what is reported, and not counted request by request."""
    if tier == "data":
        return contract.requirements(plan)
    return offline.requirements(plan, tier) if tier in offline.TIERS else ()


def skipped(plan: Plan, expected: Expected = EXPECTED) -> tuple[Requirement, ...]:
    """The bounds of the offline tier that a first model is not held to: what there is no stable to compare with."""
    return tuple(found for found in offline.requirements(plan) if _is_skipped(plan, found, expected))


def _required(plan: Plan, tier: str, expected: Expected) -> list[Requirement]:
    """What is held this time."""
    found = [one for one in requirements(plan, tier) if expected.checks is None or one.check in expected.checks]
    return [one for one in found if not _is_skipped(plan, one, expected)]


def _is_skipped(plan: Plan, requirement: Requirement, expected: Expected) -> bool:
    return requirement.against == offline.STABLE and not expected.stable and not _refuses(plan)


def _refuses(plan: Plan) -> bool:
    bootstrap = plan.spec.evaluation.bootstrap
    return bootstrap is not None and bootstrap.relative_gates == "refuse"


def _of_something_else(plan: Plan, report: LifecycleReport, expected: Expected) -> str:
    """Why the report says nothing of the plan; empty where it does."""
    spec, namespace = report.spec, report.metadata.namespace
    if (spec.lifecycle, namespace) != (plan.name, plan.namespace):
        return f"the report is of {namespace}/{spec.lifecycle}, not of {plan.namespace}/{plan.name}"
    if expected.uid is not None and spec.uid != expected.uid:
        return f"the report is of a lifecycle with the UID {spec.uid}, not {expected.uid}"
    if expected.tier is not None and spec.tier != expected.tier:
        return f"the report is of the tier {spec.tier}, not {expected.tier}"
    if expected.revision is not None and spec.revision != expected.revision:
        return "the report is of another revision"
    return ""


def _of_another_stable(report: LifecycleReport, expected: Expected) -> str:
    """Why the report's differences say nothing of the stable model that there is; empty where they do."""
    wanted, found = expected.stable_revision, report.spec.stable
    if wanted is None or found == wanted:
        return ""
    return "it was compared with another stable model" if found else "the report does not name the stable model"


def _all_verdicts(
    required: Iterable[Requirement], measurements: Iterable[Measurement], expected: Expected, incomparable: str = ""
) -> tuple[Verdict, ...]:
    measured = _measured(measurements)
    found = (_verdicts(one, measured, incomparable, stable=expected.stable) for one in required)
    return tuple(chain.from_iterable(found))


def _measured(measurements: Iterable[Measurement]) -> Measured:
    found: dict[Key, dict[str | None, Measurement | None]] = defaultdict(dict)
    for measurement in measurements:
        same = found[measurement.check, measurement.quantity]
        known = same.setdefault(measurement.slice, measurement)
        if known != measurement:
            same[measurement.slice] = None
    return found


def _verdicts(requirement: Requirement, measured: Measured, incomparable: str, *, stable: bool) -> Iterator[Verdict]:
    if requirement.against == offline.STABLE and not stable:
        yield _without(requirement, "Inconclusive", "there is no stable model to compare with: a person decides")
        return
    if requirement.against == offline.STABLE and incomparable:
        yield _without(requirement, "Error", incomparable)
        return
    found = measured.get((requirement.check, requirement.quantity), {})
    yield _verdict(requirement, None, found)
    for text in _slices(requirement, found):
        yield _verdict(requirement, text, found)


def _slices(requirement: Requirement, found: Mapping[str | None, Measurement | None]) -> list[str]:
    """The slices to judge: those measured, those that the contract lists, and what was declared and is not there."""
    parts = {text: names for text in found if text is not None and (names := slice_names(text)) in requirement.slices}
    without_rows = {names for text, names in parts.items() if text == no_slice(names)}
    listed = [text for text in requirement.declared if slice_names(text) not in without_rows]
    seen = {*parts.values(), *map(slice_names, listed)}
    return sorted({*parts, *listed, *(no_slice(names) for names in requirement.slices if names not in seen)})


def _verdict(requirement: Requirement, text: str | None, found: Mapping[str | None, Measurement | None]) -> Verdict:
    if text not in found:
        return _without(requirement, "Error", "it was not measured", text)
    measurement = found[text]
    if measurement is None:
        return _without(requirement, "Error", "it was measured more than once, with different results", text)
    outcome, why = _outcome(requirement, measurement)
    return Verdict(
        requirement.check,
        text,
        outcome,
        measurement.value,
        measurement.samples,
        measurement.interval,
        requirement.bound,
        requirement.words,
        requirement.path,
        "" if outcome == "Pass" else why,
        requirement.quantity,
        requirement.severity,
    )


def _outcome(requirement: Requirement, measurement: Measurement) -> tuple[Outcome, str]:
    reason = measurement.reason or ""
    if measurement.slice is not None:
        rows = measurement.samples if measurement.rows is None else measurement.rows
        if not rows:
            return "Fail", "the slice is missing from the data"
        if rows < requirement.smallest_slice:
            return "Inconclusive", f"{rows:,} rows are fewer than {requirement.smallest_slice:,}"
    value = measurement.value
    if value is None:
        missing: Outcome = requirement.without_value if measurement.slice is None else "Inconclusive"
        return missing, reason or "there was nothing to measure"
    if not math.isfinite(value):
        return "Error", "the value is no number"
    if not _possible(value, requirement):
        return "Error", "the metric cannot have this value"
    outcome, why = held(requirement.bound, value, measurement.interval, requirement.confidence)
    return outcome, reason or why if outcome == "Inconclusive" and measurement.interval is None else why


def _possible(value: float, requirement: Requirement) -> bool:
    low, high = requirement.reach
    slack = 1e-9
    return (low is None or value >= low - slack) and (high is None or value <= high + slack)


def _without(requirement: Requirement, outcome: Outcome, reason: str, text: str | None = None) -> Verdict:
    """A verdict that rests on no measurement."""
    interval: Interval | None = None
    return Verdict(
        requirement.check,
        text,
        outcome,
        None,
        0,
        interval,
        requirement.bound,
        requirement.words,
        requirement.path,
        reason,
        requirement.quantity,
        requirement.severity,
    )
