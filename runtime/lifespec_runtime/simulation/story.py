"""What happened in a simulation, as all pictures tell it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from lifespec_compiler.engine.values import ENDED, Entry
from lifespec_compiler.plan import Plan

from .decisions import Decision, decision
from .ending import RECORDED, headline, tone, verdict
from .scored import outputs, rows, runs
from .stretches import Stretch, stretches
from .tones import Tone
from .traffic import Level, Seen, levels, seen
from .words import elapsed

if TYPE_CHECKING:
    from lifespec_compiler.simulate.outcome import Change, Simulation


class Story(NamedTuple):
    """A simulation as all pictures tell it. Times are seconds since 1970; from `start` to `end` something happens."""

    name: str
    environment: str
    scenario: str
    about: str
    """What the scenario says of itself; empty where that is not known."""
    chance: str
    """Where its chance comes from: `seed 7`."""
    start: float
    end: float
    ended: float
    """When the simulation ended."""
    levels: tuple[Level, ...]
    rollouts: tuple[Stretch, ...]
    trainings: tuple[Stretch, ...]
    decisions: tuple[Decision, ...]
    later: int
    """Decisions after `end`, which are not told."""
    changes: tuple[Change, ...]
    """What the scenario did to the world."""
    seen: tuple[Seen, ...]
    """What was answered; with batch serving only what the output pointer named. Recorded metrics may not say."""
    runs: tuple[Stretch, ...] | None
    """With batch serving: the runs of the candidate and of stable. None: the model answers requests."""
    outputs: tuple[Stretch, ...]
    """With batch serving: whose output is used."""
    rows: tuple[Seen, ...]
    """With batch serving: what each of the runs scored."""
    harmed: float | None
    """When the candidate's answers began to break a bound."""
    headline: str
    verdict: str
    """What `tone` means, in a few words."""
    tone: Tone
    """`pass`: a good candidate was promoted, or a bad one stopped; `fail`: the other way round."""

    @property
    def span(self) -> float:
        """Seconds that are shown; more than none."""
        return max(self.end - self.start, 60.0)

    def since(self, at: float) -> str:
        """A time as one counts it from the start: `1h 45m`."""
        return elapsed(at - self.start)


def story(plan: Plan, simulation: Simulation, *, about: str = "", recorded: bool = False) -> Story:
    """What a simulation tells; what stood in its ledger before it began is not told.

    `recorded`: it replays recorded metrics, and so nobody knows whether the candidate was good.
    """
    how = "plain" if recorded else tone(simulation)
    start = simulation.began
    whole = [entry for entry in simulation.entries if entry.at >= start]
    end = _worth_showing(simulation, whole)
    entries = [entry for entry in whole if entry.at <= end]
    rollouts, trainings = stretches(plan, entries, end)
    batch = simulation.batches is not None
    shares = tuple(levels(simulation.looks, entries, end, batch=batch))
    return Story(
        name=plan.name,
        environment=plan.environment,
        scenario=simulation.scenario,
        about=about,
        chance="recorded" if recorded else f"seed {simulation.seed}",
        start=start,
        end=end,
        ended=simulation.ended,
        levels=shares,
        rollouts=tuple(rollouts),
        trainings=tuple(trainings),
        decisions=tuple(decision(plan, entry) for entry in entries),
        later=len(whole) - len(entries),
        changes=tuple(change for change in simulation.changes if change.at <= end),
        seen=tuple(seen(simulation.looks)) if simulation.bad_exposure or not recorded else (),
        runs=tuple(runs(simulation, end)) if batch else None,
        outputs=tuple(outputs(simulation, shares, end)) if batch else (),
        rows=tuple(rows(simulation, end)),
        harmed=simulation.harmed_since,
        headline=headline(simulation, recorded=recorded),
        tone=how,
        verdict=RECORDED if recorded else verdict(simulation),
    )


def _worth_showing(simulation: Simulation, entries: Sequence[Entry]) -> float:
    """Until when: all of a drift or of a rollout that is still open, else to the end of the last rollout that ended."""
    start = simulation.began
    times = [start, *(entry.at for entry in entries), *(change.at for change in simulation.changes)]
    if simulation.ending == "open" or any(look.drift >= 1 for look in simulation.looks):
        return simulation.ended
    ends = [entry.at for entry in entries if entry.to and entry.to.phase in ENDED and "@" not in (entry.stream or "")]
    opened = {entry.stream for entry in entries if entry.kind == "nominate" and entry.to}
    if ends and len(opened) <= len(ends):
        times = [at for at in times if at <= ends[-1]]
    return min(simulation.ended, max(times) + max(0.04 * (max(times) - start), 120.0))
