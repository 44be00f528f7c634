"""What a page shows beyond the report: curves, bins, groups, quantiles. Plain values, JSON-able by `as_json`.

Nothing is judged by it: a verdict rests on the report alone. A number that could not be had is None, never NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final, Literal, NamedTuple

from lifespec_runtime.measure.estimate import Result, Undefined

VERSION: Final = 1
"""Rises when a key of the JSON form changes its meaning."""


class Figure(NamedTuple):
    """A number with what is known of it."""

    value: float | None
    samples: int
    low: float | None = None
    high: float | None = None
    level: float | None = None
    """Of the interval from `low` to `high`."""
    reason: str = ""
    """Why there is no value, or no interval."""


class Subject(NamedTuple):
    """A model, or the predictions of one."""

    name: str
    """`candidate`, `stable`, or what the user called it."""
    uri: str
    digest: str | None


class Share(NamedTuple):
    """Rows with a label in a split, and all of it."""

    labelled: int
    rows: int


class Threshold(NamedTuple):
    """The score from which a prediction is positive."""

    value: float
    how: Literal["fixed", "tuned", "default"]
    """From the spec; tuned on the validation split; 0.5."""
    metric: str | None = None
    """What it was tuned for."""
    reached: Figure | None = None
    """That metric on the validation split."""
    curve: tuple[tuple[float, float], ...] = ()
    """Thresholds, rising, with the metric on the validation split at each."""


class Part(NamedTuple):
    """One measurement of a check: of all rows or of a slice."""

    slice: str | None
    """As the report has it: `plan=basic`, or crossed `plan=basic,age_band=60+`."""
    quantity: Literal["value", "difference", "relativeDifference"]
    figure: Figure
    """What is judged."""
    own: Figure
    """The model's value of the metric."""
    other: Figure | None = None
    """The other's value, of a difference."""


class CheckDetail(NamedTuple):
    """A check with all that was measured for it."""

    check: str
    kind: Literal["gate", "fairness", "robustness", "latency"]
    metric: str
    """The catalog's id, or the team's name for it."""
    unit: str
    """The catalog's unit."""
    direction: Literal["increase", "decrease"]
    against: str | None
    """What a difference is to: `stable`, a baseline's name, or `unperturbed`."""
    parts: tuple[Part, ...]


class MetricFigure(NamedTuple):
    """A metric on the test split."""

    metric: str
    unit: str
    direction: Literal["increase", "decrease"]
    figure: Figure


class Compared(NamedTuple):
    """The values of one model, of stable or of a baseline, side by side with those of the others."""

    subject: str
    kind: str
    """`candidate`, `stable`, `other`, or the baseline's kind."""
    figures: tuple[MetricFigure, ...]
    """The same metrics in the same order for each."""


class Group(NamedTuple):
    """A group of an attribute. Shares are of its labelled rows."""

    name: str
    rows: int
    base: Figure
    """How many are positive."""
    selected: Figure
    """How many are predicted positive."""
    true_positive_rate: Figure
    false_positive_rate: Figure


class Fairness(NamedTuple):
    """The groups that a fairness check compares."""

    check: str
    attribute: str
    groups: tuple[Group, ...]


class Bin(NamedTuple):
    """Predictions that are near each other, and what came true."""

    low: float
    high: float
    predicted: float
    """Their mean."""
    observed: Figure
    """The share that was positive, or of which the predicted class was right; of numbers the mean label."""


class Calibration(NamedTuple):
    """What came true of what was predicted."""

    what: Literal["probability", "confidence", "value"]
    """The positive class's probability; the predicted class's, of several; predicted numbers, in tenths."""
    bins: tuple[Bin, ...]
    """Only those with rows."""
    error: Figure | None
    """The expected calibration error, of probabilities."""


class Curve(NamedTuple):
    """At most 200 points: false positive rate and true positive rate, or recall and precision."""

    kind: Literal["roc", "precisionRecall"]
    name: str
    """The class that is told from the rest."""
    points: tuple[tuple[float, float], ...]
    area: Figure
    base: float
    """What chance has: one half, or the share of the class."""


class Confusion(NamedTuple):
    """Rows by label (outer) and predicted class (inner), in the order of `classes`."""

    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


class Series(NamedTuple):
    """One set of bars of a histogram."""

    name: str
    counts: tuple[int, ...]


class Histogram(NamedTuple):
    """Counts between edges; there is one edge more than counts."""

    what: str
    unit: str
    edges: tuple[float, ...]
    series: tuple[Series, ...]
    below: int = 0
    """Values left of the first edge, which are in no bar."""
    above: int = 0


class Perturbed(NamedTuple):
    """What a disturbance did."""

    check: str
    perturbation: Literal["gaussianNoise", "missingValues", "categoryNoise"]
    amount: float
    """Standard deviations, or the share of values."""
    features: tuple[str, ...]
    before: Figure
    after: Figure


class Latency(NamedTuple):
    """How long predicting took."""

    batch: int
    """Rows in one request."""
    warm_up: int
    """Requests before it was measured."""
    requests: int
    transport: str
    """What was timed, in words: a request over HTTP, or a call in a running process."""
    quantiles: tuple[tuple[str, Figure], ...]
    """`p50` and so on, in seconds."""
    histogram: Histogram | None


class Note(NamedTuple):
    """Something the reader must know to read the numbers."""

    about: str | None
    """The check that it is about; None: all."""
    text: str


class EvaluationDetail(NamedTuple):
    """Everything that was measured, for people."""

    problem: str
    label: str
    """The label's column."""
    classes: tuple[str, ...]
    """The names of the classes in the order of their codes; of two the second is the positive one."""
    subject: Subject
    others: tuple[Subject, ...]
    splits: tuple[tuple[str, Share], ...]
    """`train`, `validation`, `test`; only what is known."""
    threshold: Threshold | None
    """None where the problem has none, or the model decides by itself."""
    comparison: tuple[Compared, ...]
    """The candidate first, then stable and others, then baselines."""
    checks: tuple[CheckDetail, ...]
    """In the order of the spec."""
    fairness: tuple[Fairness, ...]
    calibration: Calibration | None
    curves: tuple[Curve, ...]
    confusion: Confusion | None
    predictions: Histogram | None
    """Predicted scores by true class, or predicted numbers beside true ones."""
    residuals: Histogram | None
    """Predicted less true numbers."""
    robustness: tuple[Perturbed, ...]
    latency: Latency | None
    notes: tuple[Note, ...]


def figure(result: Result) -> Figure:
    """A measured value, or the reason why there is none, as a figure."""
    if isinstance(result, Undefined):
        return Figure(None, result.samples, reason=result.reason)
    if not isfinite(result.value):
        return Figure(None, result.samples, reason="it is not finite")
    if result.interval is None:
        return Figure(result.value, result.samples, reason=result.note)
    low, high, level, _ = result.interval
    return Figure(result.value, result.samples, low, high, level, result.note)


def as_json(detail: EvaluationDetail) -> dict[str, Any]:
    """The detail as a JSON value with camelCase keys."""
    return {"version": VERSION, **_plain(detail)}


def _plain(value: Any) -> Any:
    named = getattr(value, "_asdict", None)
    if named is not None:
        return {camel(key): _plain(item) for key, item in named().items()}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value


def camel(name: str) -> str:
    """A name of ours as JSON has it."""
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
