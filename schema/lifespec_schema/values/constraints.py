"""Cross-field rules that hold for one mapping of the language by itself.

Each rule is a function over the validated mapping and carries the same rule as a CEL expression over the canonical
form, so that the API server refuses what we refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, LiteralString

from .form import refuse

Rule = Callable[[Any], Any]
CEL: dict[str, tuple[str, str]] = {}
"""By the function's name: the CEL expression over `self`, and the message."""


def constraint(
    cel: str, message: str, help_text: str, code: LiteralString = "contradiction"
) -> Callable[[Callable[[Any], bool]], Rule]:
    """Turns a function that tells whether a mapping is sound into a rule, with the same in CEL."""

    def wrap(holds: Callable[[Any], bool]) -> Rule:
        def check(value: Any) -> Any:
            if not holds(value):
                raise refuse(code, message, help_text)
            return value

        check.__name__, check.__qualname__, check.__doc__ = holds.__name__, holds.__qualname__, holds.__doc__
        check.__module__ = holds.__module__
        CEL[holds.__name__] = (cel, message)
        return check

    return wrap


def given(value: Any, *names: str) -> int:
    """How many of the fields are written."""
    count = 0
    for name in names:
        if getattr(value, name) is not None:
            count += 1
    return count


def has(*keys: str) -> str:
    """The same in CEL, over the keys."""
    return " + ".join(f"(has(self.{key}) ? 1 : 0)" for key in keys)


@constraint(
    f"{has('min', 'max', 'maxRegression', 'minImprovement', 'maxRelativeRegression')} >= 1",
    "a check needs a bound",
    "add `min`, `max`, or, with `against`, `maxRegression`, `minImprovement` or `maxRelativeRegression`",
    "check-without-bound",
)
def some_bound(check: Any) -> bool:
    """A check has at least one bound."""
    return given(check, "min", "max", "max_regression", "min_improvement", "max_relative_regression") > 0


@constraint(
    f"has(self.against) == ({has('maxRegression', 'minImprovement', 'maxRelativeRegression')} >= 1)",
    "a relative bound and `against` need each other",
    "write `against: stable` (or a baseline) with `maxRegression`, `minImprovement` or `maxRelativeRegression`",
)
def against_with_relative_bound(check: Any) -> bool:
    """`against` stands with a relative bound, and only with one."""
    relative = given(check, "max_regression", "min_improvement", "max_relative_regression") > 0
    return (check.against is not None) == relative


@constraint(
    "!has(self.min) || !has(self.max) || self.min <= self.max",
    "`min` is above `max`",
    "swap them, or widen the range",
)
def min_below_max(check: Any) -> bool:
    """An interval is not empty. Bounds that are still text are compared once their metric is known."""
    return (
        isinstance(check.min, str)
        or isinstance(check.max, str)
        or not given(check, "min")
        or not given(check, "max")
        or check.min <= check.max
    )


@constraint("self.low < self.high", "`low` is not below `high`", "swap them, or widen the range")
def low_below_high(space: Any) -> bool:
    """A range to search is not empty."""
    return bool(space.low < space.high)


@constraint(
    "!has(self.p50) || self.p50 <= self.p95",
    "the median delay `p50` is above `p95`",
    "swap them: p50 is what half of the labels need",
)
def p50_below_p95(delay: Any) -> bool:
    """Quantiles are ordered."""
    return delay.p50 is None or delay.p50 <= delay.p95


@constraint(
    "!has(self.raters) || self.raters.all(a, self.raters.exists_one(b, b == a))",
    "a rater stands in `raters` twice, and would agree with itself",
    "name one column for each rater: `raters: [rated_by_first, rated_by_second]`",
)
def raters_differ(agreement: Any) -> bool:
    """Nobody is compared with themselves."""
    return agreement.raters is None or len(set(agreement.raters)) == len(agreement.raters)


@constraint(
    "self.train + self.validation + self.test > 0.999 && self.train + self.validation + self.test < 1.001",
    "`train`, `validation` and `test` do not add up to 100%",
    "for example 70%, 15% and 15%",
)
def shares_add_up(splits: Any) -> bool:
    """The three shares make a whole."""
    return abs(float(splits.train) + float(splits.validation) + float(splits.test) - 1) < 0.001


@constraint(
    "(has(self.min) ? self.min : 2) <= (has(self.max) ? self.max : 2)",  # the canonical form has no defaults filled in
    "`replicas.min` is above `replicas.max`",
    "swap them, or raise `max`",
)
def replicas_ordered(replicas: Any) -> bool:
    """A range of replicas is not empty."""
    return bool(replicas.min <= replicas.max)


_OPERATORS = (
    "mustBe",
    "mustNotBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustBeBetween",
    "mustNotBeBetween",
)


@constraint(
    f"{has(*_OPERATORS)} == 1",
    "a quality rule needs exactly one operator",
    f"one of {', '.join(_OPERATORS)}",
)
def one_operator(rule: Any) -> bool:
    """A data-quality rule compares once."""
    operators = ("must_be", "must_not_be", "must_be_greater_than", "must_be_greater_or_equal_to")
    others = ("must_be_less_than", "must_be_less_or_equal_to", "must_be_between", "must_not_be_between")
    return given(rule, *operators, *others) == 1


@constraint(
    f"{has('split', 'crossValidation')} <= 1",
    "`split` and `crossValidation` exclude each other",
    "select on one validation split, or by cross-validation, not both",
)
def split_or_cross_validation(select: Any) -> bool:
    """A model is selected in one way."""
    return given(select, "split", "cross_validation") <= 1


