"""What was found, held against the plan: the verdicts are those of `judge` on the report that Jobs write."""

from __future__ import annotations

from collections.abc import Container, Iterator

from lifespec_compiler.judging import Expected, Verdict, judge_measurements
from lifespec_compiler.judging.contract import SCORECARD, names
from lifespec_compiler.judging.contract.names import FRESHNESS
from lifespec_compiler.judging.contract.rules import rules
from lifespec_compiler.judging.contract.scorecard import LINES
from lifespec_compiler.plan import Plan

from .found import DataReport
from .measurements import measured
from .results import Result


def judged(plan: Plan, report: DataReport, aged: Container[str]) -> DataReport:
    """The report with a verdict on everything that has a bound; ages only of the sources in `aged`."""
    verdicts = {found.check: found for found in verdicts_on(plan, report, aged)}
    called = names(plan)

    def held(part: str, result: Result) -> Result:
        name = called[part, result.name]
        verdict = verdicts.get(name)
        if verdict is not None and verdict.outcome != "Pass" and result.why:
            verdicts[name] = verdict._replace(reason=result.why)
        return _with(result, verdict)

    sources = [
        source._replace(results=[held(source.name, result) for result in source.results]) for source in report.sources
    ]
    readiness = [held(SCORECARD, result) for result in report.readiness]
    return DataReport(sources, readiness, tuple(verdicts.values()))


def verdicts_on(plan: Plan, report: DataReport, aged: Container[str]) -> tuple[Verdict, ...]:
    """The verdicts on the sources that were looked at, and on the scorecard where its source is among them."""
    held = frozenset(_held(plan, report, aged))
    return judge_measurements(plan, "data", measured(plan, report), Expected(tier="data", checks=held))


def _held(plan: Plan, report: DataReport, aged: Container[str]) -> Iterator[str]:
    called = names(plan)
    read = {source.name for source in report.sources}
    for index, source in enumerate(plan.spec.data.sources):
        if source.name in read:
            yield from (called[source.name, rule.name] for rule in rules(source, index))
            if source.name in aged:
                yield called[source.name, FRESHNESS]
    label = plan.column(plan.spec.data.labels.column)
    if label is not None and label.source in read:
        yield from (called[SCORECARD, line] for line in LINES)


def _with(result: Result, verdict: Verdict | None) -> Result:
    if verdict is None:
        return result
    of_rule = result.section in ("schema", "quality")
    if verdict.outcome == "Pass":
        return result._replace(verdict="Pass", why="" if of_rule else result.why, samples=())
    return result._replace(
        verdict=verdict.outcome, why=result.why if result.measured is not None or result.why else verdict.reason
    )
