"""A scenario for one plan, with its times worked out: what becomes true when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING, Final, NamedTuple

from lifespec_compiler.daytime import FLAT, factors
from lifespec_compiler.engine.stages import stages
from lifespec_compiler.plan import Plan
from lifespec_schema.values.written import duration
from lifespec_schema.values.written import share as in_percent

from .approving import approvals
from .drifting import Drift
from .foreign import Foreign, foreign
from .levels import Facts, State, changed, facts_of, healthy
from .soundness import SHORTEST
from .tables import rows_in

if TYPE_CHECKING:
    from lifespec_schema.scenario import Asked, Change, Scenario, ScenarioSpec

DAY: Final = 86400.0
HOUR: Final = 3600.0
_POINTS: Final = 64
"""Into how many steps a change that comes slowly is divided."""
_MOST: Final = 20_000
"""Times at which something becomes different, over all."""


class Stretch(NamedTuple):
    """A time in which a change holds."""

    begins: float
    ends: float
    change: Change
    over: float


class Truths(NamedTuple):
    """What is true at a time."""

    stable: State
    candidate: State
    retrained: State
    dark: bool
    silent: bool
    traffic: float


@dataclass(frozen=True)
class Script:
    """What happens, and when. Times are seconds since 1970."""

    scenario: Scenario
    plan: Plan
    facts: Facts
    began: float
    ends: float
    rollout: float
    """The sum of the rollout's holds."""
    rps: float
    rows: float
    """Of a batch run."""
    hours: tuple[float, ...]
    drift: Drift
    stretches: tuple[Stretch, ...]
    times: tuple[float, ...]
    """When what is true may become different, in order."""
    nominations: tuple[tuple[float, str], ...]
    asked: tuple[tuple[float, Asked], ...]
    rows_per_second: float
    until_decided: bool
    """Whether it may end soon after the candidate has: nothing else was asked about."""
    foreign: Foreign
    assumptions: tuple[str, ...]
    beginnings: tuple[tuple[float, str], ...]
    """When what the scenario has happen begins, and what each is, in words."""

    def too_late(self, ended: float) -> tuple[str, ...]:
        """For people: what would have happened after the end."""
        late = (what for begins, what in self.beginnings if begins >= ended)
        return tuple(f"{what} comes after the end, and has no effect" for what in late)

    def at(self, now: float) -> Truths:
        """What is true at a time."""
        facts, spec = self.facts, self.scenario.spec
        stable = candidate = retrained = healthy(facts)
        if spec.stable is not None:
            stable = changed(stable, facts, spec.stable, None)
        if spec.candidate is not None:
            candidate = changed(candidate, facts, spec.candidate, stable)
        if spec.retrained is not None:
            retrained = changed(retrained, facts, spec.retrained, stable)
        dark = silent = False
        traffic = 1.0
        for begins, ends, change, over in self.stretches:
            if not begins <= now < ends:
                continue
            part = min(1.0, (now - begins) / over) if over > 0 else 1.0
            if change.stable is not None:
                stable = changed(stable, facts, change.stable, None, part)
            if change.candidate is not None:
                candidate = changed(candidate, facts, change.candidate, stable, part)
            dark = dark or change.metrics == "stop"
            silent = silent or change.metrics == "sourceDown"
            traffic *= 1 + part * (change.traffic - 1) if change.traffic is not None else 1.0
        return Truths(stable, candidate, retrained, dark, silent, traffic)


