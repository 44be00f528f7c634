"""What every check reports: a rule's id, a place in the user's files, what is wrong and what to do.

A finding is made with a *path* inside a document; `lifespec_schema.loader.locate` turns the path into a line and a
column, late and only when there is something to report, because composing positions costs more than parsing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

Path = tuple[str | int, ...]
"""A way into a document: keys and list indexes, e.g. `("spec", "rollout", "steps", 0, "weight")`."""


class Severity(StrEnum):
    """How much a finding matters. `error` stops a compile; `warning` fails lint by default; `info` never does."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for info, 1 for warning, 2 for error, so that severities can be compared."""
        return ("info", "warning", "error").index(self.value)


class Span(NamedTuple):
    """A stretch of a file. Lines and columns count from 1, columns in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Place(NamedTuple):
    """Where in the user's files: a file, one of its documents, a path in it, and, once located, the span.

    A path that does not exist in the document (a missing field) is located at its nearest existing parent.
    """

    file: str
    path: Path = ()
    document: int = 0
    on_key: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """An edit that mends a finding: replace the value at `path` in the finding's document (None deletes the key)."""

    title: str
    path: Path
    value: object
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or worth knowing, at one place."""

    rule: str
    severity: Severity
    message: str
    place: Place
    help: str = ""
    related: tuple[tuple[str, Place], ...] = field(default=())
    fix: Fix | None = None
    concealed: bool = False
    """Whether what stands at the place must never be shown, because it is a secret."""


def show_path(path: Path) -> str:
    """`spec.rollout.steps[0].weight`, as people write it."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
