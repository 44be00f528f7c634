"""Values of a JSON document in the contract's types, one by one: for lines of which not every value fits."""

from __future__ import annotations

import math
from typing import Any, Final

from .arrow import count, either, pa, pc
from .columns import Column
from .convert import Converted
from .texts import MOMENTS, parsed

_LARGEST: Final = 2**63


def from_json(values: list[Any], column: Column) -> Converted:
    """The values in the column's type, and where one is not of it."""
    fit = [_fitting(value, column.type) for value in values]
    wrong = pa.array(
        [value is not None and one is None and not _is_nan(value) for value, one in zip(values, fit, strict=True)]
    )
    mask = wrong if len(values) and count(wrong) else None
    if column.type in MOMENTS:
        found, unread = parsed(pa.array(fit, pa.string()), column)
        return Converted(found, either(mask, unread))
    if column.arrow is None:
        return Converted(pa.array([None if value is None else True for value in fit], pa.bool_()), mask)
    return Converted(pc.cast(pa.array(fit, column.arrow), column.arrow), mask)


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _fitting(value: Any, kind: str) -> Any:
    """The value as the type has it; None where it is none of it."""
    if value is None or _is_nan(value):
        return None
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    if kind == "integer":
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return int(value) if whole and not isinstance(value, bool) and -_LARGEST <= value < _LARGEST else None
    if kind == "number":
        return _number(value)
    if kind == "string" or kind in MOMENTS:
        return value if isinstance(value, str) and _is_unicode(value) else None
    return value


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def _is_unicode(text: str) -> bool:
    """Whether a text has no half of a character, which JSON can write and UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
