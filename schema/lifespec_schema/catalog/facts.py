"""What the catalog says of a metric, and the words it says it in."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from .uncertainty import Uncertainty

Problem = Literal["binaryClassification", "multiclassClassification", "regression", "forecasting", "ranking"]
"""A problem type, as `objective.problem` names it."""

Tier = Literal["offline", "shadow", "online", "contract", "data", "prediction", "concept"]
"""Where a metric can be computed: an evaluation tier, the check of the data before training, or a kind of monitor."""

Direction = Literal["increase", "decrease"]
"""Which way is better; the word that `spec.metrics[].direction` uses."""

Unit = Literal["ratio", "seconds", "count", "targetUnit", "squaredTargetUnit", "score", "perSecond"]
"""The unit of a metric's values and of the thresholds on it."""

Form = Literal["percent", "number", "duration"]
"""A way to write a threshold: `5%`, `0.05`, `120ms`."""

Per = Literal["request", "unit", "dataset"]
"""What one value belongs to: a request (a row), a unit of several rows (a query, a rated item), or all rows at once."""

Estimate = Literal["share", "mean", "statistic"]
"""How the value comes about, which decides how its uncertainty is known.

`share`: good out of total, two counts. `mean`: the average of one number per row or unit. `statistic`: anything else
(an order of scores, a quotient of sums, a root), which has no sum over rows and so cannot be accumulated live.
"""

Input = Literal[
    "labels",
    "nonzeroLabels",
    "classes",
    "scores",
    "probabilities",
    "values",
    "queryId",
    "trainingSeries",
    "attribute",
    "raters",
    "column",
    "numericColumn",
    "categoricalColumn",
    "rows",
    "referenceProfile",
    "requestLog",
    "stablePredictions",
]
"""What must be at hand. Probabilities serve as scores, never the other way round: scores only order rows."""


class Parameter(NamedTuple):
    """A parameter that a metric of the team's own may set on its base."""

    name: str
    type: Literal["integer", "number", "choice"]
    default: int | float | str | None
    """The value without one; None: not cut off."""
    meaning: str
    low: float | None = None
    """The least value allowed; None where there is none."""
    low_is_open: bool = False
    """Whether `low` itself is excluded."""
    choices: tuple[str, ...] = ()

    def allows(self, value: object) -> bool:
        """Whether `value` may be given."""
        if self.type == "choice":
            return value in self.choices
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        if self.type == "integer" and not isinstance(value, int):
            return False
        return self.low is None or value > self.low or (value == self.low and not self.low_is_open)


class UnitFacts(NamedTuple):
    """What a unit means and how thresholds in it are written."""

    meaning: str
    forms: tuple[Form, ...]
    example: str


UNITS: Final[dict[Unit, UnitFacts]] = {
    "ratio": UnitFacts("a share of one; errors relative to the target may exceed one", ("percent", "number"), "5%"),
    "seconds": UnitFacts("a length of time", ("duration",), "120ms"),
    "count": UnitFacts("a number of rows", ("number",), "50000"),
    "targetUnit": UnitFacts("the unit of the label column", ("number",), "12.5"),
    "squaredTargetUnit": UnitFacts("the square of the label column's unit", ("number",), "150"),
    "score": UnitFacts("a number without a unit", ("number",), "0.2"),
    "perSecond": UnitFacts("requests in one second", ("number",), "12"),
}


class Metric(NamedTuple):
    """One metric of the catalog. Values are in `unit`; `low` and `high` bound them inclusively, None is open."""

    id: str
    title: str
    meaning: str
    problems: tuple[Problem, ...]
    inputs: tuple[Input, ...]
    tiers: tuple[Tier, ...]
    direction: Direction
    unit: Unit
    low: float | None
    high: float | None
    per: Per
    estimate: Estimate
    standard: str
    """The name elsewhere: a function of scikit-learn, SciPy or Fairlearn, or a metric of ODCS or OpenTelemetry."""
    source: str
    """Where it is defined: a paper, a book or a standard, by title."""
    uncertainty: Uncertainty
    """How its interval is made."""
    parameters: tuple[Parameter, ...] = ()
    percentile: float | None = None
    """For a percentile, its level; `max: 120ms` on 0.99 is judged as "share slower than 120 ms is at most 1%"."""

    @property
    def needs_labels(self) -> bool:
        """Whether the value is known only when the label is, that is after the label delay."""
        return "labels" in self.inputs or "nonzeroLabels" in self.inputs

    @property
    def share_beyond(self) -> float | None:
        """The share of requests that may be beyond a percentile's threshold; None for all other metrics."""
        return None if self.percentile is None else round(1 - self.percentile, 12)

    def estimate_for(self, problem: Problem) -> Estimate:
        """How the value comes about for this problem: an average over more than two classes is no share of rows."""
        averaged = problem == "multiclassClassification" and self.parameter("averaging") is not None
        return "statistic" if averaged else self.estimate

    def tiers_for(self, problem: Problem) -> tuple[Tier, ...]:
        """Where it can be computed for this problem; empty where the problem is not one of its own."""
        if problem not in self.problems:
            return ()
        if self.estimate_for(problem) == self.estimate:
            return self.tiers
        return tuple(tier for tier in self.tiers if tier != "online")

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, if the metric has one."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


CLASSIFICATION: Final[tuple[Problem, ...]] = ("binaryClassification", "multiclassClassification")
EVERY_PROBLEM: Final[tuple[Problem, ...]] = (*CLASSIFICATION, "regression", "forecasting", "ranking")

LABELLED_ROWS: Final[tuple[Tier, ...]] = ("offline", "shadow", "online", "concept")
"""Tiers of what adds up over labelled rows: live tests accumulate it."""

LABELLED_DATASET: Final[tuple[Tier, ...]] = ("offline", "shadow", "concept")
"""Tiers of what needs all labelled rows at once."""
