"""What a count, a share or an age is compared with."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

_SIGNS: Final = {
    "must_be": "=",
    "must_not_be": "not",
    "must_be_greater_than": ">",
    "must_be_greater_or_equal_to": "≥",
    "must_be_less_than": "<",
    "must_be_less_or_equal_to": "≤",
    "must_be_between": "between",
    "must_not_be_between": "not between",
}


class Bound(NamedTuple):
    """One comparison, with the operator's name in the language."""

    operator: str
    value: float | tuple[float, float]
    unit: str = "rows"
    """`rows`, `percent` of the rows, `share`, `seconds`, or `score`."""

    def holds(self, measured: float) -> bool:
        """Whether a measured value is within the bound."""
        if isinstance(self.value, tuple):
            low, high = self.value
            between = low < measured < high  # as ODCS has it: neither end is between them
            return between if self.operator == "must_be_between" else not between
        return {
            "must_be": measured == self.value,
            "must_not_be": measured != self.value,
            "must_be_greater_than": measured > self.value,
            "must_be_greater_or_equal_to": measured >= self.value,
            "must_be_less_than": measured < self.value,
            "must_be_less_or_equal_to": measured <= self.value,
        }[self.operator]

    @property
    def as_json(self) -> dict[str, Any]:
        """The bound as a JSON value."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {"operator": self.operator, "value": value, "unit": self.unit}

    def told(self) -> str:
        """The bound for people: `≤ 5 %`."""
        if isinstance(self.value, tuple):
            low, high = (shown(value, self.unit) for value in self.value)
            return f"{_SIGNS[self.operator]} {low} and {high}"
        return f"{_SIGNS[self.operator]} {shown(self.value, self.unit)}"


NONE: Final = Bound("must_be", 0)
"""Not one row."""


def bound_of(rule: Any) -> Bound:
    """The bound of a quality rule, which has exactly one."""
    operator = next(name for name in _SIGNS if getattr(rule, name) is not None)
    value = getattr(rule, operator)
    if operator in ("must_be", "must_not_be"):
        value = json.loads(value)
    return Bound(operator, tuple(map(float, value)) if isinstance(value, tuple) else float(value), rule.unit)  # type: ignore[arg-type]


def at_least(value: float | str, unit: str = "rows") -> Bound:
    """The value or more."""
    return Bound("must_be_greater_or_equal_to", float(value), unit)


def at_most(value: float, unit: str = "rows") -> Bound:
    """The value or less."""
    return Bound("must_be_less_or_equal_to", value, unit)


def shown(value: float, unit: str) -> str:
    """A measured value for people."""
    if unit == "rows":
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"
    if unit == "seconds":
        return _duration(value)
    if unit in ("percent", "share"):
        return f"{_digits(value * (100 if unit == 'share' else 1))} %"
    return _digits(value)


def _digits(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 100 else f"{value:,.1f}"


def _duration(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if abs(seconds) >= size:
            return f"{seconds / size:,.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.0f} s"
