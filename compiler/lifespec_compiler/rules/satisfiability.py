"""Bounds that no model can keep together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from lifespec_compiler.engine.bounds import claims
from lifespec_schema.findings import Path, Severity

from .context import Context
from .rule import Issue, rule
from .text import measured, ratio

if TYPE_CHECKING:
    from lifespec_compiler.plan import Check, Plan


@rule(area="evaluation", severity=Severity.ERROR, since="0.1.0")
def unsatisfiable_gates(plan: Plan, _context: Context) -> Iterator[Issue]:
    """No model can pass all checks on a metric, or not even a perfect one.

    ## What it does
    Collects the bounds on each metric from gates, guards and concept monitors, in all tiers, with those against
    people's known values made absolute, and reports a floor above a ceiling: the same model has to pass them
    all, one after the other. An improvement that is wanted over `stable`, which itself passed the absolute
    bound, must lie within the metric's range. A live gate on a share must leave room for what it forbids: that
    something never happens, or always, no number of requests proves. A single bound that stops better models and
    lets worse ones pass is a warning; so is a live check or a concept monitor that asks for more than the offline
    gate on its metric.

    ## Why is this bad?
    Every training runs to its end and every candidate is rejected, or rolled back by a guard that contradicts
    its gate. Which of two thresholds was meant, the person who wrote the second one knows best, while writing
    it.

    ## Example
    ```yaml
    evaluation:
      offline:
        gates:
          - {metric: recall, max: 0.7, name: not-too-eager}
          - {metric: recall, min: 0.8}
    ```

    ## Use instead
    ```yaml
    evaluation:
      offline:
        gates:
          - {metric: falsePositiveRate, max: 0.2, name: not-too-eager}
          - {metric: recall, min: 0.8}
    ```
    """
    bounds = _bounds(plan)
    for metric in dict.fromkeys(bound.metric for bound in bounds):
        of_metric = [bound for bound in bounds if bound.metric == metric]
        contradiction = _contradiction(of_metric)
        if contradiction:
            yield contradiction
        else:
            yield from _backward(plan, metric)
            yield from _stricter_later(of_metric)
        yield from _out_of_reach(plan, metric, of_metric)
    yield from _beyond_proof(plan)


class _Bound(NamedTuple):
    """One side of a check, absolute."""

    metric: str
    side: Literal["floor", "ceiling"]
    value: float
    check: Check
    key: str
    because: str
    """How the value came about where it is not written."""

    @property
    def is_floor(self) -> bool:
        """Whether values below it fail."""
        return self.side == "floor"

    @property
    def path(self) -> Path:
        """Where the bound stands."""
        return (*self.check.path, self.key)


def _unit(check: Check) -> str:
    return check.metric.catalog.unit if check.metric and check.metric.catalog else "ratio"


def _bounds(plan: Plan) -> list[_Bound]:
    found = []
    for check in plan.checks:
        if check.kind != "robustness":
            if check.min is not None:
                found.append(_Bound(check.metric_name, "floor", check.min, check, "min", ""))
            if check.max is not None:
                found.append(_Bound(check.metric_name, "ceiling", check.max, check, "max", ""))
            found += _against_people(plan, check)
    return found


def _against_people(plan: Plan, check: Check) -> list[_Bound]:
    """The absolute bounds that follow from a relative one against a person's known value."""
    people = {item.name: item.values for item in plan.spec.experiments.baselines if item.kind == "human"}
    value = people.get(check.against or "", {}).get(check.metric_name)
    if not isinstance(value, (int, float)) or check.metric is None:
        return []
    side: Literal["floor", "ceiling"] = "floor" if check.metric.direction == "increase" else "ceiling"
    sign, unit = (1 if side == "floor" else -1), _unit(check)
    person = f"`{check.against}` reaches {measured(value, unit)}"
    found = []
    if check.min_improvement is not None:
        found.append(
            _Bound(check.metric_name, side, value + sign * check.min_improvement, check, "minImprovement", person)
        )
    if check.max_regression is not None:
        found.append(
            _Bound(check.metric_name, side, value - sign * check.max_regression, check, "maxRegression", person)
        )
    if check.max_relative_regression is not None:
        reached = value - sign * abs(value) * check.max_relative_regression
        found.append(_Bound(check.metric_name, side, reached, check, "maxRelativeRegression", person))
    return found


def _contradiction(bounds: list[_Bound]) -> Issue | None:
    """The highest floor above the lowest ceiling, reported at the one that was written later."""
    floors, ceilings = [bound for bound in bounds if bound.is_floor], [bound for bound in bounds if not bound.is_floor]
    if not floors or not ceilings:
        return None
    floor, ceiling = max(floors, key=lambda bound: bound.value), min(ceilings, key=lambda bound: bound.value)
    if floor.value <= ceiling.value:
        return None
    later, earlier = (floor, ceiling) if bounds.index(floor) > bounds.index(ceiling) else (ceiling, floor)
    message = f"no model passes {_said(later)} and {_said(earlier)}"
    unit = _unit(floor.check)
    edits = [f"`max: {measured(floor.value, unit)}` in `{ceiling.check.name}`"] if ceiling.key == "max" else []
    edits += [f"`min: {measured(ceiling.value, unit)}` in `{floor.check.name}`"] if floor.key == "min" else []
    return Issue(
        later.path,
        message,
        " or ".join(edits) or "change one of them",
        related=((f"`{earlier.check.name}`", earlier.path),),
    )


