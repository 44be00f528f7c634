"""What a scenario says that a kind of serving does not know: it has no effect, and that is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from .meters import is_of_requests

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan
    from lifespec_schema.scenario import Behaviour, Scenario, ScenarioSpec

_OF_REQUESTS: Final = {
    "latency": "nobody waits for a row of a batch run: `latency` has no effect",
    "shape": "the schedule says when rows are scored, by day or by night: `traffic.shape` has no effect",
    "usersPerRequest": "a batch run has rows, not requests: `traffic.usersPerRequest` has no effect",
}
_OF_BATCHES: Final = {
    "runs": "the model answers requests, and has no batch runs: `runs` has no effect",
    "rowsPerRun": "the model answers requests, and has no batch runs: `traffic.rowsPerRun` has no effect",
}
_USUAL: Final = {"deployed": "stable", "nominate": True, "drift": (), "training": "succeeds", "requests": ()}


_BEHAVES: Final = ("errors", "latency", "quality", "shares", "values", "offline", "startup", "starts", "runs")


class Foreign(NamedTuple):
    """Of one scenario, for one kind of serving."""

    told: tuple[str, ...]
    """A sentence for each thing that has no effect."""
    applies: bool
    """Whether the scenario says anything else, or nothing at all: as it is, nothing is wrong."""


def without_effect(plan: Plan) -> Iterator[str]:
    """What a spec with batch serving says that decides nothing."""
    spec = plan.spec
    if spec.traffic is not None:
        yield "a run scores the whole table, whatever comes in a second: `traffic` has no effect"
    if spec.evaluation.shadow is not None:
        yield "runs are counted, not time or copies: `evaluation.shadow.duration` and `mirror` have no effect"
    yield "the output pointer moves at once: what `rollout` says of weights and times has no effect"
    for check in plan.checks:
        if is_of_requests(plan, check):
            yield f"batch runs have no requests, so `{check.name}` never has data"


def foreign(plan: Plan, scenario: Scenario) -> Foreign:
    """What has no effect with the serving of a plan."""
    words = _OF_REQUESTS if plan.spec.serving.mode == "batch" else _OF_BATCHES
    said = list(dict.fromkeys(_said(scenario.spec)))
    told = tuple(words[one] for one in said if one in words)
    return Foreign(told, not told or len(told) < len(said))


def _said(spec: ScenarioSpec) -> Iterator[str]:
    """By name, everything by which a scenario differs from one in which nothing is wrong."""
    yield from (name for name, usual in _USUAL.items() if getattr(spec, name) != usual)
    yield from (name for name in ("labels", "people") if getattr(spec, name) is not None)
    arrivals = spec.traffic
    if arrivals is not None:
        yield from ("shape",) if arrivals.shape != "flat" else ()
        yield from ("usersPerRequest",) if arrivals.users_per_request != 1 else ()
        yield from ("rowsPerRun",) if arrivals.rows_per_run is not None else ()
        yield from ("times",) if arrivals.times != 1 else ()
    for behaviour in (spec.stable, spec.candidate, spec.retrained):
        yield from _of(behaviour)
    for change in spec.changes:
        yield from _of(change.stable)
        yield from _of(change.candidate)
        yield from (name for name in ("metrics", "traffic", "nominate") if getattr(change, name) is not None)


def _of(behaviour: Behaviour | None) -> Iterator[str]:
    if behaviour is not None:
        yield from (name for name in _BEHAVES if getattr(behaviour, name) is not None)
