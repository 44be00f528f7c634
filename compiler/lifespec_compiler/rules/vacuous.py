"""Gates that a model passes which has learnt nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import log
from typing import TYPE_CHECKING, NamedTuple

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rule import Issue, Unknown, rule
from .text import measured, names, ratio

if TYPE_CHECKING:
    from lifespec_compiler.plan import Check, Plan

BASE_RATE: Path = ("spec", "data", "labels", "baseRate")
GATES: Path = ("spec", "evaluation", "offline", "gates")
_COMMONER, _YES, _NO = "always gives the commoner answer", "always says yes", "always says no"
_CHANCE, _CONSTANT = "scores by chance", "always gives the base rate as the probability"
_MEAN = "always gives the mean of the labels"


@rule(area="evaluation", severity=Severity.WARNING, since="0.1.0")
def vacuous_gate(plan: Plan, _context: Context) -> Iterator[Issue | Unknown]:
    """A gate, or all of them together, is passed by a model that has learnt nothing.

    ## What it does
    Computes what a model reaches that does not look at its input, at the base rate b of positives: accuracy
    max(b, 1 - b), precision and average precision b, F1 2b / (1 + b), ROC AUC 0.5, Brier score b (1 - b), log loss
    -b ln b - (1 - b) ln (1 - b); for numbers, R² 0. A gate or concept monitor on one of them that asks for no more is
    reported, and so are offline gates of a binary classifier all of which one and the same of these models passes.

    ## Why is this bad?
    The gate shows a green light for everything. With 3% positives a model that always says no has an accuracy of 97%;
    a recall of 100% is reached by always saying yes. scikit-learn keeps such models as `DummyClassifier` and
    `DummyRegressor` so that scores are compared with them.

    ## Example
    ```yaml
    data:
      labels: {column: churned, baseRate: 3%}
    evaluation:
      offline:
        gates: [{metric: accuracy, min: 95%}]
    ```

    ## Use instead
    ```yaml
    data:
      labels: {column: churned, baseRate: 3%}
    evaluation:
      offline:
        gates: [{metric: averagePrecision, min: 20%}]
    ```
    """
    base_rate = plan.spec.data.labels.base_rate
    binary = plan.spec.objective.problem == "binaryClassification"
    alone = False
    for check in plan.checks:
        if check.kind not in ("gate", "monitor") or _bound(check) is None or _differs_by_slice(check):
            continue
        score = _untaught(plan, check, base_rate)
        if score is None:
            if binary and base_rate is None and _catalog_id(check) in _AT_BASE_RATE:
                yield Unknown(BASE_RATE, f"whether `{check.name}` asks for more than a model knows that learnt nothing")
        elif _passes(check, score.value):
            alone = True
            yield _vacuous(check, score, base_rate)
    if binary and not alone:
        yield from _all_together(plan, base_rate)


class _Score(NamedTuple):
    """What a model without any knowledge reaches, and what it does."""

    value: float
    does: str


_AT_BASE_RATE = frozenset({"accuracy", "precision", "averagePrecision", "f1", "fBeta", "brier", "logLoss"})


def _catalog_id(check: Check) -> str:
    return check.metric.catalog.id if check.metric and check.metric.catalog else ""


def _untaught(plan: Plan, check: Check, base_rate: float | None) -> _Score | None:
    """The best that can be reached on the check's metric without looking; None where that is not known."""
    metric, problem = _catalog_id(check), plan.spec.objective.problem
    if metric == "r2":
        return _Score(0, _MEAN)
    if problem != "binaryClassification":
        return None
    if metric == "rocAuc":
        return _Score(0.5, _CHANCE)
    if base_rate is None or metric not in _AT_BASE_RATE:
        return None
    beta = next(
        (own.beta for own in plan.spec.metrics if own.kind == "parameterised" and own.name == check.metric_name), 1
    )
    weight = (beta or 1) ** 2
    rest = 1 - base_rate
    scores = {
        "accuracy": _Score(max(base_rate, rest), _COMMONER),
        "precision": _Score(base_rate, _YES),
        "averagePrecision": _Score(base_rate, _CHANCE),
        "f1": _Score(2 * base_rate / (1 + base_rate), _YES),
        "fBeta": _Score((1 + weight) * base_rate / (weight * base_rate + 1), _YES),
        "brier": _Score(base_rate * rest, _CONSTANT),
        "logLoss": _Score(-sum(share * log(share) for share in (base_rate, rest) if share), _CONSTANT),
    }
    return scores[metric]


