"""The picture of a lifecycle: a Mermaid flowchart of what the plan says will happen, and of nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from lifespec_compiler.plan import Plan, Stage

from .operation import nomination
from .words import bounds, duration, failures, number, spaced

if TYPE_CHECKING:
    from lifespec_schema.spec.retraining import Trigger

LISTED = 4
"""How many names a box lists before it only counts the rest."""

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _.,-%()")


class Box(NamedTuple):
    """A node of the picture."""

    id: str
    lines: Sequence[str]
    shape: str = "[]"


class Arrow(NamedTuple):
    """An edge between two boxes, by their ids."""

    start: str
    end: str
    label: str = ""
    dotted: bool = False


STABLE = Box("stable", ["stable keeps serving"], "([])")
HELD = Box("held", ["held, a person is asked"], "([])")
PROMOTED = Box("promoted", ["promoted", "100% of the traffic"], "([])")


def flowchart(plan: Plan) -> str:
    """The flowchart's text, without the fence around it."""
    origin, into = _origin(plan)
    tried = _tried(plan)
    way = [*origin, *tried, PROMOTED]
    labels = [*into, *("pass" if box.id in {"offline", "shadow"} else "" for box in [*way[len(origin) :]][:-1])]
    arrows = [Arrow(left.id, right.id, label) for left, right, label in zip(way, way[1:], labels, strict=True)]
    back, backwards = _backwards(plan)
    again, loop = _loop(plan)
    boxes = list(dict.fromkeys([*map(_drawn, [*way, *back, *again])]))
    return "\n".join(["flowchart TD", *boxes, *map(_arrow, [*arrows, *backwards, *loop])])


def label(text: str) -> str:
    """Text inside quotes: all that Mermaid could take for syntax, HTML or Markdown stands as a character's number."""
    return "".join(char if char in _PLAIN else f"#{ord(char)};" for char in " ".join(text.split()))
