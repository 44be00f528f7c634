"""What a simulation gives: one run as it went, and the answers that many runs have together.

Times are seconds since 1970, lengths of time seconds.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from lifespec_compiler.engine.values import Entry, Phase, Revision

Role = Literal["stable", "candidate"]
RunEnding = Literal["succeeded", "failed", "stopped"]
Ending = Literal["promoted", "rolledBack", "rejected", "replaced", "held", "open", "none"]
"""How the first candidate ended: serving, taken away again, refused before live traffic, taken back because Git wanted
something else, waiting for a person, still on its way at the end; `none` where nothing was nominated."""


class Look(NamedTuple):
    """What there was to see at one look. Counts are from the first look of the simulation on, and never fall."""

    at: float
    phase: Phase | None
    """Of the open rollout; None without one."""
    step: int | None
    """With `Canary`: the step's number, from 0."""
    weight: int
    """The candidate's share of live requests, in per cent, as routed."""
    mirror: int
    """The share of requests that the candidate gets a copy of, in per cent, as routed."""
    candidate: int
    """Live requests that candidates have answered."""
    candidate_bad: int
    """Those of them that failed, or were slower than the slowest bound on a latency allows."""
    stable: int
    """Live requests that stable revisions have answered."""
    stable_bad: int
    mirrored: int = 0
    """Copies that candidates have answered."""
    rps: float = 0.0
    """Requests a second that arrive."""
    drift: float = 0.0
    """How far the data have moved from what the serving model was trained on; 1 lies at the monitors' bounds."""
    errors: float | None = None
    """The candidate's true error rate; None without a candidate with traffic."""


class BatchRun(NamedTuple):
    """With batch serving: a run that ended while a candidate had its place beside stable."""

    began: float
    ended: float
    role: Role
    """Whose it was."""
    revision: Revision
    rows: int
    """That it scored, or was to score."""
    bad: int
    """Rows that failed; of a run that did not succeed as a whole 0."""
    ending: RunEnding
    """`stopped`: the candidate was taken away meanwhile."""
    late: bool
    """Whether it was not over when the schedule fired again, so that there was no run then."""


class Batches(NamedTuple):
    """With batch serving: what became of the first candidate's runs."""

    compared: int
    """Runs that were held against stable's of the same time, over all its rollouts."""
    failed: int
    late: int
    rows: int
    """Rows that it scored beside stable, which nobody used."""
    runs: tuple[BatchRun, ...]
    """Every run beside another, of all candidates and of stable, in the order in which they ended."""


class Change(NamedTuple):
    """Something that the scenario does to the world at a time."""

    at: float
    what: str
    """For people: `data stop`, `ada asks for abort`."""


class Simulation(NamedTuple):
    """One run of a scenario, from one seed: what was decided, and what was to be seen meanwhile."""

    scenario: str
    """Its name."""
    seed: int
    began: float
    ended: float
    entries: tuple[Entry, ...]
    """The whole ledger; those of the time before `began` say what serves at the start."""
    looks: tuple[Look, ...]
    """Thinned: where something changed, and some between, at most about 500."""
    changes: tuple[Change, ...]
    """What the scenario did, in order."""
    candidate_is_bad: bool
    """Whether the first candidate's truth broke a bound of a live check, the latency budget or an offline bound before
    it was promoted, or would have before it could be: also a bound that no check looks at."""
    ending: Ending
    exposure: int
    """Live requests that the first candidate answered before it was promoted or taken away."""
    bad_exposure: int
    """Those of them that were answered badly, as in `Look.candidate_bad`."""
    harmed_since: float | None
    """When the candidate's answers began to break a bound with traffic on it; None: never."""
    detected_after: float | None
    """From then to the decision that takes the candidate away, or asks a person; None: never harmed, or never found."""
    retrains: int
    """Trainings that began."""
    suppressed: int
    """Triggers that were answered with a reason why not."""
    cpu_hours: float | None
    """Of the trainings: every trial of every candidate to its timebox; None where the spec does not say."""
    steps: int
    """Times that the engine was asked."""
    assumptions: tuple[str, ...] = ()
    """For people: what the scenario took for true because the spec does not say."""
    foreign: tuple[str, ...] = ()
    """For people: what the scenario says and this kind of serving does not know, so that it has no effect."""
    applies: bool = True
    """Whether the scenario says anything else."""
    batches: Batches | None = None
    """None: the model answers requests."""
    by_person: bool = False
    """Whether it was a person's request that stopped or paused the first candidate: the policy did as it was told."""

    @property
    def days(self) -> float:
        """How long it lasted."""
        return (self.ended - self.began) / 86400


class Estimate(NamedTuple):
    """A number over many runs with what it may truly be, at a level of 95 %."""

    value: float
    low: float | None
    """None: open below, because there are too few runs to tell."""
    high: float | None
    """None: open above, because there are too few runs to tell."""
    runs: int
    """How many runs it rests on."""
    hits: int | None = None
    """With a share: in how many of them."""


class Spread(NamedTuple):
    """How a number varies over many runs."""

    median: Estimate
    most_runs: Estimate
    """The 95 % quantile: at most this in 95 of 100 runs."""
    worst: float
    """The greatest that there was; another run can always have more."""


class Answers(NamedTuple):
    """What many runs of one scenario say together.

    Shares are of all runs, with exact intervals (Clopper and Pearson); quantiles have those of order statistics. None:
    the question does not arise, as that for false rollbacks of a candidate that was bad in every run.
    """

    scenario: str
    runs: int
    level: float
    """Of the intervals."""
    candidate_is_bad: bool
    """In any of the runs: one that becomes bad may have been decided on before."""
    promoted: Estimate
    stopped: Estimate
    """Rolled back, rejected or held, and not because a person asked for it."""
    undecided: Estimate
    """Still open at the end."""
    false_rollback: Estimate | None
    """How often a good candidate was stopped. None where it was always bad."""
    missed: Estimate | None
    """How often a bad candidate was promoted. None where it was never bad."""
    exposure: Spread | None
    """Live requests that the candidate answered before it was promoted or taken away. None: no candidate."""
    bad_exposure: Spread | None
    """Those of them that were answered badly."""
    time_to_detect: Spread | None
    """Seconds, over the runs in which a candidate that did harm was stopped. None: there was none."""
    retrains_a_month: Spread | None
    """Trainings in 30 days. None where a run is too short to tell."""
    cpu_hours_a_month: Spread | None
    """What they cost at most, in 30 days. None where the spec does not say, nothing is trained, or it is too short."""
    max_exposure: int | None
    """`rollout.maxExposure`, to hold the worst exposure against."""
    assumptions: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    """As in `Simulation`."""
    compared_runs: Spread | None = None
    """With batch serving: the candidate's runs that were held against stable's. None: no candidate, or requests."""
    failed_runs: Spread | None = None
    late_runs: Spread | None = None
    scored_rows: Spread | None = None
    """Rows that it scored beside stable, which nobody used."""
    by_person: Estimate | None = None
    """How often it was stopped because a person asked for it, good or bad. None: not counted."""
