"""What rules and the engine know besides the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

from lifespec_schema.findings import Path, Severity

State = Literal["honoured", "not-honoured", "pending"]


class Support(Protocol):
    """What a target does with one field."""

    @property
    def state(self) -> State:
        """Whether the field has an effect; `pending`: once something has landed."""
        ...

    @property
    def on(self) -> str:
        """What a pending field waits for."""
        ...


class Capabilities(Protocol):
    """What a target does with the fields of the language."""

    def support(self, path: Path, /) -> Support:
        """What the target does with the leaf at this path of the canonical form."""
        ...


class Context(NamedTuple):
    """What rules know besides the plan. Without targets nothing is said about their capabilities."""

    chosen: Mapping[str, Capabilities] = {}
    """The targets that are compiled, by name."""
    others: Mapping[str, Capabilities] = {}
    """All other targets, by name."""
    severities: Mapping[str, Severity] = {}
    """By rule: the severity that the project gives it."""
    partial: bool = False
    """Whether some environments' plans are missing here, so that nothing can be said to be needed nowhere."""
