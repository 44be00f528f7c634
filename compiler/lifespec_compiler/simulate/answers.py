"""What many runs say together, with how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from lifespec_compiler.statistics.exact import quantile_ranks, share_interval

from .outcome import Answers, Estimate, Simulation, Spread

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

LEVEL: Final = 0.95
_STOPPED: Final = frozenset({"rolledBack", "rejected", "held"})
_MONTH: Final = 30.0
_LONG_ENOUGH: Final = 28.0
"""Days that a run must last to say anything of a month."""
_MOST_RUNS: Final = 0.95


def answer(plan: Plan, runs: Sequence[Simulation]) -> Answers:
    """The answers of at least one run of one scenario."""
    if not runs or len({run.scenario for run in runs}) > 1:
        raise ValueError("the runs are of no scenario, or of several")
    nominated = [run for run in runs if run.ending != "none"]
    bad, good = (any(run.candidate_is_bad is wanted for run in nominated) for wanted in (True, False))
    stopped = [run for run in runs if run.ending in _STOPPED and not run.by_person]
    promoted = [run for run in runs if run.ending == "promoted"]
    detected = [run.detected_after for run in nominated if run.detected_after is not None and run.ending != "promoted"]
    long = all(run.days >= _LONG_ENOUGH for run in runs)
    costs = [run.cpu_hours / run.days * _MONTH for run in runs if run.cpu_hours is not None and long]
    rollout = plan.spec.rollout
    return Answers(
        runs[0].scenario,
        len(runs),
        LEVEL,
        bad,
        share(len(promoted), len(runs)),
        share(len(stopped), len(runs)),
        share(sum(run.ending in ("open", "replaced") for run in runs), len(runs)),
        share(sum(not run.candidate_is_bad for run in stopped), len(runs)) if good else None,
        share(sum(run.candidate_is_bad for run in promoted), len(runs)) if bad else None,
        spread([run.exposure for run in nominated]),
        spread([run.bad_exposure for run in nominated]),
        spread(detected) if bad else None,
        of_numbers([run.retrains / run.days * _MONTH for run in runs]) if long else None,
        spread(costs) if long and any(run.retrains for run in runs) else None,
        getattr(rollout, "max_exposure", None),
        tuple(told for told in runs[0].assumptions if all(told in run.assumptions for run in runs)),
        runs[0].foreign,
        of_batches(nominated, "compared"),
        of_batches(nominated, "failed"),
        of_batches(nominated, "late"),
        of_batches(nominated, "rows"),
        share(sum(run.by_person for run in runs), len(runs)),
    )


def wrong(answers: Answers) -> Estimate | None:
    """How often it was decided wrongly, in whichever of both ways; None: there was no candidate."""
    missed, stopped = answers.missed, answers.false_rollback
    if missed is None or stopped is None:
        return missed or stopped
    return share((missed.hits or 0) + (stopped.hits or 0), answers.runs)


def of_batches(runs: Sequence[Simulation], name: str) -> Spread | None:
    """How a number of the candidate's batch runs varies."""
    return spread([getattr(run.batches, name) for run in runs if run.batches is not None])


def share(count: int, runs: int) -> Estimate:
    """In how many of the runs it was so."""
    return Estimate(count / runs, *share_interval(count, runs, LEVEL), runs, count)


def spread(values: Sequence[float]) -> Spread | None:
    """How numbers vary; None where there are none."""
    return of_numbers(values) if values else None


def of_numbers(values: Sequence[float]) -> Spread:
    """How at least one number varies."""
    found = sorted(values)
    return Spread(quantile(found, 0.5), quantile(found, _MOST_RUNS), found[-1])


def quantile(ordered: Sequence[float], share: float) -> Estimate:
    """A quantile of values in their order, with the interval of the order statistics around it."""
    low, high = quantile_ranks(len(ordered), share, LEVEL)
    at = min(len(ordered) - 1, int(share * len(ordered)))
    return Estimate(
        ordered[at], None if low is None else ordered[low], None if high is None else ordered[high], len(ordered)
    )
