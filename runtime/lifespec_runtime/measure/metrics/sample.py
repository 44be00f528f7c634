"""What a metric is computed from: the columns of some rows, as arrays of one length."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]

MISSING: Final = -1
"""The code of a value that is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The columns that metrics need, each None where it is not at hand; classes, groups and ids are codes.

    Of two classes, code 1 is the positive one. A missing code is -1, a missing number is NaN.
    """

    labels: Codes | Floats | None = None
    """Codes of the true classes, or true numbers; a row without a label has not been answered yet and is left out."""
    classes: Codes | None = None
    """Codes of the predicted classes."""
    scores: Floats | None = None
    """Numbers that order rows: one for each row, or one for each row and class."""
    probabilities: Floats | None = None
    """Of the positive class, or one for each row and class. They serve as scores where there are none."""
    values: Floats | None = None
    """Predicted numbers."""
    names: tuple[str, ...] = ()
    """The classes' names by code; may be empty for two classes."""
    weights: Floats | None = None
    """How much each row counts; without it all count the same."""
    queries: Codes | None = None
    """The query that each row is a result of."""
    groups: Codes | None = None
    """The group of the attribute that fairness is judged by; a row without one is left out there."""
    group_names: tuple[str, ...] = ()
    """The groups' names by code."""
    clusters: Codes | None = None
    """Rows of one cluster (a user, a series, a week) may depend on each other; intervals then count clusters."""
    series: Codes | None = None
    """The series of each row, as an index into `training`; without it there is one series."""
    training: tuple[Floats, ...] = ()
    """The training part of every series, in the order of time."""
    raters: Codes | None = None
    """Codes of the classes that two raters gave, one column each."""
    column: Codes | Floats | None = None
    """The column that is looked at: codes of categories or numbers."""
    reference: Codes | Floats | None = None
    """The same column of the reference, of any length, in the same codes."""
    stable: Codes | Floats | None = None
    """Stable's predictions on the same rows: codes of classes, or numbers where scores or values are compared."""
    seconds: Floats | None = None
    """How long each request took."""
    failed: Mask | None = None
    """Whether each request was answered with a server error or not at all."""
    period: float | None = None
    """The seconds in which the requests came."""
    valid: Mask | None = None
    """Whether each value of the column meets the contract's criteria."""

    def __post_init__(self) -> None:
        """Raise ValueError where columns of rows differ in length."""
        lengths = {name: len(values) for name, values in self.columns().items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"the columns of a sample differ in length: {lengths}")

    def columns(self) -> dict[str, NDArray[Any]]:
        """All that has one entry for each row."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self) if field.name != "reference")
        return {name: value for name, value in values if isinstance(value, np.ndarray)}

    @property
    def rows(self) -> int:
        """The number of rows."""
        return next((len(values) for values in self.columns().values()), 0)

    def take(self, rows: Mask | Codes) -> Sample:
        """The same columns of some rows only, named by a mask or by their positions."""
        chosen: dict[str, Any] = {name: values[rows] for name, values in self.columns().items()}
        return replace(self, **chosen)


def encode(values: NDArray[Any], names: tuple[Any, ...]) -> Codes:
    """The position of every value in `names`; -1 where it is none of them."""
    known = np.asarray(names)
    if not len(known):
        return np.full(len(values), MISSING, dtype=np.int64)
    order = np.argsort(known, kind="stable")
    found = np.minimum(np.searchsorted(known[order], values), len(known) - 1)
    return np.where(known[order][found] == values, order[found], MISSING).astype(np.int64)
