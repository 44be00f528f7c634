"""Which form of the language is being read, and how a value is refused."""

from __future__ import annotations

from math import inf, isfinite
from typing import Final, LiteralString, Protocol

from pydantic_core import PydanticCustomError

CANONICAL: Final = "canonical"
"""The validation context under which typed values are read in their canonical form: numbers in base units."""


class Info(Protocol):
    """What a validator function is told besides its value."""

    @property
    def context(self) -> object:
        """`CANONICAL`, or None for the authoring form."""


def is_canonical(info: Info) -> bool:
    """Whether the canonical form is being read."""
    return info.context == CANONICAL


def refuse(code: LiteralString, message: str, help_text: str = "") -> PydanticCustomError:
    """The error that says `message` under the finding id `code`, with `help_text` on what is valid."""
    return PydanticCustomError(code, "{message}", {"message": message, "help": help_text})


def shown(value: object) -> str:
    """`value` as a message shows it: a text quoted, escaped and cut, a mapping or a list by name."""
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    text = repr(value[:80]) if isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def number(value: object, code: LiteralString, what: str) -> int | float:
    """`value` as a finite JSON number; whole floats become integers so that equal values are equal bytes."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        raise refuse(code, f"{shown(value)} is not {what}", _as_number(value))
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def _as_number(value: object) -> str:
    try:
        meant = float(value) if isinstance(value, str) else inf
    except ValueError:
        meant = inf
    return f"write it without quotes: `{meant:.15g}`" if isfinite(meant) else "write a number"


def text(value: object, code: LiteralString, what: str, example: str, limit: int = 253) -> str:
    """`value` as a text of at most `limit` characters."""
    if not isinstance(value, str):
        quotes = "; put quotes around a text that YAML reads as a number" if isinstance(value, (int, float)) else ""
        raise refuse(code, f"{shown(value)} is not {what}", f"for example `{example}`{quotes}")
    if len(value) > limit:
        raise refuse(
            code, f"{what} has {len(value)} characters; at most {limit} are allowed", f"for example `{example}`"
        )
    return value


def authoring_only(value: object, info: Info) -> object:
    """Refuses, in the canonical form, a field that only people write."""
    if is_canonical(info):
        raise refuse("unknown-field", "the canonical form has no such field", "compile resolves it")
    return value


def canonical_only(value: object, info: Info) -> object:
    """Refuses, in the authoring form, a field that only compile writes."""
    if not is_canonical(info):
        raise refuse(
            "unknown-field",
            "this field is not written by people",
            "compile takes it from the project file and model.yaml",
        )
    return value
