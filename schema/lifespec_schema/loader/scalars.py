"""Plain scalars, resolved as the core schema of YAML 1.2 says and no further.

There are no dates, no sexagesimal or binary numbers, no underscores in numbers, and `yes`, `no`, `on`, `off`, `y` and
`n` are strings. `012` is twelve.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from lifespec_schema.loader.limits import MAX_INTEGER

WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
"""The plain scalars that are a boolean or null."""

NUMBER_STARTS: Final = frozenset("0123456789+-.")
"""What a plain scalar must start with to be a number."""

_INFINITE = frozenset(f"{sign}.{word}" for sign in ("", "+", "-") for word in ("inf", "Inf", "INF"))
_NOT_A_NUMBER = frozenset((".nan", ".NaN", ".NAN"))
_BASES = {"0x": (16, "0123456789abcdefABCDEF"), "0o": (8, "01234567")}
_LONGEST_DIGITS = 18  # of 2^53 in octal
_SHORT = 16  # digits that are below 2^53, whatever they are


class BadNumber(NamedTuple):
    """A plain scalar that is a number of YAML but none of ours."""

    rule: str
    message: str
    help: str


def resolve(text: str) -> str | int | float | bool | BadNumber | None:
    """Return the value of a plain scalar; what is neither a word nor a number is the string itself."""
    if text in WORDS:
        return WORDS[text]
    return number(text) if text[0] in NUMBER_STARTS else text


def number(text: str) -> str | int | float | BadNumber:
    """Return the number that a plain scalar is, or the string itself if it is none."""
    if len(text) < _SHORT and text.isdecimal() and text.isascii():
        return int(text)
    digits = text[1:] if text[0] in "+-" else text
    if digits.isdecimal() and digits.isascii():
        return _integer(text, digits, 10)
    base, allowed = _BASES.get(text[:2], (10, ""))
    if allowed:
        return _integer(text, text[2:], base) if len(text) > 2 and not text[2:].strip(allowed) else text
    if text in _INFINITE or text in _NOT_A_NUMBER:
        return BadNumber(
            "non-finite-number", f"{text} is not a finite number", "write a finite number, or quote a text"
        )
    return _float(text) if not text.strip("0123456789+-.eE") else text


def has_leading_zero(text: str) -> bool:
    """Tell whether a plain scalar is a decimal integer that YAML 1.1 takes for an octal one or for a string."""
    digits = text.lstrip("+-")
    return len(digits) > 1 and digits[0] == "0" and digits.isdecimal()


def _integer(text: str, digits: str, base: int) -> int | BadNumber:
    # Counting digits first keeps int() off numbers so long that it refuses them or takes quadratic time.
    significant = digits.lstrip("0")
    value = int(significant or "0", base) if len(significant) <= _LONGEST_DIGITS else MAX_INTEGER + 1
    if value > MAX_INTEGER:
        return BadNumber(
            "number-out-of-range",
            "this integer is beyond ±2^53, where JSON tools round silently",
            "use a smaller number; quote it if it is an identifier",
        )
    return -value if text[0] == "-" else value


def _float(text: str) -> str | float | BadNumber:
    # Over these characters float() accepts exactly what the core schema calls a float.
    try:
        value = float(text)
    except ValueError:
        return text
    if math.isinf(value):
        return BadNumber(
            "number-out-of-range", "this number is larger than a 64-bit float holds", "use a smaller number"
        )
    if value == 0 and text.lower().partition("e")[0].strip("+-0."):
        return BadNumber(
            "number-out-of-range", "this number is so small that it would be read as 0", "write 0, or a larger number"
        )
    return value
