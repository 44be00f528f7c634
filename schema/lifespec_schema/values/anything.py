"""Values of open type: a label, a category, a choice may be a text, a number or a truth value.

The canonical form writes them as JSON text, because no field of a Kubernetes schema may hold several types.
"""

from __future__ import annotations

import json
from typing import Final

from .form import Info, is_canonical, number, refuse, shown

LONGEST: Final = 65536
"""Characters of JSON text in a record: what a decision has room for of a policy."""
_encode = json.JSONEncoder(ensure_ascii=False).encode


def scalar(value: object, info: Info) -> str:
    """A text, a number or a truth value, as JSON text."""
    if is_canonical(info):
        if not isinstance(value, str):
            raise refuse("bad-value", f"{shown(value)} is not JSON text", 'write it as `"\\"basic\\""` or `"3"`')
        try:
            parsed = json.loads(value)
        except ValueError:
            raise refuse(
                "bad-value", f"{shown(value)} is not JSON text", 'write it as `"\\"basic\\""` or `"3"`'
            ) from None
    else:
        parsed = value
    if isinstance(parsed, str):
        if len(parsed) > 200:
            message = f"the value has {len(parsed)} characters; at most 200 are allowed"
            raise refuse("bad-value", message, "a label, a category or a choice is short")
    elif not isinstance(parsed, bool):
        parsed = number(parsed, "bad-value", "a text, a number or a truth value")
    return _encode(parsed)
