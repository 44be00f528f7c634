"""What rules and the engine know besides the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

from lifespec_schema.findings import Path, Severity

State = Literal["honoured", "not-honoured", "pending"]


class Capabilities(Protocol):
    """What a target does with the fields of the language."""

    def state(self, path: Path, /) -> State:
        """Whether the leaf at this path of the canonical form has an effect; `pending`: on something yet to land."""


class Context(NamedTuple):
    """What rules know besides the plan. Without targets nothing is said about their capabilities."""

    chosen: Mapping[str, Capabilities] = {}
    """The targets that are compiled, by name."""
    others: Mapping[str, Capabilities] = {}
    """All other targets, by name."""
    severities: Mapping[str, Severity] = {}
    """By rule: the severity that the project gives it."""
