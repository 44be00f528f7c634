"""The bounds of a live check, each as a claim on the share of requests that it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from lifespec_compiler.plan import Check
from lifespec_compiler.statistics.sequential import Claim
from lifespec_schema.findings import Path


class LiveBound(NamedTuple):
    """A bound of a live check as a claim on a share."""

    key: str
    """As it is written: `max`, `maxRegression` …"""
    claim: Claim
    counted: str
    """What its counts go by: the check's name, but `check.key` for a percentile, each of whose bounds counts what lies
    beyond another time."""
    path: str
    """`spec.rollout.guards[0].max`."""
    threshold: str
    """For people."""


def bounds(check: Check) -> tuple[LiveBound, ...]:
    """The bounds of a gate or a guard on live traffic."""
    catalog = check.metric.catalog if check.metric else None
    percentile = catalog is not None and catalog.percentile is not None
    return tuple(
        LiveBound(
            key,
            claim,
            f"{check.name}.{key}" if percentile else check.name,
            spelt((*check.path, key)),
            _threshold(claim, _BOUND[key](check) if percentile else None, key),
        )
        for key, claim in claims(check)
    )


def claims(check: Check) -> Iterator[tuple[str, Claim]]:
    """The bounds of a check as claims on shares, with the key that each is written under.

    A percentile is held against the share of requests that take longer: than the bound; or, where it is compared with
    stable's, the candidate's share beyond stable's percentile and what it may take more, against stable's share beyond
    its own percentile, as that was when the traffic was set.
    """
    metric = check.metric
    beyond = metric.catalog.share_beyond if metric and metric.catalog else None
    if beyond is not None:
        yield from _percentile(check, beyond)
        return
    rises = metric is not None and metric.direction == "increase"
    if check.min is not None:
        yield "min", Claim("atLeast", check.min)
    if check.max is not None:
        yield "max", Claim("atMost", check.max)
    if check.max_regression is not None:
        lost = check.max_regression
        yield "maxRegression", Claim("atLeast", -lost, 1) if rises else Claim("atMost", lost, 1)
    if check.min_improvement is not None:
        won = check.min_improvement
        yield "minImprovement", Claim("atLeast", won, 1) if rises else Claim("atMost", -won, 1)
    if check.max_relative_regression is not None:
        lost = check.max_relative_regression
        yield "maxRelativeRegression", Claim("atLeast", 0, 1 - lost) if rises else Claim("atMost", 0, 1 + lost)


def _percentile(check: Check, beyond: float) -> Iterator[tuple[str, Claim]]:
    if check.min is not None:
        yield "min", Claim("atLeast", beyond)
    if check.max is not None:
        yield "max", Claim("atMost", beyond)
    compared = {
        "maxRegression": check.max_regression,
        "minImprovement": check.min_improvement,
        "maxRelativeRegression": check.max_relative_regression,
    }
    for key, bound in compared.items():
        if bound is not None:
            yield key, Claim("atMost", 0, 1)


_BOUND: Final[Mapping[str, Callable[[Check], float | None]]] = {
    "min": lambda check: check.min,
    "max": lambda check: check.max,
    "maxRegression": lambda check: check.max_regression,
    "minImprovement": lambda check: check.min_improvement,
    "maxRelativeRegression": lambda check: check.max_relative_regression,
}


def _threshold(claim: Claim, time: float | None, key: str) -> str:
    sign = "at most" if claim.side == "atMost" else "at least"
    if time is not None and not claim.slope:
        return f"{sign} {claim.offset:g} slower than {time:g} s"
    if time is not None:
        return f"{key} {time:g}: {sign} the share of stable beyond its percentile"
    return f"{sign} {claim.slope:g} x stable + {claim.offset:g}" if claim.slope else f"{sign} {claim.offset:g}"


def spelt(path: Path) -> str:
    """A path as people write it: `spec.rollout.guards[0].max`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
