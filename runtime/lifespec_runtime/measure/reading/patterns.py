"""Patterns of dates in the letters of Java's DateTimeFormatter, which ODCS uses, as `strptime` writes them."""

from __future__ import annotations

import re
from typing import Final

_LETTERS: Final = {
    "yyyy": "%Y", "uuuu": "%Y", "yy": "%y",
    "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%m",
    "dd": "%d", "d": "%d", "DDD": "%j",
    "EEEE": "%A", "EEE": "%a",
    "HH": "%H", "H": "%H", "hh": "%I", "h": "%I", "a": "%p",
    "mm": "%M", "m": "%M", "ss": "%S", "s": "%S",
    "SSSSSS": "%f", "SSS": "%f", "S": "%f",
    "Z": "%z", "X": "%z", "XX": "%z", "XXX": "%z",
}  # fmt: skip
_PART = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']")


class UnknownFormatError(ValueError):
    """A pattern has a letter, or a run of letters, that lifespec does not read."""


def strptime_format(pattern: str) -> str:
    """`yyyy-MM-dd'T'HH:mm` as `%Y-%m-%dT%H:%M`."""
    found, end = "", 0
    for part in _PART.finditer(pattern):
        if part.start() != end:
            raise UnknownFormatError(pattern[end:])
        end = part.end()
        if part[1] is not None:
            found += (part[1].replace("''", "'") or "'").replace("%", "%%")
        elif part[2] is not None:
            if part[0] not in _LETTERS:
                raise UnknownFormatError(part[0])
            found += _LETTERS[part[0]]
        else:
            found += part[0].replace("%", "%%")
    if end != len(pattern):
        raise UnknownFormatError(pattern[end:])
    return found
