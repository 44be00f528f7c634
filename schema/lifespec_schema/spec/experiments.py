"""How models are found: baselines, candidates, search, selection, budget."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lifespec_schema.values import constraints

from .base import SpecModel
from .types import (
    Compiles,
    Count,
    Documents,
    Duration,
    Flag,
    Image,
    Items,
    Name,
    NonEmpty,
    Number,
    Quantity,
    Scalar,
    Table,
    Text,
    Threshold,
    Url,
    Word,
)


class Tracking(SpecModel, effect="measure"):
    """Where runs are recorded."""

    kind: Literal["mlflow"]
    """The tracking system."""
    uri: Compiles[Url]
    """The tracking server."""
    experiment: Word
    """The experiment's name there."""


class ComputedBaseline(SpecModel, effect="measure"):
    """A simple model that lifespec itself fits, so that gates may compare with it."""

    kind: Literal[
        "majorityClass",
        "stratifiedRandom",
        "logisticRegression",
        "mean",
        "median",
        "linearRegression",
        "popularity",
        "persistence",
        "seasonalNaive",
    ]
    """Which one."""
    name: Name | None = None
    """What gates call it; default: its kind."""


class HumanBaseline(SpecModel, effect="measure"):
    """How well people do, measured once."""

    kind: Literal["human"]
    """People."""
    name: Name
    """What gates call it."""
    values: Table[Threshold]
    """By metric: what people reach."""


Baseline = Annotated[ComputedBaseline | HumanBaseline, Field(discriminator="kind")]


class IntegerSpace(SpecModel, effect="measure", constraints=(constraints.low_below_high,)):
    """A whole number."""

    kind: Literal["integer"]
    """Whole numbers."""
    low: Number
    """The least value."""
    high: Number
    """The greatest value."""
    log: Flag = False
    """Whether to search on a logarithmic scale."""


class RealSpace(SpecModel, effect="measure", constraints=(constraints.low_below_high,)):
    """A real number."""

    kind: Literal["real"]
    """Real numbers."""
    low: Number
    """The least value."""
    high: Number
    """The greatest value."""
    log: Flag = False
    """Whether to search on a logarithmic scale."""


class ChoiceSpace(SpecModel, effect="measure"):
    """One of several values."""

    kind: Literal["choice"]
    """One of a list."""
    choices: NonEmpty[Scalar]
    """The values to choose from."""


Space = Annotated[IntegerSpace | RealSpace | ChoiceSpace, Field(discriminator="kind")]


class Search(SpecModel, effect="measure"):
    """How parameters are searched."""

    method: Literal["random", "grid", "bayesian"] = "random"
    """How the next trial is chosen."""
    engine: Literal["optuna"] = "optuna"
    """The engine that chooses; it runs in the measuring image."""
    trials: Count
    """How many trials at most."""
    parallel: Count = 1
    """How many at the same time."""
    seed: Count | None = None
    """The seed of the choice; default: derived from the run."""
    space: Table[Space]
    """What is searched, by parameter."""


class Resources(SpecModel, effect="compile"):
    """What a container asks for; the same amounts are its limits, but cpu, which may burst."""

    cpu: Quantity | None = None
    """Cores."""
    memory: Quantity | None = None
    """Memory."""
    gpu: Count | None = None
    """Whole GPUs."""


class Candidate(SpecModel, effect="compile"):
    """A trainer: a container image that fulfils the trainer contract."""

    name: Name
    """The candidate's name."""
    hypothesis: Documents[Text] | None = None
    """Why it should beat the others."""
    image: Image
    """The trainer's image, by digest."""
    parameters: Table[Scalar] | None = None
    """Fixed parameters that the trainer gets."""
    search: Search | None = None
    """How its parameters are searched; default: one trial with the fixed ones."""
    resources: Resources | None = None
    """What one trial gets; default: 1 core, 2Gi."""
    timebox: Duration | None = None
    """How long one trial may run; default: 1h."""


class CrossValidation(SpecModel, effect="measure"):
    """Selection by the mean over folds of the training split."""

    folds: Annotated[int, Field(ge=2, le=50, strict=True)] = 5
    """How many folds."""


class Select(SpecModel, effect="measure", constraints=(constraints.split_or_cross_validation,)):
    """Which trial wins."""

    metric: Name
    """The metric that decides."""
    split: Literal["validation"] | None = None
    """The split it is measured on; default: validation, unless there is cross-validation."""
    cross_validation: CrossValidation | None = None
    """Selection by the mean over folds."""


class Budget(SpecModel, effect="decide"):
    """What experiments may cost."""

    cpu_hours: Number | None = None
    """Core hours."""
    gpu_hours: Number | None = None
    """GPU hours."""
    per: Duration
    """The time in which they may be spent."""


class Experiments(SpecModel, effect="compile"):
    """How models are found."""

    tracking: Tracking | None = None
    """Where runs are recorded."""
    baselines: Items[Baseline] = ()
    """What every model is held against."""
    candidates: NonEmpty[Candidate]
    """The trainers."""
    select: Select | None = None
    """Which trial wins; default: the first offline gate's metric on the validation split."""
    budget: Budget | None = None
    """What experiments may cost."""
