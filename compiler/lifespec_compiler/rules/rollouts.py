"""How long things take and how much they see: shared by the rules on gates, guards and retraining. Times in seconds."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from lifespec_schema.findings import Path

if TYPE_CHECKING:
    from lifespec_compiler.plan import Check, Plan, Stage

RPS: Path = ("spec", "traffic", "rps")


def is_online(plan: Plan) -> bool:
    """Whether the model answers requests; a batch rollout has runs instead of stretches of time."""
    return plan.spec.serving.mode == "online"


def retrains_here(plan: Plan) -> bool:
    """Whether retraining's triggers run in this environment."""
    return plan.spec.platform is None or plan.spec.platform.retrains_here


def live_stages(plan: Plan) -> tuple[Stage, ...]:
    """The stretches in which the candidate answers requests."""
    return tuple(stage for stage in plan.stages if stage.weight > 0)


def live_time(plan: Plan) -> float:
    """From the candidate's first traffic to its promotion, when every stretch is passed as early as it may be."""
    return sum(stage.hold for stage in live_stages(plan))


def rollout_time(plan: Plan) -> float:
    """From shadow to promotion, when every stretch is passed as early as it may be."""
    return sum(stage.hold for stage in plan.stages)


def training_time(plan: Plan) -> float:
    """The longest that a training may take: candidates side by side, trials in rounds, each trial to its timebox."""
    longest = 0.0
    for candidate in plan.spec.experiments.candidates:
        rounds = ceil(candidate.search.trials / candidate.search.parallel) if candidate.search else 1
        longest = max(longest, rounds * (candidate.timebox or 0))
    return longest


def label_delay(plan: Plan) -> float:
    """After this, nearly all labels are known; where the labels do not say, the contract's word on their column."""
    delay, column = plan.spec.data.labels.delay, plan.column(plan.spec.data.labels.column)
    return delay.p95 if delay else column.available_after if column else 0


def outcome_delay(plan: Plan, check: Check) -> float:
    """After this, what the check's metric needs to know of a request is known."""
    if check.metric is None:
        return 0
    return label_delay(plan) if check.metric.needs_labels else check.metric.delay


def outcome_share(plan: Plan, check: Check) -> float:
    """The share of requests of which the check's metric ever learns what it needs."""
    share = plan.spec.data.labels.share
    return share if share is not None and check.metric is not None and check.metric.needs_labels else 1


def request_rate(plan: Plan) -> float | None:
    """Requests a second, the mean over a day; None where the spec does not say."""
    return plan.spec.traffic.rps if plan.spec.traffic else None


def share_of_traffic(plan: Plan, stage: Stage) -> float:
    """The share of requests that the candidate answers in the stage: mirrored ones in shadow."""
    shadow = plan.spec.evaluation.shadow
    return (shadow.mirror if stage.weight == 0 and shadow else stage.weight) / 100


def exceeds(amount: float, limit: float) -> bool:
    """Whether `amount` is above `limit` by more than the noise of binary fractions."""
    return amount > limit + 1e-9 * max(1, abs(limit))
