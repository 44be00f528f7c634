"""What a recording lacks, what nobody asked it for, and what is made up instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from lifespec_compiler.engine.live import live_checks
from lifespec_compiler.plan import Plan
from lifespec_schema.loader import show_value

from .approving import approvals
from .meters import Meter, Meters, meters_of
from .trace import Role, Trace, slower

if TYPE_CHECKING:
    from lifespec_schema.scenario import Scenario

ERRORS: Final = "errorRate"
"""Under which name it is looked up how many answers were bad, whatever the spec checks."""
_NAMED: Final = 3
_OF_ITS_OWN: Final = ("traffic", "changes", "drift", "labels", "requests", "duration")
"""What a scenario says of requests and of time, which a recording has of its own."""
_COUNTED: Final = ("errors", "latency", "shares", "startup")


def names_of(meter: Meter) -> tuple[str, ...]:
    """Under which names a recording may have what a meter goes by: the most exact one first, the usual one last."""
    if meter.source == "latency":
        return (meter.counted, *((slower(meter.absolute),) if meter.absolute is not None else ()))
    return meter.counted, meter.check, meter.metric


def told(plan: Plan, trace: Trace, scenario: Scenario) -> Iterator[str]:
    """For people: how a replay differs from what really happened."""
    meters = meters_of(plan)
    wanted = [one for one in _all(meters) if one.source not in ("requests", "report")]
    relative = _relative(plan) if scenario.spec.deployed == "stable" else set()
    recorded: dict[Role, set[str]] = {"candidate": set(), "stable": set()}
    for one in trace.increments:
        recorded[one.role].add(one.counted)
    for meter in wanted:
        yield from _missing(meter, recorded, relative)
    if ERRORS not in recorded["candidate"]:
        yield f"no `{ERRORS}` of the candidate was recorded, so how many of its answers were bad is not known"
    yield from _unasked(trace, {ERRORS, *(name for meter in wanted for name in names_of(meter))})
    yield "the recorded counts are taken as they are, whatever weight the candidate would have had"
    yield from _made_up(plan, meters, scenario)


def _missing(meter: Meter, recorded: dict[Role, set[str]], relative: set[str]) -> Iterator[str]:
    names = names_of(meter)
    if not recorded["candidate"].intersection(names):
        yield f"no `{names[-1]}` of the candidate was recorded, so `{meter.check}` has no data"
    elif meter.counted in relative and not recorded["stable"].intersection(names):
        yield f"no `{names[-1]}` of stable was recorded, so `{meter.check}` has nothing to compare with"


def _unasked(trace: Trace, known: set[str]) -> Iterator[str]:
    """What was recorded under a name that nothing goes by; latencies last, of which Prometheus has many."""
    names = sorted(trace.counted - known, key=lambda name: (name.startswith("latency>"), name))
    if names:
        shown = ", ".join(f"`{show_value(name)}`" for name in names[:_NAMED])
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        was, it = ("was", "it") if len(names) == 1 else ("were", "them")
        yield f"{shown}{more} {was} recorded, and no check of the spec counts {it}"


def _made_up(plan: Plan, meters: Meters, scenario: Scenario) -> Iterator[str]:
    name = scenario.metadata.name
    yield f"the offline report is that of scenario `{name}`: none was recorded"
    for metric in dict.fromkeys(one.metric for one in _all(meters) if one.source == "report"):
        yield f"`{metric}` is what scenario `{name}` says: it is no count, and cannot be recorded"
    yield from approvals(plan, scenario)
    ignored = [*_without_effect(scenario)]
    if ignored:
        have = "has" if len(ignored) == 1 else "have"
        yield f"{', '.join(ignored)} of scenario `{name}` {have} no effect on what was recorded"


def _without_effect(scenario: Scenario) -> Iterator[str]:
    spec = scenario.spec
    yield from (f"`{name}`" for name in _OF_ITS_OWN if getattr(spec, name))
    for who, behaviour in (("stable", spec.stable), ("candidate", spec.candidate)):
        yield from (f"`{who}.{name}`" for name in _COUNTED if getattr(behaviour, name, None) is not None)


def _relative(plan: Plan) -> set[str]:
    """What is counted of stable, too, since a bound is against it."""
    live = live_checks(plan)
    bounds = (bound for check in (*live.guards, *live.shadow, *live.online) for bound in check.bounds)
    return {bound.counted for bound in bounds if bound.claim[2]}


def _all(meters: Meters) -> list[Meter]:
    return [*(meter for _, found in meters.guards for meter in found), *meters.shadow, *meters.online]
