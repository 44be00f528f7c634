"""The runs of one scenario, as all formats tell them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lifespec_compiler.plan import Plan
from lifespec_compiler.simulate.answers import wrong
from lifespec_compiler.simulate.outcome import Answers, Simulation
from lifespec_runtime.simulation.story import Story, story
from lifespec_runtime.simulation.table import asked


@dataclass(frozen=True)
class Simulated:
    """One scenario of one spec."""

    plan: Plan
    simulation: Simulation
    """The first run, which pictures show."""
    answers: Answers
    """Of all runs."""
    recorded: bool = False
    """Whether it replays recorded metrics."""
    about: str = ""
    """What the scenario says of itself."""

    @cached_property
    def story(self) -> Story:
        """The first run as pictures tell it."""
        return story(self.plan, self.simulation, about=self.about, recorded=self.recorded)

    @property
    def rests_on(self) -> str:
        """What the answers rest on, in words."""
        return "As recorded" if self.recorded else asked(self.answers)

    @property
    def wrong(self) -> float:
        """The share of runs in which a bad candidate was promoted, or a good one stopped, but not by a person."""
        found = wrong(self.answers)
        return found.value if found else 0.0
