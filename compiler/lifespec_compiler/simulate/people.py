"""What people do about what is decided: they approve, see to what is held, merge; and how long it takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .agenda import Agenda, Promised
from .approving import approval_delay
from .script import DAY, Script

if TYPE_CHECKING:
    from lifespec_compiler.engine.case import Wait
    from lifespec_compiler.engine.history import Rollout
    from lifespec_compiler.engine.values import Revision

_HELD: Final = 3
"""How often they see to a rollout that is held."""
_LATER: Final = 4 * 3600.0


class People:
    """As the scenario has them; each thing is promised once."""

    def __init__(self, script: Script, agenda: Agenda) -> None:
        self._people = script.scenario.spec.people
        self._approval = approval_delay(script.scenario)
        self._retraining = script.plan.spec.retraining
        self._agenda = agenda
        self._promised: set[tuple[str, str]] = set()
        self._held = 0

    def answer(self, wait: Wait, rollout: Rollout, now: float) -> None:
        """The engine waits; perhaps for them."""
        people = self._people
        if wait.awaits is not None and self._approval is not None:
            self._promise(rollout.id, wait.awaits, now + self._approval, "approve")
        if people is None or people.when_held == "wait" or rollout.position.phase != "Held" or self._held >= _HELD:
            return
        self._held += self._promise(rollout.id, str(rollout.sequence), now + DAY, people.when_held)

    def review(self, revision: Revision, now: float) -> None:
        """A retrained model is proposed, to be merged."""
        people, retraining = self._people, self._retraining
        if retraining is not None and retraining.nominate == "pullRequest" and (people is None or people.merges):
            delay = people.merge if people and people.merge else _LATER
            self._agenda.promise(now + delay, "merge", revision.model)

    def merge_later(self, model: str, now: float) -> None:
        """A rollout is open, and nobody merges into one."""
        self._agenda.promise(now + _LATER, "merge", model)

    def _promise(self, stream: str, what: str, at: float, verb: Promised) -> bool:
        if (stream, what) in self._promised:
            return False
        self._promised.add((stream, what))
        self._agenda.promise(at, verb, stream)
        return True
