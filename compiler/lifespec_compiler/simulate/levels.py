"""From what a scenario says of a model, relative to the spec's bounds, to what is true of it in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import exp
from typing import TYPE_CHECKING, Final, NamedTuple

from lifespec_compiler.plan import Check, Plan
from lifespec_compiler.schedules import shortest_gap

from .foreign import without_effect
from .meters import Source, is_live, is_of_requests, source_of
from .truth import NORMAL, Truth

if TYPE_CHECKING:
    from lifespec_schema.scenario import Behaviour

ERRORS: Final = 0.1
LATENCY: Final = 0.6
"""What a healthy model has of the error rate, and of the latency, that is allowed."""
WITHOUT_BOUND: Final = {"errors": 0.001, "latency": 0.05, "share": 0.2, "report": 0.5}
"""What is taken where nothing in the spec bounds it: a share of failures, a median in seconds, a share, a value."""
SPREAD: Final = 0.5
STARTUP: Final = 120.0
RUN: Final = 0.1
"""How long a batch run takes, in parts of the time until the next."""
_DAY: Final = 86400.0


class Bounds(NamedTuple):
    """What a plan's live checks allow of a metric."""

    metric: str
    source: Source
    rises: bool
    """Whether more is better."""
    least: float | None
    most: float | None
    lost: float | None
    """What it may be worse than stable's."""
    won: float | None
    """What it must be better than stable's."""
    lost_of: float | None
    """What it may be worse, relative to stable's."""


class Facts(NamedTuple):
    """What relative values are relative to."""

    errors: float
    """The smallest error rate that is allowed."""
    latency: float
    """The median of times that are just allowed."""
    metrics: tuple[Bounds, ...]
    assumptions: tuple[str, ...]
    pause: float = 0.0
    """The shortest time between two batch runs."""


@dataclass(slots=True)
class State:
    """A model's behaviour in numbers, and what is still relative to another model's."""

    errors: float
    latency: float
    quality: float = 0.0
    shares: dict[str, float] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)
    offline: str = "passes"
    startup: float = STARTUP
    starts: bool = True
    runs_take: float = RUN
    runs_failing: float = 0.0


def facts_of(plan: Plan) -> Facts:
    """What relative values are relative to, and what had to be assumed because the spec does not say it."""
    batch = plan.spec.serving.mode == "batch"
    live = [one for one in plan.checks if is_live(one) and one.metric is not None and not is_of_requests(plan, one)]
    assumptions: list[str] = []
    failing = [check.max for check in live if source_of(check) == "errors" and check.max is not None]
    if not failing:
        assumptions.append(f"no check bounds the error rate; 1 in 1,000 {'rows' if batch else 'requests'} fails")
    medians = [median for check in live if (median := _median(check)) is not None]
    budget = budget_of(plan)
    if not medians and budget is not None:
        medians = [_of_percentile(budget, 0.99)]
    if not medians and not batch:
        assumptions.append("nothing bounds the latency; the median is 30 ms")
    metrics = tuple(_bounds(name, live) for name in dict.fromkeys(check.metric_name for check in live))
    wanted = tuple(one for one in metrics if one.source in ("share", "report"))
    assumptions += [
        f"`{one.metric}` is {WITHOUT_BOUND[one.source]:g} for the serving model: the spec bounds it only against that"
        for one in wanted
        if one.least is None and one.most is None
    ]
    if any(check.metric is not None and check.metric.per == "user" for check in live):
        assumptions.append("every request comes from another user, unless the scenario says otherwise")
    assumptions += without_effect(plan) if batch else ()
    return Facts(
        min(failing, default=WITHOUT_BOUND["errors"] / ERRORS),
        min(medians, default=WITHOUT_BOUND["latency"]),
        wanted,
        tuple(assumptions),
        pause_of(plan),
    )


def budget_of(plan: Plan) -> float | None:
    """What callers allow for one answer, in seconds; None where the spec does not say, or nobody calls."""
    serving = plan.spec.serving
    return serving.latency_budget if serving.mode == "online" else None


def pause_of(plan: Plan) -> float:
    """The shortest time between two batch runs, in seconds; 0 where there are none."""
    serving = plan.spec.serving
    return (shortest_gap(serving.schedule) or _DAY) if serving.mode == "batch" else 0.0


def healthy(facts: Facts) -> State:
    """A model with which nothing is wrong."""
    return State(facts.errors * ERRORS, facts.latency * LATENCY)


