"""What is told of a run afterwards, gathered while it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from .costs import cpu_hours
from .looks import Looks
from .outcome import Change, Ending, Look, Simulation
from .script import Script

if TYPE_CHECKING:
    from lifespec_compiler.engine.history import Rollout
    from lifespec_compiler.engine.values import Entry, Revision

_STOPS: Final = frozenset({"Held", "RollingBack", "Rejected"})
_ENDINGS: Final[dict[str, Ending]] = {"Done": "promoted", "RolledBack": "rolledBack", "Rejected": "rejected"}


class Account:
    """Of one run: its looks and changes, and how the first candidate's rollout goes."""

    def __init__(self, candidate: Revision) -> None:
        self.looks = Looks()
        self.changes: list[Change] = []
        self.steps = 0
        """Times that the engine was asked."""
        self._candidate = candidate
        self._stream: str | None = None
        """The first candidate's rollout."""
        self._ending: Ending = "none"
        self._replaced = self._by_person = False
        self._opened = 0.0
        self._decided: float | None = None
        self._exposed: tuple[int, int] | None = None
        """The live requests that candidates had answered when it began."""
        self._exposure = self._bad_exposure = 0
        self._harmed: float | None = None
        self._detected: float | None = None
        self._retrains = self._suppressed = 0

    def tell(self, now: float, what: str) -> None:
        """The scenario changed something."""
        self.changes.append(Change(now, what))

    def harm(self, now: float) -> None:
        """The candidate does harm."""
        if self._harmed is None:
            self._harmed = now

    def recorded(self, entry: Entry, answered: Sequence[int]) -> bool:
        """The ledger has one more entry; whether the first candidate's rollout ends with it."""
        if entry.kind == "train":
            self._retrains += 1
        elif entry.kind == "suppress":
            self._suppressed += 1
        if self._stream is None and entry.kind == "nominate" and entry.revision == self._candidate and entry.stream:
            self._stream, self._ending, self._opened = entry.stream, "open", entry.at
            self._exposed = (answered[0], answered[1])
        if entry.stream != self._stream or self._stream is None or entry.to is None:
            return False
        self._replaced = self._replaced or entry.kind == "withdraw"
        if entry.kind in ("rollBack", "reject", "hold") and self._detected is None:
            self._detected = entry.at
        self._expose(answered)
        if entry.to.phase in _STOPS and (entry.from_ is None or entry.from_.phase not in _STOPS):
            self._by_person = entry.request is not None
        if entry.to.phase in ("RollingBack", *_ENDINGS) and self._decided is None:
            self._decided = entry.at
        if entry.to.phase not in _ENDINGS:
            return False
        self._ending = "replaced" if self._replaced else _ENDINGS[entry.to.phase]
        self._exposed = None
        return True

    def simulation(
        self, script: Script, seed: int, entries: tuple[Entry, ...], last: Look, rollout: Rollout | None, bad: float
    ) -> Simulation:
        """All of it. `last`: the look at the end; `rollout`: the open one; `bad`: from when on the candidate is."""
        self._expose((last.candidate, last.candidate_bad))
        ending, harmed, detected = self._ending, self._harmed, self._detected
        if ending == "open" and rollout is not None and rollout.position.phase == "Held":
            ending = "held"
        stopped = detected is not None and harmed is not None and detected >= harmed
        cost = cpu_hours(script.plan)
        return Simulation(
            script.scenario.metadata.name,
            seed,
            script.began,
            last.at,
            entries,
            self.looks.close(last),
            tuple(self.changes),
            bad < self._judged_by(last.at, script.rollout),
            ending,
            self._exposure,
            self._bad_exposure,
            harmed,
            detected - harmed if stopped and detected and harmed else None,
            self._retrains,
            self._suppressed,
            None if cost is None else cost * self._retrains,
            self.steps,
            (*script.assumptions, *script.too_late(last.at)),
            script.foreign.told,
            script.foreign.applies,
            by_person=self._by_person and ending in ("rolledBack", "rejected", "held"),
        )

    def _judged_by(self, ended: float, rollout: float) -> float:
        """Until when a truth tells whether the decision was right: later nobody could have known of it.

        That is the promotion; of a candidate that was stopped the earliest time at which it could have been promoted.
        """
        if self._ending == "promoted" and self._decided is not None:
            return self._decided
        return max(self._opened + rollout, ended if self._decided is None else self._decided)

    def _expose(self, answered: Sequence[int]) -> None:
        if self._exposed is not None:
            self._exposure = answered[0] - self._exposed[0]
            self._bad_exposure = answered[1] - self._exposed[1]
