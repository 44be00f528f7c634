"""The `Scenario` document: what is true in a simulation, and what the engine is not told.

Most values are relative to the spec's own bounds and times, so that one scenario works for every spec.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator

from lifespec_schema.values import moments, quantities, scenario_rules

from .spec.base import SpecModel
from .spec.types import (
    Count,
    Day,
    Duration,
    Flag,
    Items,
    JsonForms,
    Label,
    Name,
    Number,
    ObjectName,
    Positive,
    Ratio,
    Text,
)

_MOMENT: dict[str, Any] = {
    "type": "string",
    "pattern": f"^({quantities.RATIO_PATTERN}|{quantities.DURATION_PATTERN})$",
    "minLength": 2,
    "maxLength": 40,
}
Moment = Annotated[Any, PlainValidator(moments.moment), JsonForms({**_MOMENT, "examples": ["30%", "2h"]}, _MOMENT)]
"""`2h`, or `30%` of the sum of the rollout's holds."""
Factor = Annotated[float, PlainValidator(moments.factor), JsonForms(*moments.FACTOR_FORMS)]


class ErrorLevel(SpecModel, constraints=(scenario_rules.one_level,)):
    """How many requests fail."""

    times_bound: Factor | None = None
    """So many times the smallest error rate that a guard or a gate allows."""
    times_stable: Factor | None = None
    """So many times what the serving model's are."""
    share: Ratio | None = None
    """This share of the requests."""


class LatencyLevel(SpecModel, constraints=(scenario_rules.one_latency,)):
    """How long answers take."""

    times_bound: Factor | None = None
    """So many times as long as the tightest bound on a percentile allows."""
    times_stable: Factor | None = None
    """So many times as long as those of the serving model."""
    median: Duration | None = None
    """Half of the answers take no longer than this."""


class RunLevel(SpecModel, constraints=(scenario_rules.some_run,)):
    """How batch runs go; with `serving.mode: batch` only."""

    take: Factor | None = None
    """How long one takes, in parts of the shortest time between two on the schedule; default: 0.1."""
    fail: Ratio | None = None
    """The share of them that fails as a whole; default: none."""


class Behaviour(SpecModel):
    """What is true of a model."""

    errors: ErrorLevel | None = None
    """How many of its answers fail; default: a tenth of what is allowed."""
    latency: LatencyLevel | None = None
    """How long its answers take; default: 60 % of what is allowed."""
    quality: Factor | None = None
    """How far every other live metric is from good towards its bound: 0 good, 1 on the bound, 2 as far beyond it."""
    shares: Annotated[dict[Name, Ratio], Field(max_length=64)] | None = None
    """By metric: the true share, or the mean of a metric between 0 and 1; instead of what `quality` makes of it."""
    values: Annotated[dict[Name, Number], Field(max_length=64)] | None = None
    """By metric: the true value of one that is no share, such as `predictionPsi`."""
    offline: Literal["passes", "fails", "failsSlice", "unsure"] | None = None
    """What the offline evaluation finds: all is well, a bound is broken, one of a single slice is (where a gate is on
    slices), or it cannot tell. Default: all is well. Not of the serving model, and not in `changes`."""
    startup: Duration | None = None
    """How long its servers take until they are ready; default: 2m."""
    starts: Flag | None = None
    """Whether they ever are; default: true."""
    runs: RunLevel | None = None
    """How its batch runs go; with `serving.mode: batch` only."""


class Change(SpecModel, constraints=(scenario_rules.lasts_if_repeated, scenario_rules.some_change)):
    """What becomes different, and when."""

    at: Moment
    """When, from the beginning on: `2h`, or `30%` of the sum of the rollout's holds."""
    lasting: Moment | None = None
    """For how long; default: to the end. With `every` no longer than that."""
    every: Moment | None = None
    """Again after this time, and again; at least 1m."""
    over: Moment | None = None
    """It comes slowly, in a straight line, over this time; default: at once."""
    stable: Behaviour | None = None
    """What becomes of the serving model."""
    candidate: Behaviour | None = None
    """What becomes of the candidate."""
    metrics: Literal["stop", "sourceDown"] | None = None
    """`stop`: the servers give no metrics, and what they would have counted is lost. `sourceDown`: the metrics system
    does not answer; what was counted meanwhile is seen afterwards."""
    traffic: Factor | None = None
    """How many times as many requests arrive."""
    nominate: Literal["another", "candidate", "stable"] | None = None
    """What Git nominates then: another new model, the candidate (again), or what serves."""


