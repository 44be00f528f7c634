"""The moves that a rollout and a training may make; the ledger's fold refuses every other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .values import Phase

Moves = Mapping[Phase | None, Mapping[Phase, str]]
"""From a phase (None: before the first) to those that may follow, with the reason for people."""

_SERVED: Final[Mapping[Phase, str]] = {
    "RollingBack": "a check failed, it took too long, its servers failed, somebody aborted, or Git took it back",
    "Held": "somebody paused it or lowered its traffic, or a person must decide",
}
ROLLOUT: Final[Moves] = {
    None: {"Offline": "Git, a training or a retry nominates a revision"},
    "Offline": {
        "Shadow": "the offline report passed",
        "Canary": "the offline report passed",
        "Promoting": "the offline report passed, and the strategy has no smaller step",
        "Rejected": "the offline report failed",
        "RollingBack": "somebody aborted, or Git took it back",
        "Held": "the offline report cannot tell, or somebody paused it",
    },
    "Shadow": {
        "Canary": "its gates passed",
        "Promoting": "its gates passed, and the strategy has no smaller step",
        "Rejected": "a gate failed",
        **_SERVED,
    },
    "Canary": {"Canary": "the step's gates passed", "Promoting": "the last step's gates passed", **_SERVED},
    "Promoting": {"Done": "all traffic goes there, and its gates passed", **_SERVED},
    "Held": {
        "Held": "a guard failed and there is no stable, or somebody lowered its traffic further",
        "Offline": "somebody resumed it",
        "Shadow": "somebody resumed it",
        "Canary": "somebody resumed it",
        "Promoting": "somebody resumed it",
        "RollingBack": "a guard failed, somebody aborted, or Git took it back",
    },
    "RollingBack": {"RolledBack": "its traffic and its servers are gone"},
}
RUN: Final[Moves] = {
    None: {
        "Queued": "a trigger fired, or somebody asked",
        "Suppressed": "a trigger fired, and there is a reason not to train",
    },
    "Queued": {
        "Training": "its Job is there, for which the budget has room",
        "Rejected": "somebody aborted, the budget can never hold it any more, or the lifecycle was deleted",
    },
    "Training": {
        "Evaluating": "a model was made",
        "Rejected": "it failed or its Job is gone, somebody aborted, or the lifecycle was deleted",
    },
    "Evaluating": {
        "Nominated": "the offline report passed",
        "Rejected": "the report failed or cannot tell, somebody aborted, or the lifecycle was deleted",
    },
    "Nominated": {
        "Done": "it stands where it is nominated",
        "Rejected": "somebody aborted, or the lifecycle was deleted",
    },
}
TRANSITIONS: Final[Moves] = {
    phase: {**ROLLOUT.get(phase, {}), **RUN.get(phase, {})} for phase in dict.fromkeys((*ROLLOUT, *RUN))
}
"""Both together."""


class TransitionError(ValueError):
    """An entry by which a rollout or a training makes a move that there is not."""


def allow(moves: Moves, before: Phase | None, after: Phase) -> None:
    """Raises TransitionError unless the move is declared."""
    if after not in moves.get(before, {}):
        raise TransitionError(f"nothing goes from {before or 'the start'} to {after}")
