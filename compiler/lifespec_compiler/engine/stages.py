"""The way of a rollout: the positions that it goes through, and the stage that each of them is judged in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lifespec_compiler.plan import Plan, Stage
from lifespec_compiler.schedules import firings
from lifespec_schema.findings import Path

from .state import Rollout
from .values import Phase, Position

if TYPE_CHECKING:
    from lifespec_schema.spec.serving import BatchServing

_DAY: Final = 86400.0
_EARLIER: Final = frozenset({"shadow", "canary"})
_ROWS: Final = 10_000
_YEARS: Final = 4 * 366 * _DAY


def stages(plan: Plan, *, first: bool) -> tuple[Stage, ...]:
    """The stretches in which a rollout is judged. A first one has no comparisons, so it has one stretch at most."""
    found = plan.stages
    serving = plan.spec.serving
    if serving.mode == "batch":
        return () if first else (_compared(serving, shadowed=plan.spec.evaluation.shadow is not None),)
    if not first:
        return found
    last = found[-1]
    hold = sum(stage.hold for stage in found if stage.weight)
    return (Stage("first", 100, hold, 2 * hold, last.path),)


def following(plan: Plan, rollout: Rollout) -> Position | None:
    """The position after the one that the rollout has, or was held at; None after the last."""
    return next(iter(_rest(plan, rollout)), None)


def awaited(plan: Plan, rollout: Rollout) -> Phase:
    """The phase that an approval given now lets begin: the next one that has another name."""
    place = rollout.held_from or rollout.position
    if place.phase == "Offline" and asks(plan, "Offline") and "Offline" not in rollout.approved:
        return "Offline"
    for position in _rest(plan, rollout):
        if position.phase != place.phase:
            return position.phase
    return "Done"


def asks(plan: Plan, phase: Phase, *, first: bool = False) -> bool:
    """Whether a person must approve before a phase begins; of a first rollout's only one before any live traffic."""
    approval = plan.spec.rollout.approval
    if approval is None:
        return False
    return phase.lower() in approval.before or (first and phase == "Promoting" and bool(_EARLIER & {*approval.before}))


def stage_of(plan: Plan, rollout: Rollout) -> Stage | None:
    """The stage that the rollout is in; None in a promotion after the last step."""
    shadows, place = 0, rollout.position
    for index, stage in enumerate(stages(plan, first=rollout.first)):
        shadows += stage.weight == 0
        if _phase(stage) == place.phase and (place.phase != "Canary" or index - shadows == place.step):
            return stage
    return None


def patience(plan: Plan, rollout: Rollout, stage: Stage | None) -> float:
    """How long a stage may stay undecided, in seconds; a promotion after the last step as long as that."""
    if stage is not None:
        return stage.timeout
    found = stages(plan, first=rollout.first)
    return found[-1].timeout if found else _DAY


def rows_of_a_run(plan: Plan) -> tuple[int, str]:
    """Rows that a batch run scores: the fewest that a source must have, and its name; else a guess, and no name."""
    promised = [(source.volume.min_rows, source.name) for source in plan.spec.data.sources if source.volume]
    least, name = max(promised, default=(0, ""))
    return (least, name) if least else (_ROWS, "")


def _rest(plan: Plan, rollout: Rollout) -> list[Position]:
    """The positions that are still to come after the one that the rollout has, or was held at."""
    place, found = rollout.held_from or rollout.position, _positions(plan, first=rollout.first)
    passed = [index for index, position in enumerate(found) if position[:2] == place[:2]]
    return found[passed[0] + 1 :] if passed else found


def _positions(plan: Plan, *, first: bool) -> list[Position]:
    """All positions after Offline, in order."""
    found = [_position(stage, number) for number, stage in _numbered(stages(plan, first=first))]
    if not found or found[-1].phase != "Promoting":
        found.append(Position("Promoting", weight=100))
    return found


def _numbered(found: tuple[Stage, ...]) -> list[tuple[int, Stage]]:
    shadows = sum(stage.weight == 0 for stage in found)
    return [(index - shadows, stage) for index, stage in enumerate(found)]


def _position(stage: Stage, number: int) -> Position:
    phase = _phase(stage)
    return Position(phase, number if phase == "Canary" else None, stage.weight)


def _phase(stage: Stage) -> Phase:
    if stage.weight == 0:
        return "Shadow"
    return "Promoting" if stage.weight == 100 else "Canary"


def _compared(serving: BatchServing, *, shadowed: bool) -> Stage:
    """Batch serving: the runs of the candidate beside stable's, which may take twice their time on the schedule."""
    moments = firings(serving.schedule, serving.shadow_runs + 1)
    known = len(moments) - 1  # no more than a year of them is worked out
    timeout = 2 * (moments[-1] - moments[0]) * serving.shadow_runs / known if known > 0 else _YEARS
    path: Path = ("spec", "evaluation", "shadow") if shadowed else ("spec", "serving", "shadowRuns")
    return Stage("shadow", 0, 0.0, max(timeout, _DAY), path)
