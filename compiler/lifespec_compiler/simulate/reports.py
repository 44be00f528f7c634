"""Reports as an evaluation would make them, from what is true."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING, Any, Final, Literal

from lifespec_compiler.judging import requirements
from lifespec_compiler.judging.confidence import level_of
from lifespec_compiler.plan import Plan

from .meters import meters_of
from .truth import NORMAL

if TYPE_CHECKING:
    from lifespec_compiler.engine.case import Evaluate
    from lifespec_compiler.engine.values import Revision
    from lifespec_compiler.judging import Requirement
    from lifespec_schema.records.report import LifecycleReport

    from .truth import Truth

UID: Final = "0f8fad5b-d9cb-469f-a165-70867728950e"
"""Of the simulated lifecycle."""
Offline = Literal["passes", "fails", "failsSlice", "unsure"]
"""What an offline evaluation finds: all bounds held; the first one broken; one of a single slice broken, where a gate
is on slices; an interval that holds its bound."""
_ROWS = 100_000
_BINS = 9
"""Degrees of freedom of a divergence over ten bins."""


def offline_report(plan: Plan, revision: Revision, finds: Offline) -> LifecycleReport:
    """An offline report on a revision whose values lie well within the bounds, or beyond one of them."""
    required = requirements(plan, "offline")
    sliced = [one for one in required if one.slices]
    measured: dict[tuple[str, object, object], dict[str, Any]] = {}
    for index, one in enumerate(required):
        value = _within(one, required)
        wrong = index == 0
        measured.setdefault((one.check, one.quantity, None), _measurement(one, value, finds if wrong else "passes"))
        broken = sliced[0] if finds == "failsSlice" and sliced else None
        for text in _slices(one):
            found = _measurement(one, value, "fails" if one is broken else "passes")
            measured.setdefault((one.check, one.quantity, text), {**found, "slice": text, "rows": _ROWS})
    return _report(plan, revision, "offline", "offline", list(measured.values()))


def known_offline_report(plan: Plan, revision: Revision, finds: Offline) -> LifecycleReport:
    """An offline report, made once for each revision and plan."""
    return _made(_Known(plan), revision, finds)


class _Known:
    """A plan, told apart by its hash."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __hash__(self) -> int:
        return hash(self.plan.hashes.plan)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and self.plan.hashes.plan == other.plan.hashes.plan


@lru_cache(maxsize=32)
def _made(known: _Known, revision: Revision, finds: Offline) -> LifecycleReport:
    return offline_report(known.plan, revision, finds)


def live_report(
    plan: Plan,
    asked: Evaluate,
    stream: str,
    truths: tuple[Truth, Truth],
    samples: int,
    now: float,
    stable: Revision | None = None,
) -> LifecycleReport:
    """A report on what was logged in shadow or online: the metrics that are no counts. `truths`: candidate, stable."""
    meters = meters_of(plan)
    wanted = {one.check: one for one in (meters.shadow if asked.tier == "shadow" else meters.online)}
    found: list[dict[str, Any]] = []
    for check in plan.checks:
        meter = wanted.get(check.name)
        if meter is None or meter.source != "report" or check.tier != asked.tier:
            continue
        value, other = (truth.values.get(meter.metric, 0.0) for truth in truths)
        confidence = plan.at(check.path).confidence
        measured: list[dict[str, Any]] = [{"value": value}]
        if check.max_regression is not None or check.min_improvement is not None:
            measured.append({"quantity": "difference", "value": value - other})
        if check.max_relative_regression is not None and other:
            measured.append({"quantity": "relativeDifference", "value": value / other - 1})
        common = {"check": check.name, "samples": samples}
        found += [{**common, **one, **_around(one["value"], confidence, samples)} for one in measured]
    window = {"from": _timestamp(asked.since), "to": _timestamp(max(now, asked.since + 1))}
    live = {"stream": stream, "window": window, "stable": _recorded(stable)}
    return _report(plan, asked.revision, asked.tier, asked.name or asked.tier, found, live)


def _around(value: float, confidence: float, samples: int) -> dict[str, Any]:
    """An interval as wide as that of a divergence over ten bins (the normal approximation of a scaled chi-square)."""
    if not samples:
        return {}
    half = NORMAL.inv_cdf(confidence) * 2 / samples * sqrt(2 * _BINS + 2 * samples * abs(value))
    interval = {"low": value - half, "high": value + half, "level": level_of(confidence), "method": "simulated"}
    return {"interval": interval}


def _within(one: Requirement, required: tuple[Requirement, ...]) -> float:
    """A value that holds all bounds on the same quantity of the same check, with some room."""
    low, high = one.reach if one.quantity is None else (None, None)
    for other in required:
        if (other.check, other.quantity) == (one.check, one.quantity) and not isinstance(other.bound.value, tuple):
            if other.bound.operator == "must_be_greater_or_equal_to":
                low = max(other.bound.value, low) if low is not None else other.bound.value
            else:
                high = min(other.bound.value, high) if high is not None else other.bound.value
    if low is not None and high is not None:
        return (low + high) / 2
    bound = low if low is not None else high if high is not None else 0.0
    room = max(abs(bound), 1e-3) / 2
    return bound + room if low is not None else bound - room


def _measurement(one: Requirement, value: float, finds: Offline) -> dict[str, Any]:
    bound = one.bound.value if not isinstance(one.bound.value, tuple) else one.bound.value[0]
    half = abs(value - bound) / 2
    if finds == "fails":
        value = 2 * bound - value if value != bound else bound
        low, high = one.reach if one.quantity is None else (None, None)
        value = max(value, low) if low is not None else value
        value = min(value, high) if high is not None else value
        half = abs(value - bound) / 2
    elif finds == "unsure":
        half = 2 * abs(value - bound)
    found: dict[str, Any] = {"check": one.check, "value": value, "samples": _ROWS}
    if one.quantity is not None:
        found["quantity"] = one.quantity
    if one.confidence is not None:
        level = level_of(one.confidence)
        found["interval"] = {"low": value - half, "high": value + half, "level": level, "method": "simulated"}
    return found


def _slices(one: Requirement) -> list[str]:
    """The slices that the contract lists; one by each other name, or crossing of names, that is asked for."""
    known = {text.partition("=")[0] for text in one.declared}
    others = [names for names in one.slices if not known.issuperset(names) or names[1:]]
    return [*one.declared, *(",".join(f"{name}=some" for name in names) for names in others)]


def compared_with(report: LifecycleReport, stable: Revision | None) -> LifecycleReport:
    """The report, as one whose differences are with this stable revision."""
    from lifespec_schema.records.types import Revision as RecordedRevision

    named = None if stable is None else RecordedRevision(model=stable.model, serving=stable.serving)
    return report.model_copy(update={"spec": report.spec.model_copy(update={"stable": named})})


def _recorded(revision: Revision | None) -> dict[str, str] | None:
    return None if revision is None else {"model": revision.model, "serving": revision.serving}


def _timestamp(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _report(
    plan: Plan,
    revision: Revision,
    tier: str,
    name: str,
    measured: list[dict[str, Any]],
    live: dict[str, Any] | None = None,
) -> LifecycleReport:
    from lifespec_schema.records.report import LifecycleReport

    return LifecycleReport.model_validate(
        {
            "apiVersion": "lifespec.dev/v1alpha1",
            "kind": "LifecycleReport",
            "metadata": {"name": name, "namespace": plan.namespace},
            "spec": {
                "lifecycle": plan.name,
                "uid": UID,
                "revision": _recorded(revision),
                "tier": tier,
                **(live or {}),
                "measurements": measured,
            },
        }
    )
