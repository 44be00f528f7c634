"""When approvals are given, which nobody gives in a simulation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from lifespec_compiler.plan import Plan
from lifespec_schema.values.written import duration

if TYPE_CHECKING:
    from lifespec_schema.scenario import Scenario

_DELAY: Final = 3600.0


def approval_delay(scenario: Scenario) -> float | None:
    """How many seconds after one is awaited it is given; None: nobody gives one."""
    people = scenario.spec.people
    if people is None:
        return _DELAY
    return (people.approve or _DELAY) if people.approves else None


def approvals(plan: Plan, scenario: Scenario) -> Iterator[str]:
    """For people: what is assumed of the approvals that a spec asks for."""
    delay = approval_delay(scenario)
    if delay is not None and plan.spec.rollout.approval is not None:
        yield f"an approval is given {duration(delay)} after it is awaited"