def script_of(plan: Plan, scenario: Scenario) -> Script:
    """A scenario for a plan. The plan must say how many requests there are: `missing_facts`."""
    spec, facts = scenario.spec, facts_of(plan)
    began = datetime.fromisoformat(spec.start).replace(tzinfo=UTC).timestamp() + 8 * HOUR
    rollout, longest = lengths(plan)
    ends = began + _duration(scenario, rollout, longest)
    stretches = tuple(one for change in spec.changes for one in _stretches(change, began, ends, rollout))
    times = sorted({time for one in stretches for time in _times(one) if began < time < ends})
    often = (f"something changes more than {_MOST:,} times, and the later ones are left out",)
    hours, rps = _arrivals(plan, scenario)
    rows, assumed = rows_in(plan, scenario)
    share, labelled = plan.spec.data.labels.share, spec.labels.rows_per_day if spec.labels else None
    scored = rps if plan.spec.serving.mode == "online" else rows * plan.spec.serving.shadow_runs / rollout
    per_second = labelled / DAY if labelled is not None else scored * (share if share is not None else 1.0)
    return Script(
        scenario,
        plan,
        facts,
        began,
        ends,
        rollout,
        rps,
        rows,
        hours,
        Drift(spec.drift, began, rollout),
        stretches,
        tuple(times[:_MOST]),
        tuple(sorted((one.begins, one.change.nominate) for one in stretches if one.change.nominate is not None)),
        tuple(sorted(((began + one.at.within(rollout), one) for one in spec.requests), key=lambda found: found[0])),
        per_second,
        spec.duration is None and not spec.drift,
        foreign(plan, scenario),
        (*assumed, *facts.assumptions, *approvals(plan, scenario), *(often if len(times) > _MOST else ())),
        tuple(_beginnings(spec, began, rollout)),
    )


def lengths(plan: Plan) -> tuple[float, float]:
    """How long a rollout takes at least, and at most: the time of its stages, and that in which they time out."""
    found = stages(plan, first=False)
    longest = sum(stage.timeout for stage in found)
    return (longest / 2 if plan.spec.serving.mode == "batch" else sum(stage.hold for stage in found)), longest


def _duration(scenario: Scenario, rollout: float, longest: float) -> float:
    spec = scenario.spec
    if spec.duration is not None:
        return float(spec.duration.within(rollout))
    if spec.drift:
        return max(180 * DAY, *((path.over or 0.0) for path in spec.drift))
    return longest + 2 * DAY


def _stretches(change: Change, began: float, ends: float, rollout: float) -> list[Stretch]:
    """The times in which a change holds."""
    begins = began + change.at.within(rollout)
    lasting = change.lasting.within(rollout) if change.lasting is not None else inf
    over = change.over.within(rollout) if change.over is not None else 0.0
    if change.every is None:
        return [Stretch(begins, begins + lasting, change, over)]
    every = max(SHORTEST, change.every.within(rollout))
    lasting = min(lasting, every)  # in parts of a rollout and in hours one cannot be held against the other before
    count = min(_MOST, int((ends - begins) // every) + 1)
    return [Stretch(begins + n * every, begins + n * every + lasting, change, over) for n in range(count)]


def _times(one: Stretch) -> list[float]:
    """When a stretch begins, moves and ends."""
    points = [one.begins + one.over * point / _POINTS for point in range(_POINTS + 1)] if one.over else [one.begins]
    return [*points, one.ends] if one.ends < inf else points


def _arrivals(plan: Plan, scenario: Scenario) -> tuple[tuple[float, ...], float]:
    """By hour, how many times the mean arrives; and the mean."""
    traffic, arrivals = plan.spec.traffic, scenario.spec.traffic
    rps = (traffic.rps if traffic else 0.0) * (arrivals.times if arrivals else 1.0)
    if traffic is None or arrivals is None or arrivals.shape == "flat":
        return FLAT, rps
    least = traffic.daily_minimum_rps / traffic.rps if traffic.daily_minimum_rps is not None else 0.2
    most = traffic.peak_rps / traffic.rps if traffic.peak_rps is not None else 1.8
    return factors(least, most), rps


def _beginnings(spec: ScenarioSpec, began: float, rollout: float) -> Iterator[tuple[float, str]]:
    """When each thing that the scenario has happen begins, and what it is."""
    for what, moments in (
        ("change", [change.at for change in spec.changes]),
        ("drift", [path.at for path in spec.drift if path.at is not None]),
        ("request", [asked.at for asked in spec.requests]),
    ):
        for at in moments:
            yield (
                began + at.within(rollout),
                f"the {what} at {in_percent(at.share) if at.share else duration(at.seconds)}",
            )
