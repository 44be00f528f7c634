"""Canonical JSON (RFC 8785): the bytes that hashes cover.

Python's own encoder writes the same bytes, thirty times faster, except for numbers that ECMAScript spells differently,
integers beyond 2^53, and keys beyond ASCII, whose order differs. Where the result may hold any of these, the
reference implementation writes it.
"""

from __future__ import annotations

import json
from typing import Any, Final

_ANY_DIGIT: Final = bytes.maketrans(b"123456789", b"000000000")
_EXPONENTS_AND_LONG_NUMBERS: Final = (b"0e-", b"0e+", b"0" * 16)
"""As they look when every digit is a 0."""
_WHOLE_FLOATS: Final = (b".0,", b".0}", b".0]")
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


def canonical_json(value: dict[str, Any]) -> bytes:
    """`value`, JSON data with string keys, in canonical form.

    Raises ValueError for what canonical JSON cannot hold: NaN, infinities, integers beyond 2^53, lone surrogates.
    """
    try:
        text = _encode(value)
    except ValueError:
        text = ""
    if text and text.isascii():
        data = text.encode("ascii")
        if not _may_hold_numbers_spelt_otherwise(data):
            return data
    import rfc8785

    return rfc8785.dumps(value)


def _may_hold_numbers_spelt_otherwise(data: bytes) -> bool:
    """Whether a number may be written as ECMAScript does not write it. A text that looks like one costs only time."""
    zeros = data.translate(_ANY_DIGIT)
    for part in _EXPONENTS_AND_LONG_NUMBERS:  # a loop: `any` takes longer than the search
        if part in zeros:
            return True
    return b".0" in data and any(part in data for part in _WHOLE_FLOATS)