@constraint(
    "!has(self.peakRps) || self.peakRps >= self.rps",
    "`peakRps` is below `rps`",
    "`rps` is the mean over a day, `peakRps` the busiest minute",
)
def peak_above_mean(traffic: Any) -> bool:
    """A peak is no less than the mean."""
    return traffic.peak_rps is None or traffic.peak_rps >= traffic.rps


@constraint(
    "!has(self.dailyMinimumRps) || self.dailyMinimumRps <= self.rps",
    "`dailyMinimumRps` is above `rps`",
    "`rps` is the mean over a day, `dailyMinimumRps` the quietest hour",
)
def minimum_below_mean(traffic: Any) -> bool:
    """A minimum is no more than the mean."""
    return traffic.daily_minimum_rps is None or traffic.daily_minimum_rps <= traffic.rps


@constraint(
    "self.steps.map(step, step.weight).isSorted() && self.steps.all(a, self.steps.exists_one(b, b.weight == a.weight))",
    "the steps' weights do not rise",
    "each step sends more traffic to the candidate than the one before",
)
def weights_rise(canary: Any) -> bool:
    """A canary's steps go up."""
    weights = [step.weight for step in canary.steps]
    return all(later > earlier for earlier, later in pairwise(weights))


@constraint(
    "!has(self.timeout) || self.timeout >= self.hold",
    "a step's `timeout` is below its `hold`",
    "no verdict may be given before `hold`; the default timeout is twice the hold",
)
def timeout_after_hold(step: Any) -> bool:
    """A step may be decided before it times out."""
    return step.timeout is None or step.timeout >= step.hold


@constraint(
    "!has(self.unit) || self.unit != 'user' || has(self.bucketHeader)",
    "`unit: user` needs `bucketHeader`",
    "name the header in which the caller sends 0 to 99, stable for each user: `bucketHeader: x-user-bucket`",
)
def user_needs_header(assignment: Any) -> bool:
    """Sticky assignment needs a bucket to stick to."""
    return assignment.unit != "user" or assignment.bucket_header is not None


@constraint(
    f"{has('min', 'max')} >= 1",
    "a fairness check needs `min` or `max`",
    "for example `max: 0.10`",
    "check-without-bound",
)
def min_or_max(check: Any) -> bool:
    """An absolute check has at least one bound."""
    return given(check, "min", "max") > 0


@constraint(
    f"{has('maxRegression', 'maxRelativeRegression')} == 1",
    "a robustness check needs `maxRegression` or `maxRelativeRegression`",
    "for example `maxRegression: 0.03`",
    "check-without-bound",
)
def one_regression(check: Any) -> bool:
    """A robustness check compares with the unperturbed data in one way."""
    return given(check, "max_regression", "max_relative_regression") == 1


@constraint(
    f"{has('p50', 'p90', 'p95', 'p99')} >= 1",
    "a latency gate needs a percentile",
    "for example `p99: 40ms`",
    "check-without-bound",
)
def some_percentile(latency: Any) -> bool:
    """A latency gate bounds something."""
    return given(latency, "p50", "p90", "p95", "p99") > 0


@constraint(
    "has(self.threshold) == (self.sli == 'latency')",
    "`threshold` belongs to a latency objective, and a latency objective needs one",
    "`{sli: latency, threshold: 120ms, target: 99%}`, or `{sli: availability, target: 99.9%}`",
)
def threshold_for_latency(slo: Any) -> bool:
    """Only a latency objective has a threshold."""
    return bool((slo.threshold is not None) == (slo.sli == "latency"))


@constraint(
    "has(self.constant) == (self.value == 'constant')",
    "`constant` belongs to `value: constant`",
    "`{kind: impute, value: constant, constant: 0}`, or `{kind: impute, value: median}`",
)
def constant_when_constant(transform: Any) -> bool:
    """Only a constant imputation names a constant."""
    return bool((transform.constant is not None) == (transform.value == "constant"))


@constraint(
    "has(self.schema) && size(self.schema) > 0",
    "a source has no columns",
    "write `schema`, or `contractRef` with the data contract that has it",
)
def some_column(source: Any) -> bool:
    """A source's columns are known, or a contract that could not be read has them."""
    return bool(source.schema_) or source.contract_ref is not None


@constraint(
    "!has(self.join) || self.join.to != self.name",
    "a source is joined to itself",
    "name the source whose rows this one completes; for example `join: {to: flights, columns: [origin]}`",
)
def joined_to_another(source: Any) -> bool:
    """A join is between two sources."""
    return source.join is None or bool(source.join.to != source.name)


@constraint(
    "has(self.query) == (self.problem == 'ranking')",
    "`query` belongs to ranking, and ranking needs it",
    "`{problem: ranking, query: <column>}` names the column whose rows with one value are ranked together",
)
def query_for_ranking(objective: Any) -> bool:
    """Only rankings are made of queries, and each of them is."""
    return bool((objective.query is not None) == (objective.problem == "ranking"))


@constraint(
    "has(self.sources) && size(self.sources) > 0",
    "there is no source of data",
    "write `contractRef` with the data contract, or `sources`",
)
def some_source(data: Any) -> bool:
    """Data comes from somewhere, or from a contract that could not be read."""
    return bool(data.sources) or data.contract_ref is not None


@constraint(
    "!has(self.against) || self.against != 'stable'",
    "a monitor watches the stable revision, and would compare it with itself",
    "name a baseline: `against: <baseline>`",
)
def watched_against_another(monitor: Any) -> bool:
    """A concept monitor compares what serves with a baseline."""
    return bool(monitor.against != "stable")
