"""What is seen of the world when a decision is due. Counts, never ratios; what is not there is not assumed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

from lifespec_compiler.statistics.sequential import Counts

from .values import Revision

if TYPE_CHECKING:
    from lifespec_schema.records.report import LifecycleReport

Verb = Literal["approve", "abort", "pause", "resume", "retry", "retrain"]
JobState = Literal["running", "succeeded", "failed"]
ServerState = Literal["starting", "ready", "failed"]


class Route(NamedTuple):
    """Where requests go."""

    stable: Revision | None = None
    candidate: Revision | None = None
    weight: int = 0
    """The candidate's share of live requests, in per cent."""
    mirror: int = 0
    """The share of requests that the candidate gets a copy of, in per cent."""
    sequence: int = 0
    """The decision that it carries out."""
    since: float = 0.0
    """When it was set."""


class Counted(NamedTuple):
    """What was counted for a check, of the candidate since the route was set, and of stable over the same time."""

    check: str
    revision: Revision
    candidate: Counts
    """Requests with what the metric counts, or slower than the bound; of all."""
    stable: Counts | None = None
    newest: float = 0.0
    """When the newest of them was."""


class Window(NamedTuple):
    """What was counted for a guard in one closed window."""

    check: str
    revision: Revision
    number: int
    """From 0, from the candidate's first traffic."""
    candidate: Counts
    stable: Counts | None = None


class Request(NamedTuple):
    """What somebody asks for."""

    name: str
    verb: Verb
    rollout: str | None
    """The rollout that is meant; `retry` names a revision instead."""
    revision: Revision | None = None
    by: str = ""
    reason: str = ""


class Alarm(NamedTuple):
    """The verdict on a monitor's report."""

    monitor: str
    until: float
    """The end of the window that it is of."""
    outcome: str


class Observation(NamedTuple):
    """All of it, read together."""

    servers: Mapping[Revision, ServerState]
    route: Route
    counted: tuple[Counted, ...] = ()
    windows: tuple[Window, ...] = ()
    offline: LifecycleReport | None = None
    """The offline report of the candidate's revision."""
    requests: tuple[Request, ...] = ()
    created: float = 0.0
    """When the lifecycle came to be: no schedule fires for a time before."""
    alarms: tuple[Alarm, ...] = ()
    """The newest of each monitor, as many as the trigger with the longest row needs."""
    new_rows: int | None = None
    """Rows with labels that have come since the last training; None: not counted."""
    jobs: Mapping[str, JobState] = MappingProxyType({})
    """The trainings that exist, by run."""
    trained: Revision | None = None
    """What the open run's training has made."""
    run_report: LifecycleReport | None = None
    """The offline report of that."""
    proposed: frozenset[str] = frozenset()
    """The runs whose models stand where they are nominated."""
