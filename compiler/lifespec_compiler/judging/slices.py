"""Slices as reports write them: `plan=basic`, crossed ones as `plan=basic,age_band=60+`.

A backslash in a value stands before each comma, equals sign and backslash.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final

LONGEST: Final = 1000
_SPECIAL: Final = re.compile(r"([\\,=])")
_PART: Final = re.compile(r"((?:[^\\,=]|\\.)*)=((?:[^\\,]|\\.)*)(?:,|$)", re.DOTALL)


def slice_text(names: Sequence[str], values: Sequence[object]) -> str:
    """The slice of the rows in which each name has its value; too long ones end in a hash of the whole."""
    texts = (_SPECIAL.sub(r"\\\1", value_text(value)) for value in values)
    text = ",".join(f"{name}={value}" for name, value in zip(names, texts, strict=True))
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST - 10].rstrip(chr(92))}…{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def no_slice(names: Sequence[str]) -> str:
    """What stands for the slices by these names where no row has a value for all of them: `plan=*`."""
    return ",".join(f"{name}=*" for name in names)


def value_text(value: object) -> str:
    """A value of data or of a contract as slices name it: `true`, `3`, `2.5`, or the text itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)


def slice_names(text: str) -> tuple[str, ...]:
    """The names in a slice, in the order in which they are written; none where the text is no slice."""
    names, at = [], 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            return ()
        names.append(part[1])
        at = part.end()
    return tuple(names)
