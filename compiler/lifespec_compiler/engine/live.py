"""Verdicts on live traffic: gates by an always-valid test from the step's start, guards by the value of one window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lifespec_compiler.plan import Check, Plan
from lifespec_compiler.statistics.sequential import Claim, Counts, judge
from lifespec_schema.findings import Path

from .values import Cause


class LiveVerdict(NamedTuple):
    """A bound of a live check, held against counts."""

    outcome: str
    cause: Cause


def gate(
    plan: Plan, check: Check, candidate: Counts | None, stable: Counts | None, planned: float
) -> list[LiveVerdict]:
    """One verdict for each bound of a gate. `planned` is what the candidate is expected to serve by the stage's end."""
    written = plan.at(check.path)
    found = []
    for key, claim in claims(check):
        if candidate is None or candidate.total < written.min_samples:
            samples = candidate.total if candidate else 0
            found.append(_verdict(check, key, claim, "Inconclusive", candidate, samples))
            continue
        evidence = judge(claim, candidate, stable, max(planned, 1.0), error=1 - written.confidence)
        found.append(_verdict(check, key, claim, evidence.outcome, candidate, candidate.total))
    return found


def guard(plan: Plan, check: Check, candidate: Counts, stable: Counts | None, number: int) -> LiveVerdict | None:
    """The first bound that a window breaks; None when it keeps all. A window with too little in it is Inconclusive."""
    written = plan.at(check.path)
    for key, claim in claims(check):
        compared = claim.slope != 0
        if candidate.total < written.min_samples or (compared and (stable is None or stable.total == 0)):
            return _verdict(check, key, claim, "Inconclusive", candidate, candidate.total, number)
        other = stable.good / stable.total if compared and stable else 0.0
        bound = claim.offset + claim.slope * other
        share = candidate.good / candidate.total
        if share > bound if claim.side == "atMost" else share < bound:
            return _verdict(check, key, claim, "Fail", candidate, candidate.total, number)
    return None


def claims(check: Check) -> Iterator[tuple[str, Claim]]:
    """The bounds of a check as claims on shares, with the key that each is written under."""
    metric = check.metric
    rises = metric is not None and metric.direction == "increase"
    percentile = metric.catalog.percentile if metric and metric.catalog else None
    if percentile is not None:
        if check.max is not None:  # slower than the bound is what is counted
            yield "max", Claim("atMost", 1 - percentile)
        return
    if check.min is not None:
        yield "min", Claim("atLeast", check.min)
    if check.max is not None:
        yield "max", Claim("atMost", check.max)
    if check.max_regression is not None:
        yield (
            "maxRegression",
            Claim("atLeast", -check.max_regression, 1) if rises else Claim("atMost", check.max_regression, 1),
        )
    if check.min_improvement is not None:
        yield (
            "minImprovement",
            Claim("atLeast", check.min_improvement, 1) if rises else Claim("atMost", -check.min_improvement, 1),
        )
    if check.max_relative_regression is not None:
        lost = check.max_relative_regression
        yield "maxRelativeRegression", Claim("atLeast", 0, 1 - lost) if rises else Claim("atMost", 0, 1 + lost)


def _verdict(
    check: Check, key: str, claim: Claim, outcome: str, counts: Counts | None, samples: int, window: int | None = None
) -> LiveVerdict:
    value = counts.good / counts.total if counts and counts.total else None
    against = f" x stable + {claim.offset:g}" if claim.slope else ""
    sign = "at most" if claim.side == "atMost" else "at least"
    threshold = f"{sign} {claim.slope:g}{against}" if claim.slope else f"{sign} {claim.offset:g}"
    return LiveVerdict(
        outcome, Cause(check.name, spelt((*check.path, key)), outcome, value, samples, threshold, window)
    )


def spelt(path: Path) -> str:
    """A path as people write it: `spec.rollout.guards[0].max`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
