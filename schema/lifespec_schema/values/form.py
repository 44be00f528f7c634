"""Which form of the language is being read, and how a value is refused."""

from __future__ import annotations

from collections.abc import Iterable
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


def closest(written: object, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The one of `known` that is spelt most like what was written, whatever its case; None when none is near.

    `cutoff` is how much alike two spellings must be, from 0 to 1. A piece of a name, of four letters or more, is near
    it too.
    """
    if not isinstance(written, str):
        return None
    from difflib import get_close_matches

    by_case = {name.lower(): name for name in known}
    text = written[:80].lower()
    close = get_close_matches(text, by_case, 1, cutoff) or [name for name in by_case if len(text) > 3 and text in name]
    return by_case[close[0]] if close else None


def did_you_mean(written: object, known: Iterable[str]) -> str:
    """A question about the one of `known` that `written` is spelt like; empty when none is near."""
    close = closest(written, known)
    return f"did you mean `{close}`? " if close else ""


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
