"""What a measured value is compared with, and values for people."""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple, get_args

Operator = Literal[
    "must_be",
    "must_not_be",
    "must_be_greater_than",
    "must_be_greater_or_equal_to",
    "must_be_less_than",
    "must_be_less_or_equal_to",
    "must_be_between",
    "must_not_be_between",
]
SIGNS: Final[dict[Operator, str]] = {
    "must_be": "=",
    "must_not_be": "not",
    "must_be_greater_than": ">",
    "must_be_greater_or_equal_to": "≥",
    "must_be_less_than": "<",
    "must_be_less_or_equal_to": "≤",
    "must_be_between": "between",
    "must_not_be_between": "not between",
}
"""How each comparison is shown."""
OPERATORS: Final[tuple[Operator, ...]] = get_args(Operator)

ROUNDING: Final = 1e-12
"""By how much, relative to a bound above one, binary fractions may miss it: 0.81 - 0.8 is not 0.01."""

_PLURAL: Final = {"rows": "", "count": "", "perSecond": " per second"}


class Bound(NamedTuple):
    """One comparison, with the operator's name in the language."""

    operator: Operator
    value: float | tuple[float, float]
    unit: str = "rows"
    """Of the catalog, or `rows`, `percent` of the rows, `share`."""
    rounded: bool = False
    """Whether a value that misses the bound by rounding alone is on it."""

    def holds(self, measured: float) -> bool:
        """Whether a measured value is within the bound."""
        if isinstance(self.value, tuple):
            low, high = self.value
            between = low < measured < high  # as ODCS has it: neither end is between them
            return between if self.operator == "must_be_between" else not between
        slack = ROUNDING * max(1.0, abs(self.value)) if self.rounded else 0.0
        return {
            "must_be": measured == self.value,
            "must_not_be": measured != self.value,
            "must_be_greater_than": measured > self.value,
            "must_be_greater_or_equal_to": measured >= self.value - slack,
            "must_be_less_than": measured < self.value,
            "must_be_less_or_equal_to": measured <= self.value + slack,
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
            return f"{SIGNS[self.operator]} {low} and {high}"
        return f"{SIGNS[self.operator]} {shown(self.value, self.unit)}"


NONE: Final = Bound("must_be", 0)
"""Not one row."""


def at_least(value: float, unit: str = "rows", *, rounded: bool = False) -> Bound:
    """The value or more."""
    return Bound("must_be_greater_or_equal_to", float(value), unit, rounded)


def at_most(value: float, unit: str = "rows", *, rounded: bool = False) -> Bound:
    """The value or less."""
    return Bound("must_be_less_or_equal_to", float(value), unit, rounded)


def shown(value: float, unit: str) -> str:
    """A measured value for people."""
    if unit in ("rows", "count"):
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"
    if unit == "seconds":
        return _duration(value)
    if unit in ("percent", "share"):
        return f"{_digits(value * (100 if unit == 'share' else 1))} %"
    if unit == "ratio":
        return f"{value:.5f}" if 1e-5 <= abs(value) < 1e-3 else f"{value:.4g}"
    return _digits(value) + _PLURAL.get(unit, "")


def _digits(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 100 else f"{value:,.1f}"


def _duration(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if abs(seconds) >= size:
            return f"{seconds / size:,.1f}".removesuffix(".0") + f" {unit}"
    if 0 < abs(seconds) < 1:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.3g} s"