def _said(bound: _Bound) -> str:
    sign = "≥" if bound.is_floor else "≤"
    because = f" ({bound.because})" if bound.because else ""
    return f"`{bound.check.name}`: {bound.metric} {sign} {measured(bound.value, _unit(bound.check))}{because}"


def _out_of_reach(plan: Plan, name: str, bounds: list[_Bound]) -> Iterator[Issue]:
    """Values beyond the metric's range: wanted of a person's value, or over a stable model that passed a bound."""
    for bound in bounds:
        edge = _edge(bound.check, is_floor=bound.is_floor)
        if bound.because and edge is not None and _beyond(bound.value, edge, is_floor=bound.is_floor):
            message = f"no model reaches {_said(bound)}: {name} ends at {measured(edge, _unit(bound.check))}"
            yield Issue(bound.path, message, "ask for less")
    for check in plan.checks:
        if (
            check.metric_name != name
            or check.against != "stable"
            or check.min_improvement is None
            or check.metric is None
        ):
            continue
        is_floor = check.metric.direction == "increase"
        edge, sign = _edge(check, is_floor=is_floor), 1 if is_floor else -1
        passed = [bound for bound in bounds if bound.is_floor == is_floor and bound.check.tier == check.tier]
        if edge is None or not passed:
            continue
        strictest = max(passed, key=lambda bound: sign * bound.value)
        unit, wanted = _unit(check), strictest.value + sign * check.min_improvement
        if _beyond(wanted, edge, is_floor=is_floor):
            message = (
                f"stable passed {_said(strictest)}; better by {measured(check.min_improvement, unit)} is "
                f"{measured(wanted, unit)}, and {name} ends at {measured(edge, unit)}"
            )
            help_text = f"`minImprovement: {measured(abs(edge - strictest.value), unit)}` at most"
            yield Issue(
                (*check.path, "minImprovement"),
                message,
                help_text,
                related=((f"`{strictest.check.name}`", strictest.path),),
            )


def _beyond_proof(plan: Plan) -> Iterator[Issue]:
    """Live gates on a share that is as good as a share can be: even perfect counts never show that it is."""
    for check in plan.checks:
        catalog, per = (check.metric.catalog, check.metric.per) if check.metric else (None, "")
        is_share = per != "dataset" and (catalog is None or catalog.unit != "perSecond")
        if check.kind != "gate" or check.tier == "offline" or not is_share:
            continue
        for key, claim in claims(check):
            at_most = claim.side == "atMost"
            if claim.slope not in (0, 1) or (claim.offset > -claim.slope if at_most else claim.offset < 1):
                continue
            share = ratio(claim.offset if not claim.slope else 1)
            wanted = f"a share of {share}" if not claim.slope else f"a share {share} better than stable's"
            message = f"`{check.name}` never passes: no number of requests proves {wanted}"
            help_text = "allow for a little less, or make it a guard: those hold each window against the bound as it is"
            yield Issue((*check.path, key), message, help_text)


def _edge(check: Check, *, is_floor: bool) -> float | None:
    """The best value that the metric can take."""
    if check.metric is None or check.metric.catalog is None:
        return 1 if is_floor else 0
    return check.metric.catalog.high if is_floor else check.metric.catalog.low


def _beyond(value: float, edge: float, *, is_floor: bool) -> bool:
    return value > edge + 1e-9 if is_floor else value < edge - 1e-9


def _backward(plan: Plan, name: str) -> Iterator[Issue]:
    """A lone bound on the wrong side."""
    for check in plan.checks:
        if check.metric_name != name or check.metric is None or check.kind == "robustness":
            continue
        increases = check.metric.direction == "increase"
        wrong, right = (check.max, check.min) if increases else (check.min, check.max)
        best = _edge(check, is_floor=increases)
        if wrong is None or right is not None or check.against is not None or (best is not None and wrong == best):
            continue
        key, other = ("max", "min") if increases else ("min", "max")
        better = "more" if increases else "less"
        value = measured(wrong, _unit(check))
        message = f"`{check.name}` fails every model better than {value}: of {check.metric_name}, {better} is better"
        yield Issue(
            (*check.path, key), message, f"did you mean `{other}: {value}`?", severity=Severity.WARNING, on_key=True
        )


def _stricter_later(bounds: list[_Bound]) -> Iterator[Issue]:
    """A check that models fail, once they have traffic, with values that the offline gate lets pass."""
    for later in bounds:
        offline = [
            bound
            for bound in bounds
            if bound.check.tier == "offline" and bound.is_floor == later.is_floor and not bound.because
        ]
        if later.check.tier == "offline" or later.because or not offline or not _on_the_better_side(later):
            continue
        gate = (max if later.is_floor else min)(offline, key=lambda bound: bound.value)
        if not _beyond(later.value, gate.value, is_floor=later.is_floor):
            continue
        unit = _unit(later.check)
        low, high = sorted((gate.value, later.value))
        what = "alarms" if later.check.tier == "monitor" else "is rolled back"
        message = (
            f"a model whose {later.metric} is between {measured(low, unit)} and {measured(high, unit)} passes "
            f"`{gate.check.name}` and {what} by `{later.check.name}`"
        )
        help_text = f"`{gate.key}: {measured(later.value, unit)}` in `{gate.check.name}`, or less here"
        related = ((f"`{gate.check.name}`", gate.path),)
        yield Issue(later.path, message, help_text, severity=Severity.WARNING, related=related)


def _on_the_better_side(bound: _Bound) -> bool:
    return bound.check.metric is not None and bound.is_floor == (bound.check.metric.direction == "increase")
