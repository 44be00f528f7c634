"""What a check measured, and what was asked of it, in words."""

from __future__ import annotations

from typing import Final

from lifespec_compiler.engine.values import Cause
from lifespec_compiler.plan import Check, Plan
from lifespec_schema.values.written import duration

from .words import percent, places

NO_VALUE: Final = "no value"
_LATENCY: Final = "spec.evaluation.offline.latency."


def value_words(plan: Plan, cause: Cause) -> str:
    """What was measured, in the unit that people think of it in; what a latency is slower than, too."""
    if cause.value is None:
        return NO_VALUE
    check = _check(plan, cause)
    slower = ""
    if check is not None and check.max is not None and _percentile(check) is not None and cause.path.endswith(".max"):
        slower = f" slower than {duration(check.max)}"
    return _value(check, cause, cause.value) + slower


def interval_words(plan: Plan, cause: Cause) -> str:
    """The interval, in parentheses; empty where there is none."""
    if cause.interval is None:
        return ""
    low, high = (_value(_check(plan, cause), cause, end) for end in (cause.interval.low, cause.interval.high))
    unit = high.lstrip("+-0123456789.,")
    return f" ({low.removesuffix(unit) if low.lstrip('+-0123456789.,') == unit else low} to {high})"


def threshold_words(plan: Plan, cause: Cause) -> str:
    """What was asked for: `at most 1 %`, `at most 0.02 worse than stable`."""
    words, check = _threshold(plan, cause), _check(plan, cause)
    if check is not None and check.metric is not None and check.metric.direction == "decrease":
        return words.replace(" worse than ", " worse (more) than ").replace(" better than ", " better (less) than ")
    return words


def _threshold(plan: Plan, cause: Cause) -> str:
    check, key = _check(plan, cause), _key(cause)
    if check is None:
        return cause.threshold
    percentile = _percentile(check)
    if percentile is not None and key == "max":
        return f"at most {percent(1 - percentile)}"
    if percentile is not None:
        return f"no more answers slower than stable's P{100 * percentile:g}{_allowed(check)}"
    if check.tier != "offline" and key == "maxRegression" and check.max_regression is not None:
        return f"at most {_measured(check, check.max_regression)} worse than stable"
    if check.tier != "offline" and key == "minImprovement" and check.min_improvement is not None:
        return f"at least {_measured(check, check.min_improvement)} better than stable"
    if check.tier != "offline" and key == "maxRelativeRegression" and check.max_relative_regression is not None:
        return f"at most {percent(check.max_relative_regression)} worse than stable"
    bound = _bound(check, cause)
    return cause.threshold if bound is None else f"at {'most' if key == 'max' else 'least'} {_measured(check, bound)}"


def _value(check: Check | None, cause: Cause, value: float) -> str:
    """As fine as the interval is wide; without one, so fine that it differs from the bound where it does."""
    if cause.path.startswith(_LATENCY):
        return duration(value)
    if check is None:
        return f"{value:.4g}"
    if cause.interval is not None:
        return _measured(check, value, cause, (cause.interval.high - cause.interval.low) / 20)
    told, bound = _measured(check, value, cause), _bound(check, cause)
    if bound is None or value == bound or told != _measured(check, bound, cause):
        return told
    return _measured(check, value, cause, abs(value - bound))


def _measured(check: Check, value: float, cause: Cause | None = None, fine: float = 0.0) -> str:
    """A value or a bound of a check; `fine`: what must not be lost by rounding, 0 where it does not matter."""
    quantity = cause.quantity if cause is not None else None
    catalog = check.metric.catalog if check.metric else None
    if quantity == "relativeDifference":
        return _signed(value, percent(abs(value), fine))
    if _percentile(check) is not None and cause is not None:
        return percent(value, fine) if _key(cause) == "max" else _points(value, fine)
    signed = value if quantity or value < 0 else 0
    if catalog is not None and catalog.unit == "seconds":
        return _signed(signed, duration(abs(value)))
    if catalog is not None and catalog.unit == "ratio" and catalog.estimate == "share":
        return _points(value, fine) if quantity else percent(value, fine)
    if fine:
        return _signed(signed, f"{abs(value):,.{places(fine)}f}")
    return _signed(signed, f"{abs(value):,.4g}" if abs(value) < 1000 else f"{abs(value):,.0f}")


def _points(value: float, fine: float) -> str:
    return _signed(value, f"{percent(abs(value), fine).removesuffix(' %')} points")


def _signed(value: float, words: str) -> str:
    """With the sign of the value, unless it is 0 as written."""
    if not value or not set("123456789") & {*words}:
        return words
    return ("-" if value < 0 else "+") + words


def _allowed(check: Check) -> str:
    """What the candidate may take more than stable's percentile."""
    more = f" + {duration(check.max_regression)}" if check.max_regression is not None else ""
    return more + (f" + {percent(check.max_relative_regression)}" if check.max_relative_regression is not None else "")


def _percentile(check: Check) -> float | None:
    """The percentile of a live check: its counts are of what lies beyond it."""
    catalog = check.metric.catalog if check.metric else None
    return catalog.percentile if catalog is not None and check.tier != "offline" else None


def _bound(check: Check, cause: Cause) -> float | None:
    """What the value must not pass, where that is written as it is; of a percentile it is the share beyond it."""
    key, percentile = _key(cause), _percentile(check)
    if percentile is not None:
        return 1 - percentile if key == "max" else 0.0
    return {"max": check.max, "min": check.min}.get(key)


def _key(cause: Cause) -> str:
    return cause.path.rpartition(".")[2]


def _check(plan: Plan, cause: Cause) -> Check | None:
    return next((check for check in plan.checks if check.name == cause.check), None)
