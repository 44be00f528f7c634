"""The evaluations that were asked for: whether they have ended, and the reports on live traffic that they leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifespec_compiler.engine.case import Evaluate
from lifespec_compiler.engine.observation import JobState
from lifespec_compiler.engine.values import Revision

from .reports import compared_with

if TYPE_CHECKING:
    from lifespec_schema.records.report import LifecycleReport

_ASKED = 32


@dataclass(slots=True)
class Comparison:
    """An offline evaluation of a revision, beside what was stable when it was asked for."""

    asked: float
    stable: Revision | None
    _made: LifecycleReport | None = None

    def report(self, finds: LifecycleReport | None) -> LifecycleReport | None:
        """The report that it has made, of what it found then: one that is made stays as it is."""
        if self._made is None and finds is not None:
            self._made = compared_with(finds, self.stable)
        return self._made


class Evaluations:
    """By the names that the engine gives them."""

    def __init__(self) -> None:
        self.live: dict[str, tuple[Evaluate, float]] = {}
        """Those of the open rollout's live traffic, and when each was asked for."""
        self._asked: dict[str, float] = {}
        self._made: dict[str, LifecycleReport] = {}

    def begin(self) -> None:
        """Another rollout is open."""
        self.live.clear()
        self._asked = {name: at for name, at in self._asked.items() if name not in self._made}
        self._made.clear()

    def ask(self, effect: Evaluate, now: float) -> bool:
        """The engine wants one; whether it is the first time."""
        name = effect.name or effect.tier
        first = name not in self._asked
        self._asked.setdefault(name, now)
        while len(self._asked) > _ASKED:
            del self._asked[next(iter(self._asked))]
        if effect.tier != "offline":
            self.live.setdefault(effect.name, (effect, now))
        return first

    def states(self, now: float, takes: float) -> dict[str, JobState]:
        """How far each is, if one takes so many seconds."""
        return {name: "running" if now - asked < takes else "succeeded" for name, asked in self._asked.items()}

    def reports(
        self, revision: Revision, now: float, takes: float, report: Callable[[Evaluate], LifecycleReport] | None
    ) -> tuple[LifecycleReport, ...]:
        """The reports that have been made, if one takes so many seconds; `report` makes one, None: nobody can now."""
        for name, (effect, asked) in self.live.items():
            done = name not in self._made and effect.revision == revision and now - asked >= takes
            if done and report is not None:
                self._made[name] = report(effect)
        return tuple(self._made.values())