def changed(state: State, facts: Facts, behaviour: Behaviour, stable: State | None, part: float = 1.0) -> State:
    """The state with what a behaviour says, or a part of the way there. `stable`: None for stable itself."""
    beside = stable or healthy(facts)
    found = replace(state, shares=dict(state.shares), values=dict(state.values))
    errors, latency = behaviour.errors, behaviour.latency
    if errors is not None:
        bases = ((errors.times_bound, facts.errors), (errors.times_stable, beside.errors), (errors.share, 1.0))
        found.errors = _towards(state.errors, min(1.0, _level(bases)), part)
    if latency is not None:
        times = ((latency.times_bound, facts.latency), (latency.times_stable, beside.latency), (latency.median, 1.0))
        found.latency = _towards(state.latency, max(1e-4, _level(times)), part)
    if behaviour.quality is not None:
        found.quality = _towards(state.quality, behaviour.quality, part)
    for given, known in ((behaviour.shares, found.shares), (behaviour.values, found.values)):
        for name, value in (given or {}).items():
            known[name] = _towards(known.get(name, value), value, part)
    found.offline = behaviour.offline or state.offline
    found.startup = behaviour.startup or state.startup
    found.starts = state.starts if behaviour.starts is None else behaviour.starts
    runs = behaviour.runs
    if runs is not None:
        found.runs_take = state.runs_take if runs.take is None else _towards(state.runs_take, runs.take, part)
        found.runs_failing = state.runs_failing if runs.fail is None else _towards(state.runs_failing, runs.fail, part)
    return found


def settle(truth: Truth, state: State, facts: Facts, stable: State | None) -> None:
    """Make a state true. `stable`: None for the model that serves at the beginning, and for the first of all."""
    truth.error_rate, truth.latency, truth.latency_spread = state.errors, state.latency, SPREAD
    truth.ready_after, truth.never_ready = state.startup, not state.starts
    truth.run_takes, truth.runs_failing = state.runs_take * facts.pause, state.runs_failing
    for bounds in facts.metrics:
        given = state.shares if bounds.source == "share" else state.values
        value = given.get(bounds.metric)
        if value is None:
            value = value_of(bounds, state.quality, base_value(bounds, stable) if stable else None)
        if bounds.source == "share":
            truth.shares[bounds.metric] = min(1.0, max(0.0, value))
        else:
            truth.values[bounds.metric] = value
    truth.shares |= state.shares
    truth.values |= state.values


def base_value(bounds: Bounds, stable: State) -> float:
    """Stable's value."""
    given: Mapping[str, float] = stable.shares if bounds.source == "share" else stable.values
    return given.get(bounds.metric, value_of(bounds, stable.quality, None))


def value_of(bounds: Bounds, quality: float, stable: float | None) -> float:
    """A value as far from good towards its bound as `quality` says; `stable`: None for stable's own."""
    good = _good(bounds) if stable is None else stable
    if stable is not None and bounds.won is not None:
        good += (2 if bounds.rises else -2) * bounds.won
    bound = _tightest(bounds, stable)
    if bound is None:
        return good
    if stable is not None and (bound > good if bounds.rises else bound < good):
        return value_of(bounds, quality, None)  # stable itself is beyond the bound, and nothing to be measured from
    return good + quality * (bound - good)


def _good(bounds: Bounds) -> float:
    """A value that is well within the absolute bounds."""
    if bounds.least is not None and bounds.most is not None:
        return (bounds.least + bounds.most) / 2
    if bounds.most is not None:
        return bounds.most / 2
    if bounds.least is not None:
        return min(1.5 * bounds.least, (1 + bounds.least) / 2) if bounds.least < 1 else 1.2 * bounds.least
    return WITHOUT_BOUND[bounds.source]


def _tightest(bounds: Bounds, stable: float | None) -> float | None:
    """The best of the values that are just allowed; None where nothing bounds it."""
    worse = -1 if bounds.rises else 1
    found = [one for one in (bounds.least if bounds.rises else bounds.most,) if one is not None]
    if stable is not None:
        found += [stable + worse * bounds.lost] if bounds.lost is not None else []
        found += [stable - worse * bounds.won] if bounds.won is not None else []
        found += [stable * (1 + worse * bounds.lost_of)] if bounds.lost_of is not None else []
    if not found:
        return None
    return max(found) if bounds.rises else min(found)


def _bounds(name: str, live: list[Check]) -> Bounds:
    checks = [check for check in live if check.metric_name == name]
    metric = checks[0].metric

    def smallest(key: str) -> float | None:
        return min((value for check in checks if (value := getattr(check, key)) is not None), default=None)

    least = max((check.min for check in checks if check.min is not None), default=None)
    won = max((check.min_improvement for check in checks if check.min_improvement is not None), default=None)
    rises = metric is not None and metric.direction == "increase"
    source = source_of(checks[0])
    lost, lost_of = smallest("max_regression"), smallest("max_relative_regression")
    return Bounds(name, source, rises, least, smallest("max"), lost, won, lost_of)


def _median(check: Check) -> float | None:
    """The median of times that just keep a bound on a percentile."""
    level = check.metric.catalog.percentile if check.metric and check.metric.catalog else None
    return _of_percentile(check.max, level) if level is not None and check.max is not None else None


def _of_percentile(time: float, level: float) -> float:
    return time / exp(NORMAL.inv_cdf(level) * SPREAD)


def _level(given: tuple[tuple[float | None, float], ...]) -> float:
    return next(times * base for times, base in given if times is not None)


def _towards(before: float, after: float, part: float) -> float:
    return before + part * (after - before)
