"""Every bound on the data of a plan."""

from __future__ import annotations

from collections.abc import Iterator

from lifespec_compiler.judging.bound import at_most
from lifespec_compiler.judging.requirement import Requirement
from lifespec_compiler.plan import Plan
from lifespec_schema.findings import Path

from .names import FRESHNESS, SCORECARD, names
from .rules import Rule, rules
from .scorecard import scorecard


def requirements(plan: Plan) -> tuple[Requirement, ...]:
    """The bounds of the rules of every source, then those of the scorecard."""
    return tuple(_requirements(plan))


def _requirements(plan: Plan) -> Iterator[Requirement]:
    called = names(plan)
    for index, source in enumerate(plan.spec.data.sources):
        for rule in rules(source, index):
            name = called[source.name, rule.name]
            yield Requirement(name, rule.path, rule.bound, _words(rule), rule.severity)
        if source.freshness is not None:
            bound = at_most(source.freshness, "seconds")
            path: Path = ("spec", "data", "sources", index, "freshness")
            yield Requirement(called[source.name, FRESHNESS], path, bound, bound.told())
    for line in scorecard(plan):
        if line.bound is not None:
            yield Requirement(
                called[SCORECARD, line.name],
                line.path,
                line.bound,
                line.bound.told(),
                line.severity,
                without_value=line.without_value,
            )


def _words(rule: Rule) -> str:
    """The bound for people; of what every row must keep, what that is."""
    return f"{rule.told}, without exception" if rule.section == "schema" else rule.bound.told()
