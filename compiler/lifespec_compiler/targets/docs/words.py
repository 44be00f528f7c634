"""Values of a plan in words: lengths of time, shares, bounds on metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifespec_compiler.plan import Check, Metric
from lifespec_schema.values.written import duration, share

if TYPE_CHECKING:
    from lifespec_schema.spec.rollout import Analysis


def number(value: float) -> str:
    """A number without the noise of binary fractions; large ones in groups of three digits."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.0f}" if value.is_integer() else f"{value:.10g}"


def spaced(name: str) -> str:
    """A word of the language as words of English: `binaryClassification` is `binary classification`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)


def measured(value: float, metric: Metric | None) -> str:
    """A value of a metric in its unit; small shares in per cent."""
    return share(value) if _unit(metric) == "ratio" and 0 < value < 0.1 else difference(value, metric)


def difference(value: float, metric: Metric | None) -> str:
    """A difference of two values of a metric, in its unit: never in per cent, which would read as a relative one."""
    return duration(value) if _unit(metric) == "seconds" else number(value)


def bounds(check: Check, other: str = "") -> str:
    """What must hold of a check's metric, such as `at least 0.8`; `other` is what relative bounds compare with."""
    other = check.against or other
    told = []
    if check.min is not None:
        told.append(f"at least {measured(check.min, check.metric)}")
    if check.max is not None:
        told.append(f"at most {measured(check.max, check.metric)}")
    if check.max_regression is not None:
        told.append(f"at most {difference(check.max_regression, check.metric)} worse than {other}")
    if check.max_relative_regression is not None:
        told.append(f"at most {share(check.max_relative_regression)} worse than {other}, relatively")
    if check.min_improvement is not None:
        told.append(f"at least {difference(check.min_improvement, check.metric)} better than {other}")
    return " and ".join(told)


def failures(analysis: Analysis | None) -> str:
    """How many failing windows of a guard roll back."""
    limit = analysis.failure_limit if analysis else 0
    return f"more than {limit} failing window{'s' if limit > 1 else ''}" if limit else "any failing window"


def _unit(metric: Metric | None) -> str:
    return metric.catalog.unit if metric and metric.catalog else "ratio"
