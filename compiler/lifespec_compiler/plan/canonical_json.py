"""Canonical JSON (RFC 8785): the bytes that hashes cover.

Python's own encoder writes the same bytes, thirty times faster, except for numbers that ECMAScript spells differently,
integers beyond 2^53, and keys beyond ASCII, whose order differs. Where the result may hold any of these, the
reference implementation writes it.
"""

from __future__ import annotations

import json
import re
from typing import Any

_SPELT_DIFFERENTLY = re.compile(r"[:,\[]-?(?:[0-9]+\.0(?![0-9])|[0-9.]+e[+-]|[0-9]{16})")
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


def canonical_json(value: dict[str, Any]) -> bytes:
    """`value`, JSON data with string keys, in canonical form.

    Raises ValueError for what canonical JSON cannot hold: NaN, infinities, integers beyond 2^53, lone surrogates.
    """
    try:
        text = _encode(value)
    except ValueError:
        text = ""
    if text.isascii() and text and not _SPELT_DIFFERENTLY.search(text):
        return text.encode("ascii")
    import rfc8785

    return rfc8785.dumps(value)
