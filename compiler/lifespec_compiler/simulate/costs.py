"""What a training takes, at most: time, and hours of processors."""

from __future__ import annotations

from math import ceil

from lifespec_compiler.plan import Plan
from lifespec_schema.values.quantities import amount

_HOUR = 3600


def training_seconds(plan: Plan) -> float:
    """The longest that a training may take: candidates side by side, trials in rounds, each trial to its timebox."""
    longest = 0.0
    for candidate in plan.spec.experiments.candidates:
        rounds = ceil(candidate.search.trials / candidate.search.parallel) if candidate.search else 1
        longest = max(longest, rounds * (candidate.timebox or _HOUR))
    return longest


def cpu_hours(plan: Plan) -> float | None:
    """Hours of cores that one training takes at most; None where a candidate's resources are not written."""
    total = 0.0
    for written, filled in zip(
        plan.canonical["spec"]["experiments"]["candidates"], plan.spec.experiments.candidates, strict=True
    ):
        cpu = written.get("resources", {}).get("cpu")
        if cpu is None:
            return None
        trials = filled.search.trials if filled.search else 1
        total += float(amount(str(cpu))) * trials * (filled.timebox or _HOUR) / _HOUR
    return total
