"""Texts read as values: numbers, truth values, days, moments and times, each in one spelling only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from .arrow import Array, count, either, holds, invert, pa, pc, without
from .arrow import texts as from_list
from .columns import Column
from .patterns import strptime_format

MOMENTS: Final = ("date", "timestamp", "time")
"""Types whose values are texts in many files, because formats that know them are few."""

_NUMBER = r"^(-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|-?(?i:inf|infinity|nan))$"
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
_ZONE = "(Z|[+-][0-9]{2}:?[0-9]{2})"
_PLAIN: Final = pa.timestamp("us")
_UTC: Final = pa.timestamp("us", "UTC")
_SPELLINGS: Final = {
    "integer": "^-?[0-9]+$",
    "number": _NUMBER,
    "boolean": "^(?i:true|false|1|0)$",
    "date": f"^{_DAY}$",
    "timestamp": f"^{_DAY}([T ]{_CLOCK}{_ZONE}?)?$",
    "time": f"^{_CLOCK}$",
}


def parsed(texts: Array, column: Column) -> tuple[Array, Array | None]:
    """The values that texts mean in the column's type, and where a text means none."""
    if column.format and column.type in MOMENTS:
        return _by_format(texts, column)
    spelled = pc.match_substring_regex(texts, _SPELLINGS[column.type])
    wrong = None
    if count(invert(spelled)):
        wrong = holds(invert(spelled))
        texts = without(texts, wrong)
    try:
        return _READERS[column.type](texts, column.arrow), wrong
    except pa.ArrowInvalid:  # the 30th of February, an integer of thirty digits
        return _one_by_one(texts, column, wrong)


def _one_by_one(texts: Array, column: Column, wrong: Array | None) -> tuple[Array, Array | None]:
    values: list[object] = []
    for place in range(len(texts)):
        try:
            values.append(_READERS[column.type](texts.slice(place, 1), column.arrow)[0].as_py())
        except pa.ArrowInvalid:
            values.append(None)
    found = pa.array(values, column.arrow)
    return found, either(wrong, pc.and_(pc.is_valid(texts), pc.is_null(found)))


def _cast(texts: Array, wanted: Array) -> Array:
    return pc.cast(texts, wanted)


def _booleans(texts: Array, wanted: Array) -> Array:
    true = pc.is_in(pc.utf8_lower(texts), value_set=from_list(["true", "1"]))
    return without(pc.cast(true, wanted), pc.is_null(texts))


def _moments(texts: Array, wanted: Array) -> Array:
    """Moments with and without a zone; without one they are UTC. More than six digits of a second are cut."""
    texts = pc.replace_substring_regex(texts, r"(\.[0-9]{6})[0-9]+", r"\1")
    zoned = pc.match_substring_regex(texts, f":.*{_ZONE}$")
    plain = pc.cast(without(texts, zoned), _PLAIN)
    return pc.coalesce(pc.cast(without(texts, invert(zoned)), wanted), pc.cast(plain, wanted))


def _times(texts: Array, wanted: Array) -> Array:
    return pc.cast(pc.cast(_moments(pc.binary_join_element_wise("1970-01-01", texts, "T"), _UTC), _PLAIN), wanted)


_READERS: Final[dict[str, Callable[[Array, Array], Array]]] = {
    "integer": _cast,
    "number": _cast,
    "boolean": _booleans,
    "date": _cast,
    "timestamp": _moments,
    "time": _times,
}


def _by_format(texts: Array, column: Column) -> tuple[Array, Array | None]:
    """As the contract's format says. There are far fewer days than rows, so each text is read once."""
    encoded = texts.dictionary_encode()
    form = strptime_format(column.format or "")
    found = pa.array([_moment(text, form, column.type) for text in encoded.dictionary.to_pylist()], column.arrow)
    values = found.take(encoded.indices)
    wrong = pc.and_(pc.is_valid(texts), pc.is_null(values))
    return values, wrong if count(wrong) else None


def _moment(text: str, form: str, kind: str) -> object:
    try:
        read = datetime.strptime(text, form)  # noqa: DTZ007 - a missing zone is UTC
    except ValueError:
        return None
    if kind == "date":
        return read.date()
    return read.time() if kind == "time" else (read if read.tzinfo else read.replace(tzinfo=UTC))
