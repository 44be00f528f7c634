"""What is still to come in a run, besides requests: what the script says, and what people have promised."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING, Literal

from .script import Script

if TYPE_CHECKING:
    from lifespec_schema.scenario import Asked

Promised = Literal["approve", "abort", "resume", "merge"]


class Agenda:
    """In order of time; what is taken from it is there no more."""

    def __init__(self, script: Script) -> None:
        self.next = inf
        """When the first of it happens."""
        self._times = list(reversed(script.times))
        self._nominations = list(reversed(script.nominations))
        self._asked = list(reversed(script.asked))
        self._promises: list[tuple[float, Promised, str]] = []
        self._look()

    def becomes_different(self, now: float) -> bool:
        """Whether what is true may have become different by now."""
        before = len(self._times)
        while self._times and self._times[-1] <= now:
            self._times.pop()
        self._look()
        return len(self._times) < before

    def nominations(self, now: float) -> Iterator[str]:
        """What Git nominates by now."""
        while self._nominations and self._nominations[-1][0] <= now:
            _, what = self._nominations.pop()
            self._look()
            yield what

    def asked(self, now: float) -> Iterator[Asked]:
        """What people ask for by now, as the script says."""
        while self._asked and self._asked[-1][0] <= now:
            _, asked = self._asked.pop()
            self._look()
            yield asked

    def promised(self, now: float) -> Iterator[tuple[Promised, str]]:
        """What people do by now because of what was decided: what, and about which rollout or model."""
        for promise in sorted(one for one in self._promises if one[0] <= now):
            self._promises.remove(promise)
            self._look()
            yield promise[1:]

    def promise(self, at: float, what: Promised, subject: str) -> None:
        """Somebody will do it then."""
        self._promises.append((at, what, subject))
        self._look()

    def _look(self) -> None:
        coming = [at for at, _, _ in self._promises]
        coming += self._times[-1:]
        coming += [at for at, _ in (*self._nominations[-1:], *self._asked[-1:])]
        self.next = min(coming, default=inf)