class DriftPath(SpecModel, constraints=(scenario_rules.drift_has_time,)):
    """How the data move away from what they were. 1 lies at the bounds of the monitors."""

    kind: Literal["sudden", "gradual", "seasonal"]
    """At once, in a straight line, or up and down again."""
    by: Number
    """How far; 2 is found by nearly every look of a monitor."""
    at: Moment | None = None
    """When it begins; default: at the beginning."""
    over: Duration | None = None
    """With `gradual`: how long it takes; with `seasonal`: the length of a season. Ten years at most."""
    of: Literal["data", "concept", "all"] = "all"
    """What drifts: what monitors of inputs and answers see, what those of quality see, or both."""


class Arrivals(SpecModel):
    """How requests arrive."""

    shape: Literal["flat", "daily"] = "flat"
    """The same at every hour, or, with `daily`, between `traffic.dailyMinimumRps` at 4:00 and `traffic.peakRps` at
    16:00 UTC, where the spec has them; else from a fifth of the mean to 1.8 times of it."""
    times: Positive = 1
    """How many times what the spec says."""
    rows_per_run: Count | None = None
    """Rows that a batch run scores; default: the fewest that a source may have (`volume.minRows`), or 10,000. With
    `serving.mode: batch` only."""
    users_per_request: Positive = 1
    """For metrics that count users: 0.2 where each user asks five times."""


class LabelTruth(SpecModel):
    """When outcomes are known."""

    times_delay: Factor = 1
    """How many times as late as the spec says."""
    rows_per_day: Number | None = None
    """Rows with labels that come in a day; default: from the traffic and `data.labels.share`."""


class People(SpecModel):
    """What people do."""

    approve: Duration | None = None
    """How long after an approval is awaited they give it; default: 1h."""
    approves: Flag = True
    """Whether they give it at all."""
    merge: Duration | None = None
    """How long after a training's pull request they merge it; default: 4h."""
    merges: Flag = True
    """Whether they merge it at all."""
    when_held: Literal["wait", "abort", "resume"] = "wait"
    """What they do with a rollout that is held, a day later; at most three times."""


class Asked(SpecModel):
    """A request by a person. Requests of one moment are made together."""

    at: Moment
    """When."""
    verb: Literal["approve", "abort", "pause", "resume", "retrain", "retry"]
    """What is asked for; it is about the rollout that is open then, and `retry` about the first candidate."""
    by: ObjectName = "ada"
    """Who asks."""
    reason: Text | None = None
    """Why."""


class ScenarioSpec(SpecModel):
    """What is true."""

    about: Text
    """What goes on, in a sentence."""
    start: Day = "2026-11-02"
    """The day on which it begins, at 08:00 UTC."""
    duration: Moment | None = None
    """How long it is watched, ten years at most; default: until the candidate serves or is gone, at most until every
    stage has timed out; with drift half a year."""
    deployed: Literal["stable", "nothing"] = "stable"
    """What serves at the beginning; with `nothing` the candidate is the first model of all."""
    nominate: Flag = True
    """Whether Git nominates a candidate at the beginning."""
    traffic: Arrivals | None = None
    """How requests arrive."""
    stable: Behaviour | None = None
    """What is true of the serving model."""
    candidate: Behaviour | None = None
    """What is true of the candidate."""
    retrained: Behaviour | None = None
    """What is true of models that come of trainings."""
    changes: Items[Change] = ()
    """What becomes different meanwhile."""
    drift: Items[DriftPath] = ()
    """How the data move."""
    labels: LabelTruth | None = None
    """When outcomes are known."""
    training: Literal["succeeds", "fails"] = "succeeds"
    """What becomes of trainings."""
    people: People | None = None
    """What people do."""
    requests: Items[Asked] = ()
    """What people ask for."""


class ScenarioMetadata(SpecModel):
    """The scenario's name."""

    name: Label
    """Its name."""


class Scenario(SpecModel):
    """What is true in a simulation: of models, requests, data and people."""

    api_version: Literal["lifespec.dev/v1alpha1"]
    """The version of the language."""
    kind: Literal["Scenario"]
    """The kind of document."""
    metadata: ScenarioMetadata
    """The scenario's name."""
    spec: ScenarioSpec
    """What is true."""
