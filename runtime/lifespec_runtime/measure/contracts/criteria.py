"""Where a column of a chunk breaks a rule: a mask over its rows, or None where it nowhere does.

A missing value breaks no rule but those about missing values. Patterns are matched by RE2, in linear time, against the
whole value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lifespec_compiler.judging.contract.rules import Rule
from lifespec_runtime.measure.profile.view import MOMENTS, View
from lifespec_runtime.measure.reading.arrow import (
    Array,
    count,
    either,
    holds,
    invert,
    numbers,
    pa,
    pc,
    texts,
    truths,
)
from lifespec_runtime.measure.reading.columns import Column
from lifespec_runtime.measure.reading.texts import parsed

from .formats import PATTERNS

_LARGEST: Final = 2.0**63
Criterion = Callable[[View], Array | None]


class UnusableRuleError(Exception):
    """A rule that cannot be measured, whatever the data; the message says why."""


def criterion(rule: Rule, kind: str) -> Criterion | None:
    """How a rule about one column of a type is measured; None where it is not about single values."""
    maker = _MAKERS.get(rule.kind)
    return maker(rule.argument, kind) if maker else None


def _type(_argument: Any, _kind: str) -> Criterion:
    return lambda view: view.wrong if view.wrong_count else None


def _missing(_argument: Any, _kind: str) -> Criterion:
    return lambda view: view.is_missing if view.missing else None


def _missing_values(values: list[object], kind: str) -> Criterion:
    listed = _member(values, kind)

    def broken(view: View) -> Array | None:
        return either(view.is_missing if view.missing else None, listed(view))

    return broken


def _values(values: list[object], kind: str) -> Criterion:
    return _member(values, kind, inside=False)


def _invalid(argument: tuple[list[object] | None, str | None], kind: str) -> Criterion:
    values, pattern = argument
    criteria = [_values(values, kind)] if values is not None else []
    criteria += [_pattern(pattern, kind)] if pattern is not None else []

    def broken(view: View) -> Array | None:
        mask = None
        for one in criteria:
            mask = either(mask, one(view))
        return mask

    return broken


def _member(values: list[object], kind: str, *, inside: bool = True) -> Criterion:
    """Where a value is among these, or with `inside=False` where it is none of them."""
    wanted = _typed(values, kind)

    def broken(view: View) -> Array | None:
        by_text = view.kind == "string"
        found = pc.is_in(view.distinct if by_text else view.values, value_set=wanted)
        if not by_text:
            found = pc.and_(found, pc.is_valid(view.values)) if inside else pc.and_not(pc.is_valid(view.values), found)
            return found if count(found) else None
        mask = found if inside else invert(found)
        return view.rows_of(mask) if count(mask) else None

    return broken


def _typed(values: list[object], kind: str) -> Array:
    """Values of the contract in the type of the column; those of another type equal nothing."""
    column = Column("", kind)
    if kind in MOMENTS:
        found, _ = parsed(texts([value for value in values if isinstance(value, str)]), column)
        return found.drop_null()
    if kind == "string":
        return texts([value for value in values if isinstance(value, str)])
    if kind == "boolean":
        return truths([value for value in values if isinstance(value, bool)])
    found = [float(value) for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]
    if kind == "number":
        return numbers(found)
    if kind == "integer":
        return pc.cast(numbers([value for value in found if value.is_integer() and abs(value) < _LARGEST]), pa.int64())
    raise UnusableRuleError(f"lifespec does not compare values of the type {kind}")


def _minimum(bound: float, kind: str) -> Criterion:
    return _limit(bound, kind, low=True)


def _maximum(bound: float, kind: str) -> Criterion:
    return _limit(bound, kind, low=False)


def _limit(bound: float, kind: str, *, low: bool) -> Criterion:
    if kind not in ("integer", "number"):
        raise UnusableRuleError(f"a {kind} has no {'minimum' if low else 'maximum'}")
    scalar = numbers([float(bound)])[0]

    def broken(view: View) -> Array | None:
        extremes = view.extremes
        if extremes is None or (extremes[0] >= bound if low else extremes[1] <= bound):
            return None
        mask = pc.less(view.values, scalar) if low else pc.greater(view.values, scalar)
        return holds(mask)

    return broken


def _min_length(least: int, kind: str) -> Criterion:
    _only_texts("minLength", kind)
    return _of_lengths(lambda found: found < least)


def _max_length(most: int, kind: str) -> Criterion:
    _only_texts("maxLength", kind)
    return _of_lengths(lambda found: found > most)


def _pattern(pattern: str, kind: str) -> Criterion:
    _only_texts("pattern", kind)
    whole = rf"\A(?:{pattern})\z"
    try:
        pc.match_substring_regex(texts([""]), whole)
    except pa.ArrowInvalid as error:
        told = str(error).partition(":")[2].strip()[:120]
        raise UnusableRuleError(f"the pattern is none that RE2 reads: {told}") from error
    return _of_texts(lambda found: invert(pc.match_substring_regex(found, whole)))


def _format(name: str, kind: str) -> Criterion:
    if name not in PATTERNS:
        raise UnusableRuleError(f"lifespec does not know the format `{name}`; it knows {', '.join(PATTERNS)}")
    return _pattern(PATTERNS[name], kind)


def _of_lengths(test: Callable[[NDArray[np.int32]], NDArray[np.bool_]]) -> Criterion:
    def broken(view: View) -> Array | None:
        mask = test(view.lengths)
        return view.rows_of(truths(mask)) if mask.any() else None

    return broken


def _only_texts(what: str, kind: str) -> None:
    if kind != "string":
        raise UnusableRuleError(f"a {kind} has no {what}")


def _of_texts(test: Callable[[Array], Array]) -> Criterion:
    """Each different text is looked at once."""

    def broken(view: View) -> Array | None:
        mask = test(view.distinct)
        return view.rows_of(mask) if count(mask) else None

    return broken


_MAKERS: Final[dict[str, Callable[[Any, str], Criterion]]] = {
    "type": _type,
    "missing": _missing,
    "missingValues": _missing_values,
    "values": _values,
    "invalid": _invalid,
    "minimum": _minimum,
    "maximum": _maximum,
    "minLength": _min_length,
    "maxLength": _max_length,
    "pattern": _pattern,
    "format": _format,
}
