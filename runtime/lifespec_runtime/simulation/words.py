"""What the pictures of a simulation say: times, shares, bounds and phases in words."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Final
from unicodedata import category, east_asian_width

from lifespec_compiler.engine.values import Cause, Phase, Position
from lifespec_compiler.plan import Check, Plan
from lifespec_schema.values.written import duration

_SIZES: Final = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))
_PHASES: Final[dict[Phase, str]] = {
    "Offline": "offline",
    "Shadow": "shadow",
    "Canary": "canary",
    "Promoting": "promoting",
    "Held": "held",
    "RollingBack": "rolling back",
    "Training": "training",
    "Evaluating": "evaluating",
    "Nominated": "nominating",
}


def elapsed(seconds: float) -> str:
    """A length of time in its two largest units: `1d 4h`, `32m`, `45s`."""
    rest = round(abs(seconds))
    if rest >= 100 * 86400:
        rest = round(rest / 86400) * 86400
    elif rest >= 2 * 86400:
        rest = round(rest / 3600) * 3600
    elif rest >= 3600:
        rest = round(rest / 60) * 60
    parts = []
    for size, unit in _SIZES:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return ("-" if seconds < 0 and parts else "") + (" ".join(parts[:2]) or "0m")


def moment(at: float) -> str:
    """A time in UTC to the minute."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"


def plural(number: float, one: str, many: str = "") -> str:
    """`1 request`, `2 requests`."""
    return f"{number:,.0f} {one if number == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """A share in per cent, with two meaningful digits where it is small."""
    value = 100 * share
    if not math.isfinite(value):
        return "unknown"
    if value == 0 or abs(value) >= 10:
        return f"{value:.1f}".rstrip("0").rstrip(".") + " %"
    return f"{value:.2g} %" if "e" not in f"{value:.2g}" else f"{value:.1e} %"


def short(digest: str) -> str:
    """As much of a digest as people compare."""
    _, _, digits = digest.rpartition(":")
    return digits[:12]


def phase_words(plan: Plan, position: Position) -> str:
    """Where a rollout or a training stands; a step with its name and its share."""
    if position.phase == "Canary":
        live = [stage for stage in plan.stages if stage.weight]
        step = position.step or 0
        name = live[step].name if step < len(live) else ""
        return f"{name or f'step {step + 1}'}, {position.weight} %"
    return _PHASES.get(position.phase, position.phase.lower())


def value_words(plan: Plan, cause: Cause) -> str:
    """What was measured, in the unit that people think of it in."""
    if cause.value is None:
        return "no value"
    check = _check(plan, cause)
    if cause.path.startswith(_LATENCY):
        return duration(cause.value)
    if check is None:
        return f"{cause.value:.4g}"
    percentile = _percentile(check) if check.tier != "offline" else None
    if percentile is None:
        return _measured(check, cause.value, cause.quantity)
    if check.max is not None and cause.path.endswith(".max"):
        return f"{percent(cause.value)} slower than {duration(check.max)}"
    more = f" + {duration(check.max_regression)}" if check.max_regression is not None else ""
    more += f" + {percent(check.max_relative_regression)}" if check.max_relative_regression is not None else ""
    return f"{_points(cause.value)} more answers slower than stable's P{100 * percentile:g}{more}"


def threshold_words(plan: Plan, cause: Cause) -> str:
    """What was asked for: `at most 1 %`."""
    check = _check(plan, cause)
    key = cause.path.rpartition(".")[2]
    percentile = _percentile(check) if check is not None and check.tier != "offline" else None
    if check is None:
        return cause.threshold
    if percentile is not None:
        return f"at most {percent(1 - percentile)}" if key == "max" else "at most none"
    if check.tier != "offline" and key == "maxRegression" and check.max_regression is not None:
        return f"at most {_measured(check, check.max_regression)} worse than stable"
    if check.tier != "offline" and key == "minImprovement" and check.min_improvement is not None:
        return f"at least {_measured(check, check.min_improvement)} better than stable"
    if check.tier != "offline" and key == "maxRelativeRegression" and check.max_relative_regression is not None:
        return f"at most {percent(check.max_relative_regression)} worse than stable"
    bound = {"max": check.max, "min": check.min}.get(key)
    return cause.threshold if bound is None else f"at {'most' if key == 'max' else 'least'} {_measured(check, bound)}"


def interval_words(plan: Plan, cause: Cause) -> str:
    """The interval, in parentheses; empty where there is none."""
    if cause.interval is None:
        return ""
    ends = [value_words(plan, cause._replace(value=end)) for end in cause.interval[:2]]
    low, high = (_before(" slower", _before(" more answers", end)) for end in ends)
    return f" ({low} to {high})"


def _before(mark: str, words: str) -> str:
    return words.partition(mark)[0]


_LATENCY: Final = "spec.evaluation.offline.latency."


def _measured(check: Check, value: float, quantity: str | None = None) -> str:
    catalog = check.metric.catalog if check.metric else None
    if quantity == "relativeDifference":
        return f"{_sign(value)}{percent(abs(value))}"
    sign = _sign(value) if quantity else "-" if value < 0 else ""
    if catalog is not None and catalog.unit == "seconds":
        return sign + duration(abs(value))
    if catalog is not None and catalog.unit == "ratio" and catalog.estimate == "share":
        return _points(value) if quantity else percent(value)
    return sign + (f"{abs(value):,.4g}" if abs(value) < 1000 else f"{abs(value):,.0f}")


def _points(value: float) -> str:
    return f"{_sign(value)}{percent(abs(value)).removesuffix(' %')} points"


def _sign(value: float) -> str:
    return "-" if value < 0 else "+" if value > 0 else ""


def _percentile(check: Check) -> float | None:
    return check.metric.catalog.percentile if check.metric and check.metric.catalog else None


def _check(plan: Plan, cause: Cause) -> Check | None:
    return next((check for check in plan.checks if check.name == cause.check), None)


def cells(text: str) -> int:
    """How many columns of a terminal a text takes: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(0 if category(c) in {"Mn", "Me"} else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def fitted(text: str, columns: int, ellipsis: str) -> str:
    """The text, cut where it takes more than `columns`."""
    if cells(text) <= columns:
        return text
    while text and cells(text + ellipsis) > columns:
        text = text[:-1]
    return text + ellipsis


def wrapped(text: str, columns: int) -> list[str]:
    """The text in lines of at most `columns`; at least one line."""
    lines, line = [], ""
    for word in text.split():
        rest = word
        if line and cells(f"{line} {rest}") > columns:
            lines.append(line)
            line = ""
        while cells(rest) > columns:
            part = _first(rest, columns)
            lines.append(part)
            rest = rest[len(part) :]
        line = f"{line} {rest}" if line else rest
    return [*lines, line]


def _first(word: str, columns: int) -> str:
    """As much of a word as fits, at least one character."""
    part = word[:columns]
    while len(part) > 1 and cells(part) > columns:
        part = part[:-1]
    return part