def _bound(check: Check) -> float | None:
    """The bound on the side on which better models pass."""
    if check.metric is None:
        return None
    return check.min if check.metric.direction == "increase" else check.max


def _differs_by_slice(check: Check) -> bool:
    """Whether it is judged on slices too, whose base rates are not known."""
    return bool(check.slices) and _catalog_id(check) in _AT_BASE_RATE | {"expectedCalibrationError"}


def _passes(check: Check, value: float) -> bool:
    """Whether the value is within both bounds, and at least one of them tells better from worse."""
    within = (check.min is None or value >= check.min - 1e-9) and (check.max is None or value <= check.max + 1e-9)
    return within and _bound(check) is not None


def _vacuous(check: Check, score: _Score, base_rate: float | None) -> Issue:
    unit = check.metric.catalog.unit if check.metric and check.metric.catalog else "ratio"
    at = (
        f" at a base rate of {ratio(base_rate)}"
        if base_rate is not None and _catalog_id(check) in _AT_BASE_RATE
        else ""
    )
    value = measured(round(score.value, 4), unit)
    key = "min" if check.min is not None and check.metric and check.metric.direction == "increase" else "max"
    message = (
        f"`{check.name}` asks for no more than a model reaches that {score.does}: "
        f"its {check.metric_name} is {value}{at}"
    )
    better = "above" if key == "min" else "below"
    return Issue((*check.path, key), message, f"ask for a `{key}` well {better} {value}")


def _all_together(plan: Plan, base_rate: float | None) -> Iterator[Issue]:
    """A model that answers always the same and passes every offline gate."""
    gates = [check for check in plan.checks if check.tier == "offline" and check.kind == "gate"]
    if any(check.against is not None or _differs_by_slice(check) for check in gates):
        return
    for does, scores in _constants(base_rate).items():
        if all((value := scores.get(_catalog_id(gate))) is not None and _passes(gate, value) for gate in gates):
            which = names(gate.name for gate in gates)
            what = "all offline gates" if len(gates) > 1 else "the only offline gate"
            message = f"a model that {does} passes {what}: {which}"
            missing = "`precision` or `rocAuc`" if does == _YES else "`recall` or `rocAuc`"
            yield Issue(GATES, message, f"add a gate on {missing}", about=gates[0].name, on_key=True)
            return


def _constants(base_rate: float | None) -> Mapping[str, Mapping[str, float]]:
    """What three models reach that answer always the same, by what they do and by metric."""
    yes = {"recall": 1.0, "falsePositiveRate": 1.0, "rocAuc": 0.5, "geometricMean": 0.0}
    no = {"recall": 0.0, "falsePositiveRate": 0.0, "rocAuc": 0.5, "geometricMean": 0.0, "f1": 0.0, "fBeta": 0.0}
    even = {"expectedCalibrationError": 0.0, "rocAuc": 0.5}
    if base_rate is None:
        return {_YES: yes, _NO: no, _CONSTANT: even}
    rest = 1 - base_rate
    yes |= {
        "accuracy": base_rate,
        "precision": base_rate,
        "averagePrecision": base_rate,
        "expectedCalibrationError": rest,
    }
    no |= {"accuracy": rest, "averagePrecision": base_rate, "expectedCalibrationError": base_rate}
    even |= {"averagePrecision": base_rate, "brier": base_rate * rest}
    return {_YES: yes, _NO: no, _CONSTANT: even}
