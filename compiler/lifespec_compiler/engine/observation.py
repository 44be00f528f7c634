"""What is seen of the world when a decision is due. Counts, never ratios; what is not there is not assumed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

from lifespec_compiler.statistics.sequential import Counts

from .values import Revision

if TYPE_CHECKING:
    from lifespec_schema.records.report import LifecycleReport

Verb = Literal["approve", "abort", "pause", "resume", "retry", "retrain", "break-glass"]
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
    fallback: str | None = None
    """What answers instead of a revision: the constant of `serving.fallback`."""


class Release(NamedTuple):
    """What an environment has taken over: compared with what the next one is to get."""

    model: str
    """By digest."""
    image: str
    """The server's, with its digest."""


class Counted(NamedTuple):
    """What was counted for a check, of the candidate since the route was set, and of stable over the same time."""

    check: str
    revision: Revision
    candidate: Counts
    """Requests with what the metric counts, or slower than the bound; of all."""
    stable: Counts | None = None
    newest: float = 0.0
    """When the newest of them was; where that is too long ago there is no data."""
    since: float | None = None
    """Since when it was counted; None: since the route was set, as it should be."""


class Window(NamedTuple):
    """What was counted for a guard in one closed window; one in which there was nothing is there all the same.

    The newest are enough: as many as have closed since the engine looked last. One more time does no harm.
    """

    check: str
    revision: Revision
    number: int
    """From 0, from the candidate's first traffic."""
    since: float
    """When it began."""
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
    run: str | None = None
    """The run that is meant, with `abort`."""
    groups: frozenset[str] | None = None
    """The groups of who asks; None: whoever let the request in has checked that."""
    at: float = 0.0
    """When it was made; requests from before the oldest answer that is remembered have theirs."""


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
    uid: str = ""
    """The lifecycle's UID."""
    deleting: bool = False
    """Whether the lifecycle is deleted, and waits for its finalizer."""
    annotated: str | None = None
    """The plan hash that the object in the cluster was compiled with; None: there is no such object."""
    semantics: int | None = None
    """The semantics that it was compiled with; None: this engine's."""
    earlier: frozenset[Release] = frozenset()
    """What was Done in the environment that this one comes after."""
    reports: tuple[LifecycleReport, ...] = ()
    """Reports on the open rollout's live traffic: metrics that are no counts."""
    evaluations: Mapping[str, JobState] = MappingProxyType({})
    """The evaluations that exist, by the name that `Evaluate` gave them."""
    exposure: int | None = None
    """Live requests that the open rollout's candidate has answered; None: what was counted since the route was set."""
    compared: int = 0
    """With batch serving: runs of the candidate that stand beside stable's since its shadow began."""
    pinned: frozenset[str] = frozenset()
    """The trainings whose Jobs cannot vanish yet, whoever deletes them: each is made with a finalizer."""
    tried: frozenset[tuple[str, object]] = frozenset()
    """Effects, by `effect_key`, that were tried a moment ago and have not come about: a quota or an admission refuses
    them, somebody else's object is in the way, or they are under way. They are not asked for now; all else goes on."""
