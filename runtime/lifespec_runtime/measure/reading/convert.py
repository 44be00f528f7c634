"""Values as files have them, brought into the contract's types. A value that does not fit is null and marked.

Widening is no error (an integer is a number, a day is a moment), nor is a narrower value in a wider type (2.0 is an
integer, midnight is a day). A text is never taken for a number, except in CSV, where everything is text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from .arrow import Array, count, either, holds, numbers, pa, pc, without
from .columns import Column
from .texts import MOMENTS, parsed

_LARGEST = numbers([2.0**63])[0]
MOST_NUMBERED: Final = 1000
"""Beyond so many different texts numbers save nothing."""


class Converted(NamedTuple):
    """The values of a column in the contract's type, and where there was a value that is not of it."""

    values: Array
    wrong: Array | None = None
    """None: nowhere."""


def converted(values: Array, column: Column, *, text: bool = False) -> Converted:
    """`values` in the type of `column`; with `text` they are texts of a format that has nothing else."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    wanted = column.arrow
    if pa.types.is_dictionary(values.type):
        numbered = _numbered(values) if column.numbered and column.type == "string" else None
        if numbered is not None:
            return Converted(numbered)
        values = values.dictionary_decode()
    if wanted is None:
        return Converted(values)  # lifespec counts objects and lists, and does not look inside
    if pa.types.is_null(values.type):
        return Converted(pa.nulls(len(values), wanted))
    if is_text(values.type):
        if column.type == "string":
            return Converted(values.cast(wanted))
        if text or column.type in MOMENTS:
            return _without_nan(Converted(*parsed(values.cast(pa.string()), column)))
        return _nothing(values, wanted)
    return _without_nan(_CONVERSIONS[column.type](values, wanted))


def _numbered(values: Array) -> Array | None:
    """Texts with their different ones, each once; None where they are no texts, or too many."""
    names = values.dictionary
    if not is_text(names.type) or values.indices.type != pa.int32() or len(names) > MOST_NUMBERED or names.null_count:
        return None
    if len(names.unique()) < len(names):
        return None
    return values if pa.types.is_string(names.type) else None


def is_text(kind: Array) -> bool:
    """Whether an Arrow type is one of texts."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _nothing(values: Array, wanted: Array) -> Converted:
    """No value is of the type."""
    return Converted(pa.nulls(len(values), wanted), pc.is_valid(values))


def _without_nan(found: Converted) -> Converted:
    """NaN means that there is no value: whoever wrote it had no other word for it."""
    if not pa.types.is_floating(found.values.type):
        return found
    nan = pc.is_nan(found.values)
    return found._replace(values=without(found.values, holds(nan))) if count(nan) else found


def _safely(values: Array, wanted: Array, fits: Array | None = None) -> Converted:
    """The values cast where they fit; `fits` says where, as far as a kernel can tell before."""
    wrong = None
    if fits is not None:
        outside = pc.and_not(pc.is_valid(values), holds(fits))
        wrong = outside if count(outside) else None
        values = without(values, outside) if wrong is not None else values
    try:
        return Converted(pc.cast(values, wanted), wrong)
    except pa.ArrowInvalid:
        return _one_by_one(values, wanted, wrong)


def _one_by_one(values: Array, wanted: Array, wrong: Array | None) -> Converted:
    """As `_safely`, for chunks of which a cast says no more than that some value does not fit."""
    cast: list[object] = []
    for value in values:
        try:
            cast.append(value.cast(wanted).as_py())
        except pa.ArrowInvalid:
            cast.append(None)
    found = pa.array(cast, wanted)
    return Converted(found, either(wrong, pc.and_(pc.is_valid(values), pc.is_null(found))))


def _integers(values: Array, wanted: Array) -> Converted:
    kind = values.type
    if pa.types.is_integer(kind):
        return _safely(values, wanted)
    if pa.types.is_floating(kind):
        values = pc.cast(values, pa.float64())
        nan = pc.is_nan(values)
        values = without(values, holds(nan)) if count(nan) else values
        whole = pc.and_(pc.equal(values, pc.floor(values)), pc.less(pc.abs(values), _LARGEST))
        return _safely(values, wanted, whole)
    if pa.types.is_decimal(kind):
        return _safely(values, wanted)
    return _nothing(values, wanted)


def _numbers(values: Array, wanted: Array) -> Converted:
    kind = values.type
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _safely(values, wanted)
    if pa.types.is_integer(kind):
        return Converted(pc.cast(values, wanted, safe=False))  # beyond 2^53 to the nearest number there is
    return _nothing(values, wanted)


def _booleans(values: Array, wanted: Array) -> Converted:
    return Converted(values) if pa.types.is_boolean(values.type) else _nothing(values, wanted)


def _texts(values: Array, wanted: Array) -> Converted:
    return _nothing(values, wanted)


def _days(values: Array, wanted: Array) -> Converted:
    if pa.types.is_date(values.type):
        return _safely(values, wanted)
    if pa.types.is_timestamp(values.type):
        plain = pc.cast(values, pa.timestamp(values.type.unit))
        return _safely(plain, wanted, pc.equal(plain, pc.floor_temporal(plain, unit="day")))
    return _nothing(values, wanted)


def _moments(values: Array, wanted: Array) -> Converted:
    if pa.types.is_timestamp(values.type):
        return Converted(pc.cast(values, wanted, safe=False))  # nanoseconds are cut, a missing zone is UTC
    if pa.types.is_date(values.type):
        return _safely(pc.cast(values, pa.timestamp("us")), wanted)
    return _nothing(values, wanted)


def _times(values: Array, wanted: Array) -> Converted:
    if pa.types.is_time(values.type):
        return Converted(pc.cast(values, wanted, safe=False))
    return _nothing(values, wanted)


_CONVERSIONS: Final[dict[str, Callable[[Array, Array], Converted]]] = {
    "string": _texts,
    "integer": _integers,
    "number": _numbers,
    "boolean": _booleans,
    "date": _days,
    "timestamp": _moments,
    "time": _times,
}
